"""How a server's start, its end and what speaks against it look as lines of text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from dsr1_tui.domain.server.diagnosis import Diagnosis
from dsr1_tui.domain.server.log_lines import read_line
from dsr1_tui.domain.server.preflight import Concern, Grade
from dsr1_tui.domain.server.progress import Phase, StartProgress
from dsr1_tui.domain.server.wording import amount_words, fact_words, seconds_words
from dsr1_tui.render.cells import cells
from dsr1_tui.services.neighbours import Neighbour
from dsr1_tui.tui.tones import ACCENT, BAD, DIM, FAIR, GOOD
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.words import ago, folded, model_name, one_line, shorten

SPINNER: Final = "⠋⠙⠸⠴⠦⠇"
NAMES: Final[Mapping[Phase, str]] = {
    Phase.STARTING: "starting",
    Phase.RESOLVING: "configuration",
    Phase.DOWNLOADING: "download",
    Phase.LOADING: "weights",
    Phase.PROFILING: "memory",
    Phase.CAPTURING: "graphs",
    Phase.READY: "ready",
}
"""Short, for a list."""
_SKIPPED: Final = frozenset({Phase.DOWNLOADING, Phase.CAPTURING})
"""Phases that many starts do not have: they are told only once they are there."""
_BAR: Final = 16
_BAR_MIN: Final = 64
"""Cells below which a line has no room for a bar."""
_NAME: Final = max(map(len, (*NAMES.values(), *(phase.value for phase in Phase)))) + 3
_AMOUNT: Final = 20


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph and its tone."""

    text: str
    tone: str = DIM


def styled(said: Sequence[Said], width: int) -> list[Content]:
    """Paragraphs as lines."""
    return [Content.styled(line, one.tone) for one in said for line in folded(one_line(one.text), width)]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a start that goes on."""

    progress: StartProgress
    elapsed_s: float
    ended_s: Mapping[Phase, float]
    """When each phase was over, in seconds from the start."""
    expected_s: float | None = None
    last_line: str = ""


def progress_lines(seen: Seen, width: int, spinner: str) -> list[Content]:
    """The phases that are over, the one it is in with how much is done, those that follow; then what it told."""
    lines = [_over(phase, seen) for phase in seen.progress.passed]
    lines.append(_going(seen, width, spinner))
    order = tuple(Phase)
    after = order[order.index(seen.progress.phase) + 1 :]
    coming = [NAMES[phase] for phase in after if phase not in _SKIPPED]
    if coming:
        lines.append(Content.styled("  " + " · ".join(coming), DIM))
    lines.append(Content(""))
    estimate = "" if seen.expected_s is None else f" · last time ≈ {seconds_words(seen.expected_s)}"
    lines.append(Content.assemble((f"  {seconds_words(seen.elapsed_s)}", ""), (estimate, DIM)))
    facts = " · ".join(fact_words(seen.progress.facts))
    lines += [Content.styled(f"  {line}", DIM) for line in folded(facts, width - 2)] if facts else []
    if seen.last_line:
        lines.append(Content.styled("  " + shorten(one_line(read_line(seen.last_line).text), max(width - 2, 1)), DIM))
    return lines


def _over(phase: Phase, seen: Seen) -> Content:
    ends = list(seen.ended_s.values())
    end = seen.ended_s.get(phase)
    before = max((at for at in ends if end is not None and at < end), default=0.0)
    took = "" if end is None else seconds_words(end - before)
    return Content.assemble(("✓ ", GOOD), NAMES[phase].ljust(_NAME), (took, DIM))


def _going(seen: Seen, width: int, spinner: str) -> Content:
    progress = seen.progress
    line = Content.assemble((f"{spinner} ", ACCENT), (progress.phase.value.ljust(_NAME), "bold"))
    amount = amount_words(progress)
    if progress.done is not None and progress.total and width >= _BAR_MIN:
        full = min(int(_BAR * progress.done / progress.total), _BAR)
        bar = ("▓" * full, ACCENT), ("░" * (_BAR - full), DIM)
        line = Content.assemble(line, amount.ljust(_AMOUNT), " ", *bar)
    elif amount:
        line = line + Content(amount)
    since = max(seen.ended_s.values(), default=0.0)
    took = seconds_words(max(seen.elapsed_s - since, 0.0))
    room = width - line.cell_length - 3
    return line + Content.styled(f"   {took}", DIM) if cells(took) <= room else line


def failure_lines(diagnosis: Diagnosis, *, ended: bool = False) -> tuple[Said, ...]:
    """What happened and why; `ended`: it had been up."""
    what = "" if ended else "vLLM did not start: "
    cause = diagnosis.cause
    head = what + (cause[:1].lower() + cause[1:] if what and not _is_name(cause) else cause)
    line = (Said(f"The engine said: “{diagnosis.line}”"),) if diagnosis.line else ()
    return (Said(head, BAD), *line, Said(diagnosis.remedy, ""))


def _is_name(sentence: str) -> bool:
    """Whether its first word is written large wherever it stands: `CUDA`, `AWQ`, `vLLM`."""
    word = sentence.split(" ", 1)[0]
    return word.startswith("-") or any(char.isupper() for char in word[1:])


def concern_lines(concerns: Iterable[Concern]) -> tuple[Said, ...]:
    """What speaks against a start, and what would do."""
    lines: list[Said] = []
    for concern in concerns:
        lines.append(Said(concern.message, BAD if concern.grade is Grade.REFUSAL else FAIR))
        lines += [Said(concern.hint)] if concern.hint else []
    return tuple(lines)


def neighbour_choice(neighbour: Neighbour, choice_id: str, now: float, *, key: str = "") -> Choice:
    """A server that is there already."""
    model = model_name(neighbour.model) if neighbour.model else "a server"
    return Choice(choice_id, f"use {model} on port {neighbour.port}", neighbour_words(neighbour, now), key)


def neighbour_words(neighbour: Neighbour, now: float) -> str:
    """Whose it is."""
    record = neighbour.record
    if record is None:
        return "not ours: it is never stopped from here"
    return f"ours, started {ago(record.started, now)}"
