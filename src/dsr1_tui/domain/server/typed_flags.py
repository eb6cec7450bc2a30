"""A server's settings as one line of flags: what stands in a form's “more flags”, and back."""

import shlex
from collections.abc import Iterator
from typing import Final

from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.diagnosis import FlagChange
from dsr1_tui.domain.server.profile import ServerProfile, shell_words
from dsr1_tui.domain.server.profile_fields import BY_FLAG, BY_NAME, FieldKind, check, parse

_NO: Final = "--no-"


def flags_line(profile: ServerProfile) -> str:
    """The settings as flags, without the model."""
    words = shell_words(profile.having("model", None))
    return shlex.join(word for word in words if word != "--")


def read_flags(line: str) -> ServerProfile:
    """The settings that a line of flags says; flags that are not in the table go to vLLM as they are.

    Raises:
        SettingError: a quote that is not closed, a word that belongs to no flag, a value that does not fit.
    """
    try:
        words = shlex.split(line)
    except ValueError:
        raise SettingError("a quote is not closed") from None
    profile, extra = ServerProfile(), list[str]()
    # On the command line “--” stands before what goes to vLLM; typed here it parts nothing, and vLLM would choke on it.
    for flag, values in _flags([word for word in words if word != "--"]):
        name = flag.replace("_", "-")
        spec = BY_FLAG.get(name)
        off = BY_FLAG.get(f"--{name.removeprefix(_NO)}") if name.startswith(_NO) else None
        if spec is None and off is not None and off.kind is FieldKind.SWITCH and not values:
            profile = profile.having(off.name, value=False)
        elif spec is None:
            extra += [flag, *values]
        elif spec.kind is FieldKind.SWITCH and not values:
            profile = profile.having(spec.name, value=True)
        elif len(values) == 1:
            profile = profile.having(spec.name, parse(spec, values[0]))
        else:
            raise SettingError(f"{flag} takes {'no' if spec.kind is FieldKind.SWITCH else 'one'} value")
    return profile.having("extra", check(BY_NAME["extra"], tuple(extra))) if extra else profile


def taken_away(below: ServerProfile, said: ServerProfile) -> tuple[FlagChange, ...]:
    """The changes that unset what `below` says and `said` does not, so that `said` laid over it is all that counts."""
    gone = [name for name in below.said if name not in {"model", "extra"} and said.get(name) is None]
    changes = [FlagChange(flag=BY_NAME[name].flag, value=None) for name in gone]
    if not said.extra:
        changes += [FlagChange(flag=flag, value=None) for flag, _ in _flags(list(below.extra or ()))]
    return tuple(changes)


def _flags(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each flag with the words up to the next one.

    Raises:
        SettingError: a word stands before the first flag.
    """
    flag, values = "", list[str]()
    for word in words:
        if not word.startswith("-") or _is_number(word):
            if not flag:
                raise SettingError(f"“{word[:40]}” belongs to no flag")
            values.append(word)
            continue
        if flag:
            yield flag, values
        flag, equals, value = word.partition("=")
        values = [value] if equals else []
    if flag:
        yield flag, values


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
