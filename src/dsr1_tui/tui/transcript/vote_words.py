"""The words of a vote's grid: its heading, a cell for each sample laid out by width, the result; all of it lines."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, assert_never

from dsr1_tui.domain.vote.ballot import Outcome
from dsr1_tui.domain.vote.tally import Tally
from dsr1_tui.domain.vote.words import percent, rest_words, verdict_words
from dsr1_tui.render.cells import cells
from dsr1_tui.render.line import PLAIN, Line, Role, Span, Style
from dsr1_tui.render.plain import plain_lines
from dsr1_tui.render.plain import readable_box as _readable_box
from dsr1_tui.render.safe import safe
from dsr1_tui.tui.transcript.vote_board import Cell, Phase, VoteBoard
from dsr1_tui.tui.transcript.wording import ACCENT, DIM, WARN
from dsr1_tui.tui.words import shorten

_BOX: Final = Style(Role.BOX, bold=True)
_BAR: Final = 8
_NAME: Final = 16
"""Cells of a box in the heading."""
_SPELLINGS: Final = 4
"""Spellings named beside the leader's."""
_LOW, _HIGH = 4, 24
"""Cells of a box in the grid, fewest and most."""
_WIDE: Final = 74
"""From here on the heading is one line."""
_ROWS: Final = 12
"""Rows above which the cells are drawn short."""
_LONG, _LONGEST, _SHORT = 16, 18, 8
"""Cells of what is said of a sample."""
_GAP: Final = 1

_ENDED: Final = {
    Outcome.NO_BOX: ("no box", "no box"),
    Outcome.CUT_OFF: ("cut off", "cut off"),
    Outcome.LOOPED: ("loop", "loop"),
    Outcome.STOPPED: ("stopped", "stopped"),
    Outcome.CANCELLED: ("not needed", "–"),
    Outcome.FAILED: ("failed", "failed"),
}
"""What is said of a sample that is no vote, long and short."""
_WARNS: Final = frozenset({Outcome.CUT_OFF, Outcome.LOOPED, Outcome.FAILED})


