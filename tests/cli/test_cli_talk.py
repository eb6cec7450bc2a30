import pytest

from dsr1_tui.cli.talk import Talk, guard_words, verdict
from dsr1_tui.domain.events import AnswerDelta, Continued, FinishReason, GuardTripped, ReasoningDelta, Retrying
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Segment
from dsr1_tui.domain.prompt_parts import Addition, PartKind
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.services.turn import StoreTroubled, TurnOpened
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


def opened(*additions: Addition) -> TurnOpened:
    conversation = Conversation(id=ConversationId("c"), title="", created=0.0, updated=0.0)
    return TurnOpened(conversation, said("q"), said(""), additions)


def said(content: str, **more: object) -> Message:
    return Message(
        id=MessageId("m"),
        conversation_id=ConversationId("c"),
        parent_id=None,
        role=MessageRole.ASSISTANT,
        content=content,
        created=0.0,
        updated=0.0,
        **more,  # type: ignore[arg-type]  # the tests name the fields
    )


def test_what_was_added_is_said_on_a_terminal_only(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    additions = (
        Addition(PartKind.DIRECTIVE, "Please …"),
        Addition(PartKind.INSTRUCTIONS, "Be\n kind \x1b[2J" + "x" * 80),
    )
    Talk(FakeClock(), show_reasoning=False, shares_terminal=False).feed(opened(*additions))
    assert capfd.readouterr().err == ""
    talking(monkeypatch).feed(opened())
    assert capfd.readouterr().err == ""
    talking(monkeypatch).feed(opened(*additions))
    line = capfd.readouterr().err
    assert line.startswith("+ step by step, answer in \\boxed{}  + instructions: Be kind ␛[2Jxxx")
    assert line.endswith("x…\n")
    assert len(line) < 120


def test_a_suspicion_is_quiet_and_goes_with_the_thought(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talking(monkeypatch)
    talk.feed(GuardTripped(guard="loop", level="suspect", action="tell", detail="repeating"))
    assert capfd.readouterr().err == ""
    talk.draw()
    assert "may be repeating itself" in capfd.readouterr().err
    talk.feed(Continued(cause="loop", sampling=Sampling(), char=0))
    talk.draw()
    drawn = capfd.readouterr().err
    assert "asked to answer" in drawn
    assert "repeating" not in drawn


def test_a_guard_ends_the_shown_thought_before_it_speaks(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talking(monkeypatch, show_reasoning=True)
    talk.feed(thought("so"))
    talk.feed(GuardTripped(guard="loop", level="loop", action="stop", detail="again\nand \x1b[2J"))
    assert capfd.readouterr().err == "so\n\ndsr1-chat: loop: again and ␛[2J; stopped there\n"


def test_a_guard_without_details() -> None:
    assert guard_words(GuardTripped(guard="asked", level="loop", action="", detail="")) == "asked"


def test_the_limit_that_cut_an_answer_off_is_that_of_its_last_stretch() -> None:
    stretches = tuple(Segment(from_char=0, sampling=Sampling(max_tokens=limit)) for limit in (9000, 1024))
    _, why = verdict(said("half", finish_reason=FinishReason.LENGTH, segments=stretches))
    assert "at max_tokens (1,024)" in why


@pytest.mark.parametrize(("said", "parted"), [("This sentence", True), ("This sentence\n", False)])
def test_a_guards_words_begin_a_line_of_their_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str, parted: bool
) -> None:
    talk = talking(monkeypatch, shares_terminal=True)
    talk.feed(AnswerDelta(text=said, tokens=2, exact=True))
    capsys.readouterr()
    talk.feed(GuardTripped(guard="loop", level="loop", action="stop", detail="repeating since the start"))
    assert capsys.readouterr().err.startswith("\ndsr1-chat: loop") == parted
