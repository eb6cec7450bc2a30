"""The doctor's page: every check as it comes, with what to do about it; `r` looks again."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from dsr1_tui.domain.doctor import KINDS, Check, CheckId, Report, State, Topic, repeated
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.later import Later
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.screens.help import HELP_COMMANDS
from dsr1_tui.tui.tones import ACCENT, BAD, DIM, FAIR, GOOD
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded, one_line

Examine = Callable[[], AsyncGenerator[Check, None]]

DOCTOR_COMMANDS: Final[tuple[Command, ...]] = (
    replace(CLOSE, id="doctor-close", help="Close this page.", keys=("escape", "f9", "q")),
    Command(id="doctor-again", action="again", title="look again", help="Run all checks once more.", area=Area.APP,
            keys=("r",), footer=80),
    *HELP_COMMANDS[1:],
)  # fmt: skip
"""Closing, looking again, and the keys that scroll the help page."""
_TONES: Final = {State.OK: GOOD, State.WARN: FAIR, State.FAIL: BAD, State.SKIPPED: DIM}
_TITLE: Final = max(cells(kind.title) for kind in KINDS.values()) + 2
_MARK: Final = 2
_BESIDE: Final = 34
"""Cells that what was found needs to stand beside its title."""


def doctor_lines(checks: Sequence[Check], width: int) -> list[Content]:
    """All checks at `width` cells, those that have not ended yet as such."""
    known = {check.id: check for check in checks}
    same = repeated(checks)
    lines = [_counts(checks, width)]
    for topic in Topic:
        lines += [Content(""), Content.styled(topic.value, "bold")]
        for id_, kind in KINDS.items():
            if kind.topic is topic:
                check = known.get(id_)
                lines += [_waiting(kind.title)] if check is None else _check_lines(check, width, remedy=id_ not in same)
    return lines


def _counts(checks: Sequence[Check], width: int) -> Content:
    if len(checks) < len(CheckId):
        return Content.styled(f"looking … {len(checks)} of {len(CheckId)}"[:width], DIM)
    report = Report(tuple(checks))
    return Content.styled(report.summary[:width], _TONES[report.verdict])


def _waiting(title: str) -> Content:
    return Content.styled(f"… {title}", DIM)


def _check_lines(check: Check, width: int, *, remedy: bool) -> list[Content]:
    """The title with what was found beside or below it, details and remedy below."""
    tone = _TONES[check.state]
    head = Content.assemble((f"{check.state.mark} ", tone), check.kind.title)
    word = "" if check.state is State.OK else f"{check.state.word}: "
    left = _MARK + _TITLE
    if width - left < _BESIDE:
        left, beside = _MARK, False
    else:
        head, beside = head.pad_right(left - head.cell_length), True
    room = max(width - left, 1)
    found = folded(one_line(word + check.found), room)
    plain = DIM if check.state is State.SKIPPED else ""
    rows = [_toned(line, word if at == 0 else "", tone, plain) for at, line in enumerate(found)]
    rows += [Content.styled(line, DIM) for text in check.detail for line in folded(one_line(text), room)]
    if check.remedy and remedy:
        first, *more = folded(one_line(check.remedy), max(room - 2, 1))
        rows += [Content.assemble(("→ ", ACCENT), first), *(Content(f"  {line}") for line in more)]
    pad = " " * left
    if beside:
        return [head + rows[0], *(Content(pad) + row for row in rows[1:])]
    return [head, *(Content(pad) + row for row in rows)]


def _toned(line: str, word: str, tone: str, plain: str) -> Content:
    """A line whose first word says how it ended."""
    if word and line.startswith(word.rstrip()):
        return Content.assemble((word.rstrip(), tone), (line[len(word.rstrip()) :], plain))
    return Content.styled(line, plain)


class DoctorScreen(Dialog[None]):
    """The page; the checks run while it is open."""

    KEYS: ClassVar[tuple[Command, ...]] = DOCTOR_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(DOCTOR_COMMANDS)]
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "../styles/bars.tcss",
        "../styles/dialogs.tcss",
        "../styles/doctor.tcss",
    ]

    def __init__(self, examine: Examine) -> None:
        """`examine` begins an examination; closing what it gives ends it."""
        super().__init__("Doctor")
        self._examine = examine
        self._checks: list[Check] = []
        self._page = TextPage(lambda width: doctor_lines(self._checks, width), id="doctor-text")
        self._body = VerticalScroll(self._page, id="doctor-body", can_focus=False)

    def compose_body(self) -> Iterable[Widget]:
        """One scrolled page."""
        yield self._body

    def on_mount(self) -> None:
        """Look at once."""
        self.action_again()

    def action_again(self) -> None:
        """Look again; what still runs is given up."""
        self.run_worker(Later(self._look), name="doctor", group="doctor", exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        self._checks = []
        self._page.changed()
        async with aclosing(self._examine()) as checks:
            async for check in checks:
                self._checks.append(check)
                self._page.changed()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The outermost edge of the work here: a fault of ours is said in a line."""
        if event.state is WorkerState.ERROR:
            what = f"dsr1-chat hit an error of its own ({type(event.worker.error).__name__})."
            self._page.show(lambda width: [Content.styled(line, BAD) for line in folded(what, width)])

    def action_scroll(self, lines: int) -> None:
        """Scroll some lines."""
        self._body.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll some pages, with two lines kept in view."""
        self._body.scroll_relative(y=pages * max(self._body.size.height - 2, 1), animate=False)
