"""The one object that `--json` prints: an answer, or an error in the same shape."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from dsr1_tui.domain.boxed import final_boxed, find_boxed
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.prompt_parts import Addition
from dsr1_tui.domain.vote.ballot import Outcome
from dsr1_tui.domain.vote.tally import Tally

_STEERING: Final = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
"""What JSON lets stand raw and a terminal acts on, or a file cannot hold."""


def answer_object(
    message: Message, additions: Iterable[Addition] = (), *, vote: Mapping[str, object] | None = None
) -> str:
    """One line of JSON for a finished answer, whatever way it ended.

    Args:
        message: the answer; of a vote the winner's.
        additions: what went with the question unasked.
        vote: the tally (`vote_fields`), where there was one.
    """
    usage, timings, sampling = message.usage, message.timings, message.sampling
    fields: dict[str, object] = {
        "conversation_id": message.conversation_id,
        "model": message.model,
        "reasoning": message.reasoning,
        "answer": message.content.strip("\n"),
        "boxed": [box.body for box in find_boxed(message.content)],
        "final_boxed": final_boxed(message.content),
        "finish_reason": message.finish_reason,
        "usage": usage
        and {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "exact": usage.exact,
        },
        "timings": timings
        and {
            "ttft_s": _rounded(timings.ttft_s),
            "total_s": _rounded(timings.total_s),
            "tokens_per_s": _rounded(timings.tokens_per_s),
        },
        "settings": {} if sampling is None else sampling.sent(),
        "guards": list(dict.fromkeys(message.guards)),
        "prompt_additions": [addition.text for addition in additions],
    }
    if vote is not None:
        fields["vote"] = vote
    if message.error is not None:
        fields["error"] = _error(message.error.code.value, message.error.message, message.error.hint)
    return json_line(fields)


def error_object(code: str, message: str, hint: str) -> str:
    """One line of JSON where no answer came to be: the same keys, empty, and `error`."""
    return json_line(
        {
            "conversation_id": None,
            "model": None,
            "reasoning": "",
            "answer": "",
            "boxed": [],
            "final_boxed": None,
            "finish_reason": None,
            "usage": None,
            "timings": None,
            "settings": {},
            "guards": [],
            "prompt_additions": [],
            "error": _error(code, message, hint),
        }
    )


def vote_fields(tally: Tally) -> dict[str, object]:
    """What a vote came to: `n` is the sum of all counts. `agreement` is the leader's share of the votes cast."""
    return {
        "n": tally.asked,
        "classes": [
            {"answer": one.answer, "spellings": dict(one.spellings), "count": one.count} for one in tally.classes
        ],
        "cut_off": tally.number(Outcome.CUT_OFF),
        "looped": tally.number(Outcome.LOOPED),
        "no_box": tally.number(Outcome.NO_BOX),
        "failed": tally.number(Outcome.FAILED),
        "cancelled": tally.number(Outcome.CANCELLED) + tally.number(Outcome.STOPPED),
        "agreement": _rounded(tally.agreement),
        "tie": bool(tally.tied),
        "decided_early": tally.decided_early,
    }


def _error(code: str, message: str, hint: str) -> dict[str, str]:
    return {"code": code, "message": message, "hint": hint}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)


def json_line(fields: dict[str, object]) -> str:
    """One line of JSON in UTF-8 that can be printed: what would steer a terminal is written as an escape."""
    text = json.dumps(fields, ensure_ascii=False)
    return _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
