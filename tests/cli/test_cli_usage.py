import io
import json
import re

import pytest

from dsr1_tui import __version__
from dsr1_tui.cli import edge, main
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.sampling_fields import FIELDS, FieldSpec, Kind
from support.cli import Said, run_here
from support.fake_endpoint import answer_script
from support.fake_kit import World

Capture = pytest.CaptureFixture[str]


class Typed(io.TextIOWrapper):
    """Stdin as a pipe or as a terminal."""

    def __init__(self, data: bytes, *, tty: bool = False) -> None:
        super().__init__(io.BytesIO(data), "utf-8")
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--temprature", "1"], "No such option '--temprature'"),
        (["ask", "q", "--temperature", "3"], "'--temperature': temperature must be 0 to 2. See dsr1-chat ask --help."),
        (["--temperature", "3", "ask", "q"], "temperature must be 0 to 2"),
        (["ask", "q", "--temperature", "warm"], "temperature needs a number, got “warm”"),
        (["ask", "q", "--temperature", "9" * 400], "temperature must be"),
        (["ask", "q", "--top-k", "9" * 400], "top_k must be"),
        (["ask", "q", "--top-k", "9" * 5000], "top_k needs"),
        (["ask", "q", "--seed", "1.5"], "seed needs a whole number"),
        (["ask", "q", "--max-tokens", "0"], "max_tokens must be"),
        (["ask", "q", "--stop", "a,b,c", "--stop", "d,e"], "at most 4"),
        (["ask", "q", "--rules", "r2"], "'--rules'"),
        (["ask", "q", "--think", "hard"], "'--think'"),
        (["ask", "q", "--loop-policy", "pray"], "'--loop-policy'"),
        (["ask", "q", "--thinking-budget", "1.5"], "a thinking budget in tokens is a whole number."),
        (["ask", "q", "--thinking-budget", "-1"], "the thinking budget is a number of tokens"),
        (["ask", "q", "--preset", "poetry"], "There is no preset “poetry”. There are: auto, talk, math, "),
        (["--preset", "talk", "ask", "q", "--preset", "\x1b["], "There is no preset “?[”"),
        (["ask", "q", "--thinking-budget", "100", "--max-tokens", "99"], "takes all of --max-tokens 99. Lower"),
        (["--thinking-budget", "99", "ask", "q", "--max-tokens", "99"], "--thinking-budget 99 takes all"),
        (["ask", "q", "--preset", "summary", "--thinking-budget", "1024"], "takes all of max_tokens (1,024)."),
        (["--rules", "off", "ask", "q", "--think", "prefill"], "--rules off and --think prefill contradict"),
        (["ask", "q", "--base-url"], "requires an argument"),
        (["ask", "q", "-c", "--resume", "1"], "-c and --resume name two"),
        (["ask", "q", "--resume", ""], "--resume needs the id"),
        (["ask", "q", "--base-url", "a b"], "is not a base URL"),
        (["ask", "q", "--demo", "--base-url", "h:1"], "--demo and an endpoint's address contradict"),
        (["--demo", "ask", "q", "--endpoint", "lab"], "contradict"),
        (["ask", "q", "--base-url", "h:1", "--endpoint", "lab"], "name two addresses"),
        (["ask", "q", "--endpoint", "lab"], "The config file has no endpoint “lab”"),
        (["ask", "q", "--api-key-env", "NOT_SET_ANYWHERE"], "the environment variable NOT_SET_ANYWHERE is not set"),
        (["ask", " \n"], "The prompt is empty."),
        (["ask", "\udcff"], "not valid text in this locale"),
        (["what is 2 + 2?"], 'To ask something: dsr1-chat ask "…". Commands: ask, '),
        (["history"], "Missing command. Commands: delete, export, list, search, show."),
        (["history", "lst"], "No such command 'lst'"),
        (["history", "delete"], "Missing argument"),
        (["config"], "Missing command. Commands: path, show."),
        ([], "The chat needs a terminal."),
    ],
)
def test_wrong_use_is_one_line_and_two(
    world: World, capfd: Capture, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(b""))
    said = run_here(capfd, *arguments)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("dsr1-chat: ")
    assert words in said.err


def test_wrong_use_is_an_object_too(world: World, capfd: Capture) -> None:
    said = run_here(capfd, "ask", "--json", "q", "--seed", "x")
    assert json.loads(said.out)["error"]["code"] == "usage"
    assert said.code == 2


def test_a_question_can_be_piped(world: World, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["ask"], ["ask", "-"]):
        world.endpoint.scripts = [answer_script("ok")]
        monkeypatch.setattr("sys.stdin", Typed("﻿Grüße?\r\n".encode()))
        assert run_here(capfd, *arguments).out == "ok\n"
        assert world.endpoint.requests[-1].messages[-1].content == "Grüße?"