@lru_cache(maxsize=512)
def readable_box(body: str) -> str:
    """A box in one safe line; kept, because the same few are painted again and again."""
    return _readable_box(body)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the cells stand; it depends on the width and the number of samples alone, so that no cell moves."""

    columns: int
    box: int
    """Cells of a box."""
    said: int
    """Cells of what is said of the sample."""
    number: int
    """Digits of a sample's number."""

    @property
    def stride(self) -> int:
        """Cells from one column to the next."""
        return 1 + self.number + 1 + self.box + 1 + self.said + _GAP

    def rows(self, samples: int) -> int:
        """Rows of the grid."""
        return -(-samples // self.columns)


def layout(samples: int, width: int, *, short: bool) -> Layout:
    """As many columns as fit into `width` cells; what room is left goes to the words and the boxes."""
    number = len(str(samples))
    if not short:
        plain = _fitted(samples, width, number, _LONG, _LONGEST)
        if plain.rows(samples) <= _ROWS:
            return plain
    return _fitted(samples, width, number, _SHORT, _SHORT)


def _fitted(samples: int, width: int, number: int, least: int, most: int) -> Layout:
    least = min(least, max(width - Layout(1, _LOW, 0, number).stride + _GAP, 1))  # one column must fit in any case
    smallest = Layout(1, _LOW, least, number).stride
    columns = min(max((width + _GAP) // smallest, 1), samples)
    spare = max((width + _GAP) // columns - smallest, 0)
    said = min(least + spare, most)
    box = min(_LOW + spare - (said - least), _HIGH)
    return Layout(columns, box, said, number)


def grid_lines(board: VoteBoard, width: int, cursor: int | None) -> tuple[list[Line], Layout]:
    """The rows of the grid."""
    drawn = layout(len(board.cells), width, short=board.closed)
    leaders = board.tally.tied or board.tally.classes[:1]
    leading = frozenset(vote.sample for one in leaders for vote in one.votes)
    winner = board.tally.chosen if board.closed and board.tally.counted else None
    lines: list[Line] = []
    for first in range(0, len(board.cells), drawn.columns):
        spans: list[Span] = []
        for sample in range(first, min(first + drawn.columns, len(board.cells))):
            mark = "▸" if sample == cursor else "┃" if sample == winner else " "
            style = ACCENT if sample == cursor else _BOX
            spans += [Span(mark, style), *_cell(board.cells[sample], sample, drawn, cursor, leads=sample in leading)]
        last = spans[-1]
        spans[-1] = Span(last.text.rstrip() or " ", last.style)
        lines.append(Line(tuple(spans)))
    return lines, drawn


def _cell(cell: Cell, sample: int, drawn: Layout, cursor: int | None, *, leads: bool) -> list[Span]:
    number = Span(f"{sample + 1:>{drawn.number}} ", ACCENT if sample == cursor else DIM)
    said, warns = _said(cell, drawn.said)
    box = cell.box or ("–" if cell.phase is Phase.ENDED else "…")
    style = _BOX if leads else PLAIN if cell.box else DIM
    return [
        number,
        Span(_padded(shorten(box, drawn.box), drawn.box) + " ", style),
        Span(_padded(said, drawn.said) + " " * _GAP, WARN if warns else DIM),
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - cells(text), 0)


def _said(cell: Cell, width: int) -> tuple[str, bool]:
    """What is said of a sample in `width` cells, and whether it is a warning."""
    mark = "" if cell.exact else "≈"
    ways = _ways(cell, f"{mark}{cell.tokens:,}", f"{mark}{round(cell.tokens / 1000)}k")
    fits = next((way for way in ways if cells(way) <= width), ways[-1])
    return fits, cell.outcome in _WARNS


def _ways(cell: Cell, count: str, thousands: str) -> list[str]:
    """What may be said of a sample, the longest first."""
    match cell.phase:
        case Phase.WAITING:
            return ["waiting"]
        case Phase.THINKING:
            return [f"thinking {count} tok", f"thinking {count}", f"{count} …", f"{thousands} …"]
        case Phase.ANSWERING:
            return [f"answering {count} tok", f"answering {count}", f"{count} ▸", f"{thousands} ▸"]
        case Phase.GOING_ON:
            return ["goes on"]
        case Phase.COUNTING:
            return [f"{count} tok", count, thousands]
        case Phase.ENDED:
            if cell.outcome in _ENDED:
                return [*_ENDED[cell.outcome]]
            return [f"{count} tok ✓", f"{count} ✓", f"{thousands} ✓"]
        case _:
            assert_never(cell.phase)


def head_lines(board: VoteBoard, width: int) -> list[Line]:
    """`8 samples   ██████░░ 6 done   leader 6 (4 of 6)   can still be caught`; two lines where it is narrow."""
    samples = len(board.cells)
    first = [Span(f"{samples} samples", ACCENT)]
    if board.closed:
        second = [Span(_apart_words(board), DIM)]
    else:
        full = board.ended * _BAR // samples
        first.append(Span(f"   {'█' * full}{'░' * (_BAR - full)} {board.ended} done", DIM))
        beside = cells("".join(span.text for span in first)) + 3 if width >= _WIDE else 0
        second = _lead(board.tally, width - beside)
    # By the width alone, not by the words: a heading that changes its height would move what is read.
    if width >= _WIDE:
        return [Line((*first, Span("   "), *second))]
    return [Line(tuple(first)), Line(tuple(second))]


def _lead(tally: Tally, room: int) -> list[Span]:
    """Who leads, in `room` cells."""
    leader = tally.leader
    if leader is None:
        return [Span("no vote yet", DIM)]
    if tied := tally.tied:
        return [Span(f"{len(tied)} answers have {leader.count} each", DIM)]
    count = f" ({leader.count} of {tally.votes})   "
    left = "cannot be caught" if tally.decided(tally.asked - tally.counted) else "can still be caught"
    name = shorten(readable_box(leader.answer), min(_NAME, max(room - cells(f"leader {count}{left}"), 2)))
    return [Span("leader ", DIM), Span(name, _BOX), Span(count + left, DIM)]


def _apart_words(board: VoteBoard) -> str:
    votes = board.tally.votes
    words = [f"{votes} {'vote' if votes == 1 else 'votes'}"]
    said = {Outcome.NO_BOX: "without a box", Outcome.CUT_OFF: "cut off", Outcome.LOOPED: "looped"}
    said |= {Outcome.STOPPED: "stopped", Outcome.FAILED: "failed", Outcome.CANCELLED: "not needed"}
    words += [f"{number} {word}" for outcome, word in said.items() if (number := board.tally.number(outcome))]
    return " · ".join(words if board.counted else [*words, "counting …"])


def result_lines(board: VoteBoard, width: int) -> list[Line]:
    """`┃ 6   67 % of votes · ½·12, 6.0 counted as 6 · enter opens a sample`, wrapped behind its bar."""
    tally, bar = board.tally, Span("┃ ", _BOX)
    inner = max(width - 2, 2)
    leader = tally.leader
    opens = "enter opens a sample"
    if leader is None:
        words = f"{verdict_words(tally).rstrip('.')} · {opens}" if board.closed else opens
        return [Line((bar, *line.spans)) for line in plain_lines(words, inner, DIM)]
    said = " · ".join([*_result_words(board), opens])
    box = readable_box(leader.answer)
    if not tally.tied and cells(box) + 3 + cells(said) <= inner:
        return [Line((bar, Span(box, _BOX), Span(f"   {said}", DIM)))]
    boxed = () if tally.tied else plain_lines(box, inner, _BOX)
    return [Line((bar, *line.spans)) for line in (*boxed, *plain_lines(said, inner, DIM))]


def _result_words(board: VoteBoard) -> list[str]:
    tally = board.tally
    leader = tally.leader
    assert leader is not None, "called with votes only"
    if tally.tied:
        names = " and ".join(readable_box(one.answer) for one in tally.tied[:_SPELLINGS])
        more = f" and {len(tally.tied) - _SPELLINGS} more" if len(tally.tied) > _SPELLINGS else ""
        each = "vote" if leader.count == 1 else "votes"
        end = "; the shortest answer stands" if board.closed else ""
        words = [f"a tie, {leader.count} {each} each: {names}{more}{end}"]
    else:
        words = [f"{percent(tally)} % of votes"]
    others = [readable_box(text) for text in leader.spellings if text != leader.answer]
    others = list(dict.fromkeys(other for other in others if other != readable_box(leader.answer)))
    if others:
        more = " …" if len(others) > _SPELLINGS else ""
        words.append(f"{', '.join(others[:_SPELLINGS])}{more} counted as {readable_box(leader.answer)}")
    behind = [one for one in tally.classes[1:] if one not in tally.tied]
    if behind:
        named = ", ".join(f"{readable_box(one.answer)} ({one.count})" for one in behind[:_SPELLINGS])
        words.append(f"also {named}{' …' if len(behind) > _SPELLINGS else ''}")
    return words


def copied(board: VoteBoard) -> str:
    """The outcome as text, for copying."""
    return safe("\n".join(words for words in (verdict_words(board.tally), rest_words(board.tally)) if words))


def sample_words(board: VoteBoard, sample: int) -> str:
    """How far one sample is, or what it came to: `412 tok ✓ · voted 6`."""
    cell = board.cells[sample]
    said, _ = _said(cell, _HIGH)
    if cell.phase is Phase.ENDED and cell.outcome is not Outcome.VOTE:
        mark = "" if cell.exact else "≈"
        return f"{said} · {mark}{cell.tokens:,} tok" if cell.tokens else said
    leader = board.tally.leader
    leads = " · with the most votes" if leader is not None and cell.ballot in leader.votes else ""
    return f"{said} · voted {shorten(cell.box, _HIGH)}{leads}" if cell.box else said
