import pytest

from dsr1_tui.cli.talk import Talk
from dsr1_tui.domain.events import AnswerDelta, ReasoningDelta, Retrying
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.services.turn import StoreTroubled
from support.fake_clock import FakeClock

Capture = pytest.CaptureFixture[str]
CLEAR = "\r\x1b[K"


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")


def talking(monkeypatch: pytest.MonkeyPatch, *, show_reasoning: bool = False, shares_terminal: bool = False) -> Talk:
    """As on a terminal. (The streams are swapped between a fixture and its test, so they are patched here.)"""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    return Talk(FakeClock(), show_reasoning=show_reasoning, shares_terminal=shares_terminal)


def thought(text: str = "hm", *, exact: bool = True) -> ReasoningDelta:
    return ReasoningDelta(text=text, tokens=3, exact=exact, at=1.0)


def test_the_status_line_says_what_goes_on(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talking(monkeypatch)
    talk.draw()
    assert capfd.readouterr().err == f"{CLEAR}connecting 0 s · ctrl+c stops"
    talk.draw()
    assert capfd.readouterr().err == "", "what has not changed is not drawn again"
    talk.feed(thought(exact=False))
    talk.draw()
    assert "thinking" in (drawn := capfd.readouterr().err)
    assert "≈3 tok" in drawn, "an estimate is marked as one"
    talk.feed(Retrying(cause="the server\x1b[2J was busy", attempt=2))
    talk.draw()
    drawn = capfd.readouterr().err
    assert "trying again (2): the server␛[2J" in drawn
    assert len(drawn.removeprefix(CLEAR)) < 60, "it never wraps"
    talk.clear()
    assert capfd.readouterr().err == CLEAR


def test_it_makes_room_for_an_answer_on_the_same_terminal(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for shares, left in ((True, ""), (False, "answering")):
        talk = talking(monkeypatch, shares_terminal=shares)
        talk.draw()
        talk.feed(AnswerDelta(text="a", tokens=1, exact=True))
        capfd.readouterr()
        talk.draw()
        drawn = capfd.readouterr().err
        assert left in drawn if left else drawn == ""


def test_a_shown_thought_is_dim_and_ends_before_the_answer(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    talk = talking(monkeypatch, show_reasoning=True, shares_terminal=True)
    talk.draw()
    talk.feed(thought("I "))
    talk.feed(thought("see"))
    talk.feed(AnswerDelta(text="a", tokens=1, exact=True))
    assert capfd.readouterr().err == f"{CLEAR}\x1b[2mconnecting 0 s · ctrl+c stops\x1b[0m{CLEAR}\x1b[2mI see\x1b[0m\n\n"


def test_a_trouble_stands_on_its_own_line(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talking(monkeypatch)
    talk.draw()
    talk.feed(StoreTroubled(Fault(FaultCode.STORE, "Full.", "Make room.")))
    assert capfd.readouterr().err.endswith(f"{CLEAR}dsr1-chat: Full. Make room.\n")


def test_nothing_is_drawn_where_nobody_looks(capfd: Capture) -> None:
    talk = Talk(FakeClock(), show_reasoning=False, shares_terminal=False)
    talk.draw()
    talk.feed(thought())
    talk.clear()
    assert capfd.readouterr().err == ""
