"""The thinking budget as a person writes it: tokens, or seconds with an `s`; for flags and the config file alike."""

import re
from dataclasses import replace
from typing import Final

from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.steering import Steering

MOST_TOKENS: Final = 1_000_000
MOST_S: Final = 86_400.0

_WRITTEN: Final = re.compile(r"(?P<number>\d{1,12}(?:\.\d{1,6})?) ?(?P<seconds>s)?", re.ASCII)
_WHAT: Final = "the thinking budget is a number of tokens, or of seconds like 30s; 0 is no limit"


def budget_layer(value: object) -> Steering:
    """The steering layer that a budget stands for: a whole number is tokens, a text `500`, `30s` or `off`.

    It replaces a budget of either kind in the layers below, so the other kind is set to "no limit".

    Raises:
        SettingError: the reason, in one line.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return _tokens(value)
    if not isinstance(value, str):
        raise SettingError(_WHAT)
    text = value.strip().lower()
    if text == "off":
        return Steering(budget_tokens=0, budget_s=0.0)
    found = _WRITTEN.fullmatch(text.replace(",", ""))
    if found is None:
        raise SettingError(_WHAT)
    number = found["number"]
    if found["seconds"] is None:
        if "." in number:
            raise SettingError("a thinking budget in tokens is a whole number")
        return _tokens(int(number))
    seconds = float(number)
    if seconds > MOST_S:
        raise SettingError(f"a thinking budget is at most {MOST_S:,.0f} seconds")
    return Steering(budget_tokens=0, budget_s=seconds)


def budget_text(steering: Steering) -> str | None:
    """A layer's budget as it is written; `None` where it leaves it to the layer below."""
    if steering.budget_tokens:
        return str(steering.budget_tokens)
    if steering.budget_s:
        return f"{steering.budget_s:.6f}".rstrip("0").rstrip(".") + "s"
    return None if steering.budget_tokens is None and steering.budget_s is None else "off"


def as_default(steering: Steering) -> Steering:
    """A layer as the config file can say it: below it there is nothing that empty instructions would take away."""
    kept = replace(steering, instructions=(steering.instructions or "").strip() or None)
    words = budget_text(kept)
    return kept if words is None else budget_layer(words).over(kept)


def leaves_no_room(budget_tokens: int | None, max_tokens: int | None) -> bool:
    """Whether a budget takes all of a reply, so that no answer could follow the thought."""
    return bool(budget_tokens) and max_tokens is not None and (budget_tokens or 0) >= max_tokens


def _tokens(count: int) -> Steering:
    if not 0 <= count <= MOST_TOKENS:
        raise SettingError(f"a thinking budget is 0 to {MOST_TOKENS:,} tokens")
    return Steering(budget_tokens=count, budget_s=0.0)
