"""What an examination of machine, server and files tells: a check each, with a remedy for all that is not well."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.server.diagnosis import FlagChange


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    """It works, or would, but not as well as it could."""
    FAIL = "fail"
    SKIPPED = "skipped"
    """There was nothing to look at; its remedy says what would make it run."""

    @property
    def mark(self) -> str:
        """One character."""
        return {State.OK: "✓", State.WARN: "!", State.FAIL: "✗", State.SKIPPED: "–"}[self]

    @property
    def word(self) -> str:
        """For those who do not see marks or colours."""
        return {State.OK: "ok", State.WARN: "warning", State.FAIL: "failed", State.SKIPPED: "skipped"}[self]


class Topic(StrEnum):
    """Heading that a check stands under."""

    MACHINE = "This machine"
    OWN = "dsr1-chat's own files"
    SERVING = "Serving a model here"
    ENDPOINT = "The endpoint"


class CheckId(StrEnum):
    """The checks, as `--json` names them, in the order in which they are told."""

    PYTHON = "python"
    TERMINAL = "terminal"
    PROXY = "proxy"
    GPU = "gpu"
    DRIVER = "driver"
    DISK = "disk"
    CONFIG = "config"
    STORE = "store"
    ENGINE = "engine"
    ORPHANS = "orphans"
    PORT = "port"
    MODEL = "model"
    QUANTIZATION = "quantization"
    FIT = "fit"
    ENDPOINT = "endpoint"
    CLOCK = "clock"
    TEMPLATE = "template"
    FIRST_WORD = "first-token"
    REASONING = "reasoning"
    TOKENIZE = "tokenize"
    COMPLETIONS = "completions"
    BUDGET = "thinking_token_budget"
    REPETITION = "repetition_detection"
    INTERVAL = "stream_interval"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is always the same of a check."""

    title: str
    topic: Topic
    limit_s: float
    """Longest time it may take, what it waits for included."""


