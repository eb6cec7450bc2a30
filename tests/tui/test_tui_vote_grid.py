"""The grid of a vote as lines: it fits any width, no cell moves while it runs, and only what changed is made anew."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.events import AnswerDelta, Finished, FinishReason, ReasoningDelta
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.vote.ballot import Ballot, Outcome
from dsr1_tui.domain.vote.tally import Tally
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.transcript.vote_board import Phase, VoteBoard
from dsr1_tui.tui.transcript.vote_view import VoteView
from dsr1_tui.tui.transcript.vote_words import grid_lines, head_lines, layout, result_lines
from support.fake_clock import FakeClock
from support.store_samples import a_conversation, a_question, a_stream


def answers(samples: int) -> list[Message]:
    clock = FakeClock()
    question = a_question(clock, a_conversation(clock))
    return [a_stream(clock, question) for _ in range(samples)]


def lines(view: VoteView, width: int) -> list[object]:
    section = view.sections[0]
    return [section.line(at, width) for at in range(section.height(width))]


boxes = st.sampled_from(
    ["6", "7", "\\frac{1}{2}", "x = \\sqrt{2} + 123456789", "四十二个苹果和更多", "\x1b[31m6\u202e", ""]
)
reasons = st.sampled_from([*FinishReason])


@given(
    samples=st.integers(2, 64),
    width=st.integers(24, 200),
    tokens=st.lists(st.integers(0, 40_000), min_size=1, max_size=8),
    cast=st.lists(st.tuples(boxes, reasons), max_size=8),
    exact=st.booleans(),
)
@settings(max_examples=60, deadline=None)
@example(samples=10, width=24, tokens=[10], cast=[], exact=False)
def test_it_fits_any_width_and_nothing_moves(
    samples: int, width: int, tokens: list[int], cast: list[tuple[str, FinishReason]], exact: bool
) -> None:
    board = VoteBoard(answers(samples))
    empty, drawn = grid_lines(board, width, None)
    for sample in range(samples):
        count = tokens[sample % len(tokens)]
        board.feed(ReasoningDelta(sample=sample, text="a", tokens=count, exact=exact))
    for sample, (box, reason) in enumerate(cast[:samples]):
        board.feed(AnswerDelta(sample=sample, text="b", tokens=1, exact=True))
        board.feed(Finished(sample=sample, reason=reason))
        outcome = Outcome.VOTE if reason is FinishReason.STOP and box else Outcome.LOOPED
        ballot = Ballot(sample=sample, outcome=outcome, box=box if outcome is Outcome.VOTE else "", tokens=1)
        board.cast(ballot, board.tally.having(ballot))
    after, still = grid_lines(board, width, samples // 2)
    assert (len(after), still) == (len(empty), drawn)
    for line in (*after, *head_lines(board, width), *result_lines(board, width)):
        assert cells(line.text) <= max(width, 56), line.text
        assert not {"\x1b", "\u202e", "\n"} & set(line.text)
    for line in after:
        assert cells(line.text) <= width, line.text
    for sample in range(samples):
        row = after[sample // drawn.columns].text
        assert str(sample + 1) in row


def test_only_the_row_of_a_change_is_made_anew() -> None:
    view = VoteView(VoteBoard(answers(12)))
    before = lines(view, 80)
    view.show()
    assert [new is old for new, old in zip(lines(view, 80), before, strict=True)] == [True] * len(before)
    view.board.feed(ReasoningDelta(sample=4, text="a", tokens=3, exact=True))
    view.show()
    fresh = [at for at, (new, old) in enumerate(zip(lines(view, 80), before, strict=True)) if new is not old]
    assert fresh == [1 + 4 // layout(12, 80, short=False).columns]


def test_the_cursor_walks_the_cells_and_leaves_at_the_edges() -> None:
    view = VoteView(VoteBoard(answers(5)))
    view.sections[0].settle(80)
    assert not view.moved(1, 0), "it is not among the cells yet"
    assert not view.enter()
    assert (view.cursor, view.enter()) == (0, True)
    assert view.moved(0, 1)
    assert view.cursor == 3
    assert view.moved(-1, 0)
    assert view.moved(0, 1)
    assert view.cursor == 4, "the last row is short"
    assert not view.moved(0, 1)
    assert view.cursor is None


def test_what_waits_for_the_judge_is_not_called_a_vote() -> None:
    board = VoteBoard(answers(2))
    board.feed(AnswerDelta(sample=0, text="b", tokens=1, exact=False))
    board.feed(Finished(sample=0, reason=FinishReason.STOP))
    assert (board.cells[0].phase, board.ended) == (Phase.COUNTING, 1)
    (line,), _ = grid_lines(board, 100, None)
    assert "≈1 tok" in line.text
    assert "✓" not in line.text
    assert board.tally == Tally(asked=2)


def test_a_kept_sample_that_is_taken_up_goes_on() -> None:
    kept = answers(2)
    board = VoteBoard.kept(kept, Tally(asked=2), counted=True)
    assert [cell.phase for cell in board.cells] == [Phase.GOING_ON] * 2
    (line,), _ = grid_lines(board, 100, None)
    assert "goes on" in line.text
    assert "waiting" not in line.text
