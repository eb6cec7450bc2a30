"""Kept runs through the command line: gone on with, replayed, listed, shown; and the exit codes of a run that ends."""

import json
from pathlib import Path

import pytest

from dsr1_tui.domain.events import Failed, FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.target import Target
from support.bench_schema import SCHEMA, conforms, one_object
from support.bench_world import AnsweringEndpoint
from support.cli import run_here
from support.fake_endpoint import answer_script
from support.fake_kit import World

Capture = pytest.CaptureFixture[str]


def test_a_server_that_dies_and_the_run_that_goes_on(
    world: World, answering: AnsweringEndpoint, sums: str, capfd: Capture
) -> None:
    answering.dies_after = 6
    flags = ("--set", sums, "--repeats", "5", "--concurrency", "1", "--warm-up", "0")
    said = run_here(capfd, "bench", *flags, "--base-url", "http://10.0.0.9:8000", "--json")
    broken = one_object(said)
    assert said.code == 3
    assert broken["error"]["code"] == "unreachable"
    assert (broken["complete"], broken["samples"]) == (False, {"planned": 10, "done": 6})
    assert broken["runs"][0]["failures"] == 0
    run_id = broken["run_id"]
    assert f"6 of 10 samples are measured and kept. Go on with: dsr1-chat bench --resume {run_id[:13]}" in said.err
    answering.dies_after = answering.fault = None
    before = len(answering.requests)
    again = run_here(capfd, "bench", "--resume", run_id[:13], "--json")
    whole = one_object(again)
    assert (again.code, whole["complete"], whole["samples"]["done"]) == (0, True, 10)
    assert len(answering.requests) - before == 4
    assert world.opened[-1] == Target(base_url="http://10.0.0.9:8000/v1", model="tiny-r1"), "the run knows where"
    conforms(whole, SCHEMA)
    last = run_here(capfd, "bench", "--resume", "last", "--json")
    assert one_object(last) == whole
    assert "This run is complete." in last.err


def test_a_resumed_run_is_the_same_run(answering: AnsweringEndpoint, sums: str, capfd: Capture) -> None:
    answering.dies_after = 3
    flags = ["--set", sums, "--repeats", "2", "--concurrency", "1", "--warm-up", "0"]
    run_here(capfd, "bench", *flags)
    answering.dies_after = answering.fault = None
    for other in (["--repeats", "3"], ["--temperature", "0.1"], ["--sweep", "top_k=1,2"]):
        refused = run_here(capfd, "bench", "--resume", "last", *flags, *other)
        assert refused.code == 2
        assert "The run was begun otherwise" in refused.err
    Path(sums).write_text(Path(sums).read_text().replace("6", "7"))
    changed = run_here(capfd, "bench", "--resume", "last", *flags)
    assert "the questions, the set of questions would differ" in changed.err
    Path(sums).write_text(Path(sums).read_text().replace("7", "6"))
    assert run_here(capfd, "bench", "--resume", "last", *flags).code == 0


def test_a_run_is_replayed_from_its_file(
    answering: AnsweringEndpoint, sums: str, tmp_path: Path, capfd: Capture
) -> None:
    first = one_object(
        run_here(capfd, "bench", "--set", sums, "--repeats", "2", "--seed", "40", "--no-boxed", "--json")
    )
    sent = list(answering.requests)
    (path,) = (tmp_path / "data" / "bench").iterdir()
    answering.requests.clear()
    again = one_object(run_here(capfd, "bench", "--replay", str(path), "--json"))
    assert again["run_id"] != first["run_id"]
    assert answering.requests == sent
    assert again["runs"][0]["accuracy"] == first["runs"][0]["accuracy"]
    listed = json.loads(run_here(capfd, "bench", "list", "--json").out)["bench_runs"]
    assert [one["id"] for one in listed] == [again["run_id"], first["run_id"]]
    assert {one["complete"] for one in listed} == {True}


def test_kept_runs_are_listed_and_shown(answering: AnsweringEndpoint, sums: str, capfd: Capture) -> None:
    del answering
    assert (
        run_here(capfd, "bench", "list").err == "dsr1-chat: No benchmark run is kept yet. Begin one: dsr1-chat bench.\n"
    )
    measured = run_here(capfd, "bench", "--set", sums, "--repeats", "1", "--json")
    listed = run_here(capfd, "bench", "list")
    assert listed.out.count("\n") == 1
    assert "tiny-r1 on sums" in listed.out
    assert run_here(capfd, "bench", "show", "--json").out == measured.out
    assert run_here(capfd, "bench", "show", "last", "--csv").out.count("\n") == 2
    assert run_here(capfd, "bench", "show").out.startswith("## tiny-r1 on sums")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(FaultCode.REFUSED, "No."), "Every request failed: refused."),
        (None, "No sample ended with a whole answer"),
    ],
)
def test_without_any_answer_the_exit_code_says_so(
    answering: AnsweringEndpoint, sums: str, fault: Fault | None, words: str, capfd: Capture
) -> None:
    cut_off = answer_script("half an", reason=FinishReason.LENGTH)
    answering.answering = lambda _: cut_off if fault is None else [Failed(error=fault)]
    said = run_here(capfd, "bench", "--set", sums, "--repeats", "1", "--json")
    assert said.code == 5
    assert words in said.err
    assert one_object(said)["runs"][0]["answers"] == 0


def test_a_server_that_is_not_there_at_all(answering: AnsweringEndpoint, sums: str, capfd: Capture) -> None:
    answering.fault = Fault(FaultCode.UNREACHABLE, "Nothing answers.", "Start it.")
    said = run_here(capfd, "bench", "--set", sums, "--json")
    assert said.code == 3
    assert one_object(said)["error"]["code"] == "unreachable"
    assert run_here(capfd, "bench", "list").out == "", "no run is begun that could not be"