KINDS: Final[Mapping[CheckId, Kind]] = {
    CheckId.PYTHON: Kind("Python", Topic.MACHINE, 5),
    CheckId.TERMINAL: Kind("terminal", Topic.MACHINE, 5),
    CheckId.PROXY: Kind("proxy variables", Topic.MACHINE, 5),
    CheckId.GPU: Kind("GPU memory", Topic.MACHINE, 15),
    CheckId.DRIVER: Kind("NVIDIA driver", Topic.MACHINE, 15),
    CheckId.DISK: Kind("disk space", Topic.MACHINE, 30),
    CheckId.CONFIG: Kind("config file", Topic.OWN, 5),
    CheckId.STORE: Kind("conversations", Topic.OWN, 30),
    CheckId.ENGINE: Kind("vLLM", Topic.SERVING, 20),
    CheckId.ORPHANS: Kind("orphaned engines", Topic.SERVING, 20),
    CheckId.PORT: Kind("port", Topic.SERVING, 20),
    CheckId.MODEL: Kind("model files", Topic.SERVING, 30),
    CheckId.QUANTIZATION: Kind("quantization", Topic.SERVING, 30),
    CheckId.FIT: Kind("fit of the start", Topic.SERVING, 30),
    CheckId.ENDPOINT: Kind("reachable", Topic.ENDPOINT, 30),
    CheckId.CLOCK: Kind("clock", Topic.ENDPOINT, 30),
    CheckId.TEMPLATE: Kind("chat template", Topic.ENDPOINT, 45),
    CheckId.FIRST_WORD: Kind("first token", Topic.ENDPOINT, 120),
    CheckId.REASONING: Kind("reasoning field", Topic.ENDPOINT, 120),
    CheckId.TOKENIZE: Kind("/tokenize", Topic.ENDPOINT, 150),
    CheckId.COMPLETIONS: Kind("/v1/completions", Topic.ENDPOINT, 150),
    CheckId.BUDGET: Kind("thinking budget", Topic.ENDPOINT, 180),
    CheckId.REPETITION: Kind("repetition stop", Topic.ENDPOINT, 180),
    CheckId.INTERVAL: Kind("stream interval", Topic.ENDPOINT, 180),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one check found. Texts may hold foreign words: make them safe where they are shown."""

    id: CheckId
    state: State
    found: str
    """What is there, one sentence or a few words."""
    remedy: str = ""
    """What to do, or what would make it run; empty only where all is well."""
    detail: tuple[str, ...] = ()
    """More of it, a line each."""

    def __post_init__(self) -> None:
        """Refuse to say that something is wrong without saying what to do.

        Raises:
            ValueError: no remedy.
        """
        if self.state is not State.OK and not self.remedy:
            raise ValueError(self.id)

    @property
    def kind(self) -> Kind:
        """Title, topic and limit."""
        return KINDS[self.id]


def passed(known: CheckId, found: str, *detail: str) -> Check:
    """A check that is well."""
    return Check(id=known, state=State.OK, found=found, detail=detail)


def warned(known: CheckId, found: str, remedy: str, *detail: str) -> Check:
    """A check with something that could be better."""
    return Check(id=known, state=State.WARN, found=found, remedy=remedy, detail=detail)


def failed(known: CheckId, found: str, remedy: str, *detail: str) -> Check:
    """A check with something wrong."""
    return Check(id=known, state=State.FAIL, found=found, remedy=remedy, detail=detail)


def skipped(known: CheckId, found: str, remedy: str, *detail: str) -> Check:
    """A check with nothing to look at; `remedy` says what would make it run."""
    return Check(id=known, state=State.SKIPPED, found=found, remedy=remedy, detail=detail)


def repeated(checks: Iterable[Check]) -> frozenset[CheckId]:
    """The skipped checks whose remedy one shown before them tells: told ten times it hides the others."""
    known, last, same = {check.id: check for check in checks}, "", set[CheckId]()
    for check in (known[id_] for id_ in KINDS if id_ in known):
        if check.state is State.SKIPPED and check.remedy == last:
            same.add(check.id)
        last = check.remedy or last
    return frozenset(same)


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of an examination."""

    checks: tuple[Check, ...]

    @property
    def verdict(self) -> State:
        """The worst there is; skipped checks do not count."""
        states = {check.state for check in self.checks}
        return next((state for state in (State.FAIL, State.WARN) if state in states), State.OK)

    def number(self, state: State) -> int:
        """How many ended so."""
        return sum(check.state is state for check in self.checks)

    @property
    def ordered(self) -> tuple[Check, ...]:
        """In the order in which they are told, whichever ended first."""
        order = list(CheckId)
        return tuple(sorted(self.checks, key=lambda check: order.index(check.id)))

    @property
    def summary(self) -> str:
        """The counts in words, like `18 ok, 1 warning, 0 failed, 5 skipped`."""
        return ", ".join(f"{self.number(state)} {state.word}" for state in State)

    def as_object(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {
            "verdict": self.verdict.value,
            "counts": {state.value: self.number(state) for state in State},
            "checks": [as_object(check) for check in self.ordered],
        }


def as_object(check: Check) -> dict[str, object]:
    """One check as `--json` prints it."""
    return {
        "id": check.id.value,
        "topic": check.kind.topic.value,
        "title": check.kind.title,
        "state": check.state.value,
        "found": check.found,
        "remedy": check.remedy,
        "detail": list(check.detail),
    }


def check_lines(check: Check, *, remedy: bool = True) -> list[str]:
    """One check as lines of text: mark, word, title and what was found; details and (if asked) the remedy below."""
    head = f"  {check.state.mark} {check.state.word:<8}{check.kind.title:<17} {check.found}"
    below = " " * 12
    lines = [head, *(f"{below}{line}" for line in check.detail)]
    return [*lines, f"{below}→ {check.remedy}"] if check.remedy and remedy else lines


def typed(change: FlagChange) -> str:
    """A changed flag as one would type it: `--port 8001`, `--expose`, `without --quantization`."""
    if change.value is None:
        return f"without {change.flag}"
    return f"{change.flag} {change.value}".rstrip()


def typed_all(changes: Iterable[FlagChange]) -> list[str]:
    """Several of them."""
    return [typed(change) for change in changes]
