"""One thing to say before a start."""

from dataclasses import dataclass
from enum import StrEnum

from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode


class Grade(StrEnum):
    """How sure it is that the start would not do."""

    NOTE = "note"
    WARNING = "warning"
    REFUSAL = "refusal"
    """vLLM would refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing to say before the start."""

    grade: Grade
    code: StartCode
    message: str
    hint: str = ""
    flags: tuple[FlagChange, ...] = ()
    """Changes that would do."""

    @property
    def line(self) -> str:
        """On one line."""
        return f"{self.message} {self.hint}".strip()


def warning(code: StartCode, message: str, hint: str = "", flags: tuple[FlagChange, ...] = ()) -> Concern:
    """A thing that may go well all the same."""
    return Concern(grade=Grade.WARNING, code=code, message=message, hint=hint, flags=flags)
