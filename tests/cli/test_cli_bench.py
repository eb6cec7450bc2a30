"""`bench` through the command line, on fakes: what is printed where, and the exit code."""

import csv
import io
import json
from pathlib import Path

import pytest

from support.bench_schema import SCHEMA, conforms, one_object
from support.bench_world import AnsweringEndpoint
from support.cli import run_here
from support.fake_endpoint import answer_script
from support.fake_kit import World

Capture = pytest.CaptureFixture[str]


def test_the_object_field_by_field(world: World, answering: AnsweringEndpoint, sums: str, capfd: Capture) -> None:
    said = run_here(capfd, "bench", "--set", sums, "--repeats", "2", "--sweep", "temperature=0.3,0.6", "--json")
    found = one_object(said)
    assert said.code == 0
    conforms(found, SCHEMA)
    assert found["samples"] == {"planned": 8, "done": 8}
    assert found["swept"] == ["temperature"]
    assert [run["settings"]["temperature"] for run in found["runs"]] == [0.3, 0.6]
    run = found["runs"][0]
    assert run["accuracy"]["value"] == run["pass_at_1"] == 0.25
    assert run["accuracy"]["ci95"][0] < 0.25 < run["accuracy"]["ci95"][1]
    assert run["accuracy"]["method"] == "clustered-wilson"
    assert (run["accuracy"]["n"], run["accuracy"]["questions"], run["cons_at_k"]["k"]) == (4, 2, 2)
    assert run["ttft_s"]["n"] == 4
    assert answering.closed
    assert world.judge.closed
    assert world.store.shelf.conversations == {}, "a sample is no conversation"


def test_progress_goes_to_stderr_a_line_a_setting(answering: AnsweringEndpoint, sums: str, capfd: Capture) -> None:
    del answering
    said = run_here(capfd, "bench", "--set", sums, "--repeats", "2", "--sweep", "temperature=0.3,1.5", "--json")
    lines = said.err.splitlines()
    assert lines[0].startswith("dsr1-chat: 8 samples of tiny-r1. Run ")
    assert lines[1:] == [
        "dsr1-chat: temperature 0.3: 4 samples, 25.0 % right, 20 tokens",
        "dsr1-chat: temperature 1.5: 4 samples, 0.0 % right, 16 tokens",
        "dsr1-chat: There is no accuracy: no answer has a box.",
    ]
    hot = one_object(said)["runs"][1]
    assert hot["accuracy"] == {
        "value": None,
        "ci95": None,
        "n": 0,
        "questions": 0,
        "method": None,
        "why_not": "no answer has a box",
    }


def test_markdown_has_a_row_a_setting(answering: AnsweringEndpoint, sums: str, capfd: Capture) -> None:
    del answering
    said = run_here(capfd, "bench", "--set", sums, "--repeats", "2", "--sweep", "temperature=0.3,0.6")
    assert said.out.startswith("## tiny-r1 on sums\n\n2 questions × 2, 4 at once; top_p 0.95; seed 0 + repeat. Run ")
    rows = [line for line in said.out.splitlines() if line.startswith("| temperature 0.3 |")]
    assert len(rows) == 6
    assert rows[0].startswith("| temperature 0.3 | 25.0 % (")
    widths = {line.count("|") for line in said.out.splitlines() if line.startswith("|")}
    assert widths == {10, 9, 8, 7}


def test_csv_has_a_row_a_setting(answering: AnsweringEndpoint, sums: str, capfd: Capture) -> None:
    del answering
    said = run_here(capfd, "bench", "--set", sums, "--repeats", "2", "--sweep", "top_k=5,server", "--csv")
    first, second = csv.DictReader(io.StringIO(said.out))
    assert (first["settings.top_k"], second["settings.top_k"]) == ("5", "")
    assert (first["accuracy.value"], first["cons_at_k.k"], first["ttft_s.n"]) == ("0.25", "2", "4")


def test_a_report_in_a_file(answering: AnsweringEndpoint, sums: str, tmp_path: Path, capfd: Capture) -> None:
    del answering
    path = tmp_path / "report.json"
    said = run_here(capfd, "bench", "--set", sums, "--repeats", "2", "--out", str(path))
    assert said.out == ""
    assert f"The report is in {path}." in said.err
    conforms(json.loads(path.read_text()), SCHEMA)
    refused = run_here(capfd, "bench", "--set", sums, "--out", str(tmp_path / "none" / "r.md"))
    assert refused.code == 2
    assert "cannot be a file" in refused.err