@pytest.mark.parametrize(
    ("data", "tty", "words"),
    [
        (b"", True, "A question is missing"),
        (b"\n\n", False, "The prompt is empty"),
        (b"\xff\xfe", False, "not UTF-8 text"),
    ],
)
def test_a_question_that_is_none(
    world: World, capfd: Capture, monkeypatch: pytest.MonkeyPatch, data: bytes, *, tty: bool, words: str
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(data, tty=tty))
    said = run_here(capfd, "ask")
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_what_is_said_last_counts(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [answer_script("ok")]
    run_here(capfd, "--temperature", "0.1", "--seed", "1", "--base-url", "a:1", "--model", "tiny",
             "ask", "q", "--seed", "2", "--base-url", "b:2")  # fmt: skip
    assert world.endpoint.requests[0].sampling == Sampling(temperature=0.1, top_p=0.95, seed=2)
    assert (world.opened[0].base_url, world.opened[0].model) == ("http://b:2/v1", "tiny")


@pytest.mark.parametrize("spec", FIELDS, ids=lambda spec: spec.name)
def test_every_sampling_field_has_a_flag_and_can_be_unset(world: World, capfd: Capture, spec: object) -> None:

    assert isinstance(spec, FieldSpec)
    typed = {Kind.FLOAT: "0.5", Kind.INT: "3", Kind.STRINGS: "a,\\n"}[spec.kind]
    expected = {Kind.FLOAT: 0.5, Kind.INT: 3, Kind.STRINGS: ("a", "\n")}[spec.kind]
    world.endpoint.scripts = [answer_script("ok"), answer_script("ok")]
    run_here(capfd, "ask", "q", spec.flag, typed)
    run_here(capfd, "--temperature", "1", "ask", "q", spec.flag, "server")
    sent = [request.sampling.get(spec.name) for request in world.endpoint.requests]
    assert sent == [expected, None]


def test_stop_strings_add_up_until_server_takes_them_back(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [answer_script("ok"), answer_script("ok")]
    run_here(capfd, "ask", "q", "--stop", "a,b", "--stop", "c")
    run_here(capfd, "ask", "q", "--stop", "a", "--stop", "server", "--stop", "d")
    assert [request.sampling.stop for request in world.endpoint.requests] == [("a", "b", "c"), ("d",)]


def test_help_stands_in_sections_and_names_every_code(capfd: Capture) -> None:
    said = run_here(capfd, "--help")
    assert said.code == 0
    for words in (
        "Commands:",
        "Connection:",
        "Conversation:",
        "Prompt:",
        "Guards:",
        "Sampling (",
        "Exit codes:  0 done",
        "130 interrupted",
    ):
        assert words in said.out
    assert run_here(capfd, "-h") == said


def test_the_version(capfd: Capture) -> None:
    assert run_here(capfd, "--version") == Said(0, f"dsr1-chat {__version__}\n", "")


def test_no_traceback_and_no_words_of_the_error_reach_a_user(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(arguments: object) -> int:
        raise LookupError("sk-secret and a prompt")

    monkeypatch.delenv("DSR1_DEBUG", raising=False)
    assert edge.run_safely(broken, ["--json"]) == 1
    out, err = capfd.readouterr()
    assert json.loads(out)["error"]["code"] == "internal"
    told = r"dsr1-chat hit an error of its own: LookupError at cli/edge\.py:\d+; run with DSR1_DEBUG=1 for .+"
    assert re.fullmatch(told, err.removesuffix("\n"))
    monkeypatch.setenv("DSR1_DEBUG", "1")
    assert edge.run_safely(broken, []) == 1
    assert "Traceback" in capfd.readouterr().err


def test_an_error_of_ours_is_told_with_its_place(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DSR1_DEBUG", raising=False)
    monkeypatch.setattr("dsr1_tui.cli.main.dsr1_chat", None)
    edge.run_safely(main.run, [])
    assert "AttributeError at cli/main.py:" in capfd.readouterr().err


def test_ctrl_c_is_130(capfd: Capture) -> None:
    def interrupted(arguments: object) -> int:
        raise KeyboardInterrupt

    assert edge.run_safely(interrupted, []) == 130
    assert capfd.readouterr() == ("", "")


def test_a_line_is_one_line_and_safe(capfd: Capture) -> None:
    def refused(arguments: object) -> int:
        raise fail(FaultCode.CONFIG, "a\nb\x1b[2J", "c")

    assert edge.run_safely(refused, []) == 2
    assert capfd.readouterr().err == "dsr1-chat: a b␛[2J c\n"
