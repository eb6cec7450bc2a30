"""The one-line header: which model on which endpoint, what it is doing, and how full its context is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from textual.content import Content
from textual.widget import Widget

from dsr1_tui.domain.context import Room
from dsr1_tui.tui.tones import ACCENT, BAD, DIM, FAIR, GOOD
from dsr1_tui.tui.words import model_name, one_line, shorten

PROGRAM: Final = "dsr1-chat"
_GAP: Final = 3
_NEARLY_FULL: Final = 0.9


class LinkState(StrEnum):
    """What the endpoint is doing, in the word that the header shows."""

    CONNECTING = "connecting"
    READY = "ready"
    THINKING = "thinking"
    ANSWERING = "answering"
    LOST = "lost"
    DEMO = "demo"
    FAILED = "failed"


_LOOKS: Final = {
    LinkState.CONNECTING: ("○", DIM),
    LinkState.READY: ("●", GOOD),
    LinkState.THINKING: ("●", ACCENT),
    LinkState.ANSWERING: ("●", ACCENT),
    LinkState.LOST: ("○", FAIR),
    LinkState.DEMO: ("●", ACCENT),
    LinkState.FAILED: ("✗", BAD),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BarState:
    """All that the header shows."""

    model: str = ""
    """As the server names it; shown without the organisation before it."""
    endpoint: str = ""
    state: LinkState = LinkState.CONNECTING
    room: Room | None = None
    """What the conversation takes of the context."""
    note: str = ""
    """A few words beside the state, e.g. `trying again`."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """Which parts are shown; each next one of `_LADDER` shows fewer."""

    program: bool = True
    endpoint: bool = True
    context: bool = True
    note: bool = True
    percent: bool = True


_LADDER: Final = (
    _Parts(),
    _Parts(percent=False),
    _Parts(percent=False, context=False),
    _Parts(percent=False, context=False, note=False),
    _Parts(percent=False, context=False, note=False, endpoint=False),
    _Parts(percent=False, context=False, note=False, endpoint=False, program=False),
)


def bar_line(state: BarState, width: int) -> Content:
    """The header at `width` cells: parts are dropped, then the model shortened, so that nothing overlaps."""
    room = max(1, width - 2)  # a cell of air at either end
    for parts in _LADDER:
        left, right = _left(state, parts, model_name(state.model)), _right(state, parts)
        if left.cell_length + _GAP + right.cell_length <= room:
            break
    else:
        parts = _LADDER[-1]
        left = Content.styled(shorten(model_name(state.model), room - _right(state, parts).cell_length - 1), "bold")
        right = _right(state, parts)
    gap = " " * (room - left.cell_length - right.cell_length)
    return Content.assemble(" ", left, gap, right, " ").truncate(max(1, width))


def _left(state: BarState, parts: _Parts, model: str) -> Content:
    program = (f"{PROGRAM}   ", DIM) if parts.program and model else (PROGRAM if parts.program else "", DIM)
    endpoint = one_line(state.endpoint) if parts.endpoint else ""
    between = " · " if model and endpoint else ("   " if parts.program and endpoint else "")
    return Content.assemble(program, (model, "bold"), (between, DIM), (endpoint, DIM))


def _right(state: BarState, parts: _Parts) -> Content:
    glyph, tone = _LOOKS[state.state]
    pieces = [Content.assemble((glyph, tone), f" {state.state.value}")]
    if parts.note and state.note:
        pieces[0] = Content.assemble(pieces[0], (f" · {one_line(state.note)}", DIM))
    if parts.context and state.room is not None:
        pieces.append(_context(state.room, percent=parts.percent))
    return Content("   ").join(pieces)


def _context(room: Room, *, percent: bool) -> Content:
    """`ctx 1,204 / 32,768  4 %`: a warning where no more than a tenth is left, or less than the reply asks for."""
    about = "" if room.exact else "≈"
    if not room.limit or room.share is None or room.free is None:
        return Content.styled(f"ctx {about}{room.prompt:,}", DIM)
    tight = room.share >= _NEARLY_FULL or room.free < min(room.reply or 0, room.limit // 2)
    text = f"ctx {about}{room.prompt:,} / {room.limit:,}"
    whole = f"{text}  {about}{room.share:.0%}".replace("%", " %") if percent else text
    return Content.styled(whole, FAIR if tight else DIM)


class StatusBar(Widget):
    """The header; painted only when what it says has changed."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self._state = BarState()

    @property
    def state(self) -> BarState:
        """What it shows."""
        return self._state

    def show(self, state: BarState) -> None:
        """Show this state."""
        if state != self._state:
            self._state = state
            self.refresh()

    def render(self) -> Content:
        """The header at the widget's width."""
        return bar_line(self._state, self.content_size.width)
