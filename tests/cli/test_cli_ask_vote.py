import asyncio
import json
from typing import Any

import pytest

from dsr1_tui.cli.vote_talk import VoteTalk
from dsr1_tui.domain.events import AnswerDelta, FinishReason, Started
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.request import ModelInfo
from support.cli import Said, run_here
from support.fake_endpoint import answer_script
from support.fake_kit import World
from support.vote_world import VoteWorld, boxed, mixed

Capture = pytest.CaptureFixture[str]
VOTE_KEYS = [
    "n",
    "classes",
    "cut_off",
    "looped",
    "no_box",
    "failed",
    "cancelled",
    "agreement",
    "tie",
    "decided_early",
]


def one_object(said: Said) -> dict[str, Any]:
    assert said.out.count("\n") == 1
    found: dict[str, Any] = json.loads(said.out)
    return found


def vote_of(said: Said) -> dict[str, Any]:
    found = one_object(said)
    assert list(found)[-2:] == ["prompt_additions", "vote"]
    vote: dict[str, Any] = found["vote"]
    assert list(vote) == VOTE_KEYS
    apart = sum(vote[name] for name in ("cut_off", "looped", "no_box", "failed", "cancelled"))
    assert sum(one["count"] for one in vote["classes"]) + apart == vote["n"]
    return vote


