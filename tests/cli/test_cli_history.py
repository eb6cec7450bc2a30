import json

import pytest

from dsr1_tui.domain.fault import Fault, FaultCode
from support.cli import Said, run_here
from support.fake_endpoint import answer_script
from support.fake_kit import World

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def kept(world: World, capfd: Capture) -> World:
    """Two conversations, made by asking."""
    world.endpoint.scripts = [
        answer_script("So **x** is\n\n\\boxed{\\frac{1}{2}}\n\n```python\nx = 1\n```", "Half of \x1b[31mone."),
        answer_script("北京是中国的首都。"),
    ]
    assert run_here(capfd, "ask", "What is half of one?").code == 0
    assert run_here(capfd, "ask", "首都?").code == 0
    return world


def ids(world: World) -> list[str]:
    return sorted(world.store.shelf.conversations)


def test_the_list_has_the_last_used_first(kept: World, capfd: Capture) -> None:
    said = run_here(capfd, "history", "list")
    newest, oldest = said.out.splitlines()
    assert said.code == 0
    assert newest.startswith(ids(kept)[1][:13])
    assert newest.rstrip().endswith("首都?")
    assert "What is half of one?   1/2" in oldest
    assert run_here(capfd, "history", "list", "--limit", "1").out.splitlines() == [newest]


def test_the_list_as_an_object(kept: World, capfd: Capture) -> None:
    said = run_here(capfd, "history", "list", "--json")
    found = json.loads(said.out)["conversations"]
    assert [one["id"] for one in found] == ids(kept)[::-1]
    assert found[1]["boxed"] == "\\frac{1}{2}"
    assert found[1]["messages"] == 2


def test_a_search_shows_the_place(kept: World, capfd: Capture) -> None:
    said = run_here(capfd, "history", "search", "中国")
    assert "首都?" in said.out
    assert "北京是中国的首都。" in said.out.splitlines()[1]
    assert run_here(capfd, "history", "search", "Rome") == Said(0, "", "dsr1-chat: “Rome” occurs in no conversation.\n")


def test_no_history_is_said(world: World, capfd: Capture) -> None:
    assert run_here(capfd, "history", "list") == Said(0, "", "dsr1-chat: No conversation is kept yet.\n")
    assert run_here(capfd, "history", "list", "--json").out == '{"conversations": []}\n'
    assert run_here(capfd, "history", "show").code == 2


def test_show_is_readable_text(kept: World, capfd: Capture) -> None:
    said = run_here(capfd, "history", "show", ids(kept)[0][:30])
    assert said.code == 0
    assert "\x1b" not in said.out, "not a terminal: no colours"
    lines = said.out.splitlines()
    assert lines[0] == "What is half of one?"
    assert "You" in lines
    assert "tiny-r1" in lines
    assert "So x is" in lines
    assert "┃ 1/2" in lines
    assert "Half of" not in said.out
    assert "┆ Half of ␛[31mone." in run_here(capfd, "history", "show", ids(kept)[0], "--reasoning").out


def test_show_without_an_id_takes_the_last(kept: World, capfd: Capture) -> None:
    assert run_here(capfd, "history", "show").out.startswith("首都?\n")


def test_colours_on_a_terminal(kept: World, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsr1_tui.cli.paper.sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = run_here(capfd, "history", "show", ids(kept)[0]).out
    assert "\x1b[1;32m" in shown
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run_here(capfd, "history", "show", ids(kept)[0]).out


def test_exports(kept: World, capfd: Capture) -> None:
    markdown = run_here(capfd, "history", "export", ids(kept)[0])
    assert markdown.out.startswith("# What is half of one?\n")
    assert "\x1b" not in markdown.out
    exported = json.loads(run_here(capfd, "history", "export", ids(kept)[0], "--format", "json").out)
    assert exported["messages"][1]["reasoning"] == "Half of \x1b[31mone."


def test_deleting_asks_first(kept: World, capfd: Capture) -> None:
    first = ids(kept)[0]
    refused = run_here(capfd, "history", "delete", first)
    assert (refused.code, len(ids(kept))) == (2, 2)
    assert "say --yes" in refused.err
    done = run_here(capfd, "history", "delete", first, "--yes")
    assert done == Said(0, "", "dsr1-chat: Deleted “What is half of one?”.\n")
    assert first not in ids(kept)
    assert run_here(capfd, "history", "delete", first, "--yes").code == 2
    assert run_here(capfd, "history", "delete", "", "--yes").code == 2


def test_a_store_that_cannot_be_read_is_a_line(kept: World, capfd: Capture) -> None:
    kept.store.fault = Fault(FaultCode.STORE_NEWER, "The history is newer than this program.", "Update it.")
    for arguments in (["list"], ["show"], ["search", "x"], ["export"], ["delete", "x", "-y"]):
        said = run_here(capfd, "history", *arguments)
        assert said == Said(2, "", "dsr1-chat: The history is newer than this program. Update it.\n")