def test_one_question_of_its_own(answering: AnsweringEndpoint, capfd: Capture) -> None:
    right = one_object(run_here(capfd, "bench", "question", "1", "--answer", "4", "--repeats", "3", "--json"))
    assert right["runs"][0]["pass_at_1"] == pytest.approx(2 / 3, abs=1e-5)
    assert right["set"]["questions"] == 1
    said = run_here(capfd, "bench", "question 1", "--repeats", "3", "--json")
    unknown = one_object(said)["runs"][0]
    assert unknown["accuracy"]["why_not"] == "no question of the set has a known answer"
    assert unknown["agreement"]["boxes"] == pytest.approx(1 / 3, abs=1e-5)
    assert said.code == 0
    assert answering.requests[-1].messages[-1].content == "question 1"


def test_the_shipped_set_is_the_default(answering: AnsweringEndpoint, capfd: Capture) -> None:
    answering.answering = lambda _: answer_script("\\boxed{1}")
    found = one_object(run_here(capfd, "bench", "--repeats", "1", "--tags", "language:zh", "--limit", "3", "--json"))
    assert found["set"]["name"] == "dsr1-chat-40"
    assert (found["set"]["questions"], found["set"]["of"]) == (3, 40)
    asked = [request.messages[-1].content for request in answering.requests]
    assert all("\\boxed{}" in one for one in asked)


@pytest.mark.parametrize(
    "bad",
    [
        ('{"question": "x", "anwser": "4"}', "line 2: the field “anwser” is not known. Is it to be “answer”?"),
        ('{"answer": "4"}', "line 2: “question” is missing"),
        ("{", "line 2: not JSON"),
    ],
)
def test_a_bad_set_is_told_with_line_and_field(
    answering: AnsweringEndpoint, tmp_path: Path, capfd: Capture, bad: tuple[str, str]
) -> None:
    (line, words), path = bad, tmp_path / "bad.jsonl"
    path.write_text(f'{{"question": "x"}}\n{line}\n')
    said = run_here(capfd, "bench", "--set", str(path))
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert words in said.err
    assert answering.requests == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sweep", "temperature=0.5,3"], "temperature must be 0 to 2"),
        (["--sweep", "heat=1"], "“heat” is no setting. The nearest is"),
        (["--sweep", "top_k=1", "--sweep", "top_k=2"], "names top_k twice"),
        (["--answer", "4"], "--answer needs a question"),
        (["q", "--set", "own"], "two sets"),
        (["--json", "--csv"], "two forms"),
        (["--repeats", "0"], "--repeats"),
        (["--tags", "nonsense"], "No question of the set has these tags"),
        (["--replay", "last", "--repeats", "2"], "--replay takes all"),
        (["--resume", "last"], "No benchmark run is kept yet"),
        (["show", "abc"], "No benchmark run is kept yet"),
        (["--set", "none.jsonl"], "There is no file none.jsonl"),
        (["none.jsonl"], "There is no file none.jsonl"),
        (["none.CSV", "--set", "own"], "two sets"),
        ([" "], "The question is empty"),
    ],
)
def test_wrong_use_is_one_line(answering: AnsweringEndpoint, arguments: list[str], words: str, capfd: Capture) -> None:
    said = run_here(capfd, "bench", *arguments)
    assert said.code == 2
    assert words in said.err
    assert said.err.count("\n") == 1
    assert answering.requests == []


def test_a_conversation_is_nothing_to_measure(answering: AnsweringEndpoint, capfd: Capture) -> None:
    said = run_here(capfd, "--resume", "0192", "bench")
    assert said.code == 2
    assert "names a conversation" in said.err
    assert answering.requests == []


def test_help_names_the_commands(world: World, capfd: Capture) -> None:
    said = run_here(capfd, "bench", "--help")
    assert said.code == 0
    for word in ("list", "show", "--sweep", "--resume", "--base-url", "--temperature"):
        assert word in said.out
    assert run_here(capfd, "bench", "show", "--help").code == 0