def test_the_winners_answer_goes_to_stdout_and_the_tally_to_stderr(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [mixed(boxed("6", 0), boxed("7.0", 1, words=" Sure."), boxed("7", 2))]
    said = run_here(capfd, "ask", "--vote", "3", "Pick a number.")
    assert said.code == 0
    assert said.out == "It is \\boxed{7}.\n"
    assert said.err == "dsr1-chat: “7.0” has 2 of 3 votes (67 % agree). Beside it: “6” 1.\n"
    assert world.judge.closed
    assert world.endpoint.closed


def test_the_object_holds_the_winner_and_the_tally(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [mixed(boxed("6", 0), boxed("7.0", 1, words=" Sure."), boxed("7", 2))]
    said = run_here(capfd, "ask", "--json", "--vote", "3", "Pick a number.", "--seed", "5")
    assert (said.code, said.err) == (0, "")
    vote = vote_of(said)
    assert vote == {
        "n": 3,
        "classes": [
            {"answer": "7.0", "spellings": {"7.0": 1, "7": 1}, "count": 2},
            {"answer": "6", "spellings": {"6": 1}, "count": 1},
        ],
        "cut_off": 0,
        "looped": 0,
        "no_box": 0,
        "failed": 0,
        "cancelled": 0,
        "agreement": 0.6667,
        "tie": False,
        "decided_early": False,
    }
    found = one_object(said)
    assert (found["final_boxed"], found["answer"], found["settings"]["seed"]) == ("7", "It is \\boxed{7}.", 7)


def test_a_tie_is_said(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [mixed(boxed("6", 0), boxed("7", 1))] * 2
    said = run_here(capfd, "ask", "--vote", "2", "q")
    assert "A tie, 1 vote each (50 % agree): “6” and “7”; the shortest answer stands." in said.err
    assert said.out == "It is \\boxed{6}.\n"
    vote = vote_of(run_here(capfd, "ask", "--json", "--vote", "2", "q"))
    assert (vote["tie"], vote["agreement"]) == (True, 0.5)


def test_decided_early(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [[*boxed("7", 0), *boxed("7", 1), Started(sample=2, model="m"), asyncio.Event()]]
    vote = vote_of(run_here(capfd, "ask", "--json", "--vote", "3", "q"))
    assert (vote["decided_early"], vote["cancelled"], vote["agreement"]) == (True, 1, 1.0)


def test_without_a_box_a_complete_answer_still_stands(world: World, capfd: Capture) -> None:
    script = mixed(boxed("6", 0, reason=FinishReason.LENGTH), answer_script("No idea.", sample=1))
    world.endpoint.scripts = [script, script]
    said = run_here(capfd, "ask", "--vote", "2", "q")
    assert (said.code, said.out) == (0, "No idea.\n")
    assert said.err == "dsr1-chat: No vote: no sample gave a box. Beside it: 1 without a box, 1 cut off.\n"
    vote = vote_of(run_here(capfd, "ask", "--json", "--vote", "2", "q"))
    assert (vote["agreement"], vote["classes"], vote["no_box"], vote["cut_off"]) == (None, [], 1, 1)


def test_without_a_complete_answer_it_is_five(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [mixed(*(boxed("6", at, reason=FinishReason.LENGTH) for at in range(2)))] * 2
    said = run_here(capfd, "ask", "--vote", "2", "q")
    assert (said.code, said.out) == (5, "It is \\boxed{6}.\n")
    assert "The answer was cut off" in said.err
    said = run_here(capfd, "ask", "--json", "--vote", "2", "q")
    assert (said.code, vote_of(said)["cut_off"]) == (5, 2)


def test_elsewhere_each_sample_is_a_request(world: World, capfd: Capture) -> None:
    world.endpoint.listed = (ModelInfo(id="other"),)
    world.endpoint.scripts = [boxed(box) for box in ("6", "6", "7")]
    vote = vote_of(run_here(capfd, "ask", "--json", "--vote", "3", "q"))
    assert [one["count"] for one in vote["classes"]] == [2, 1]
    assert [request.samples for request in world.endpoint.requests] == [1, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vote", "0"), "2 to 64 samples, not 0"),
        (("--vote", "1"), "2 to 64 samples, not 1"),
        (("--vote", "65"), "2 to 64 samples, not 65"),
        (("--vote", "x"), "'x' is not a valid integer"),
        (("--vote", "8", "--temperature", "0"), "At temperature 0 all samples are the same"),
        (("--vote", "8", "--show-reasoning"), "--show-reasoning"),
    ],
)
def test_wrong_use_is_one_line(world: World, capfd: Capture, arguments: tuple[str, ...], words: str) -> None:
    said = run_here(capfd, "ask", "q", *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not world.opened


def test_a_fault_is_one_line_and_its_code(world: World, capfd: Capture) -> None:
    world.endpoint.fault = Fault(FaultCode.UNAUTHORIZED, "It wants a key.", "Give one.")
    assert run_here(capfd, "ask", "--vote", "4", "q") == Said(4, "", "dsr1-chat: It wants a key. Give one.\n")


def test_what_cannot_be_kept_is_still_told(world: World, capfd: Capture) -> None:
    world.store.fault = Fault(FaultCode.STORE, "The disk is full.", "Make room.")
    world.endpoint.scripts = [mixed(boxed("6", 0), boxed("6", 1))]
    said = run_here(capfd, "ask", "--vote", "2", "q")
    assert (said.code, said.out) == (0, "It is \\boxed{6}.\n")
    assert "The disk is full." in said.err


async def test_the_live_line(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    world = VoteWorld([*boxed("6\x1b[2J", 0), *boxed("7", 1)])
    talk = VoteTalk(world.clock, 2, as_json=True)
    talk.draw()
    assert capfd.readouterr().err == "\r\x1b[Kconnecting 0 s · ctrl+c stops"
    drawn: list[str] = []
    for event in await world.vote(2):
        talk.feed(event)
        talk.draw()
        drawn.append(capfd.readouterr().err)
    assert "\r\x1b[Kvoting 0 s · 0 of 2 done · ctrl+c stops" in drawn
    assert any("1 of 2 done · “6␛[2J” leads with 1 of 1 · " in line for line in drawn)
    assert any("2 of 2 done · 2 answers have 1 each" in line for line in drawn)
    talk.feed(AnswerDelta(text="x", tokens=1, exact=False))
    talk.draw()
    assert "≈" in capfd.readouterr().err, "an estimate is marked as one"
