import base64
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.clipboard import MAX_BYTES, SCREEN_DCS, Multiplexer, SystemClipboard, multiplexer, osc52, tools
from dsr1_tui.domain.clipboard import CopyResult, CopyWay

X11 = {"DISPLAY": ":0"}
SSH = {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}
TMUX = {"TMUX": "/tmp/tmux-0/default,1,0"}


def test_the_bare_sequence() -> None:
    assert osc52("x = 2 ½") == "\x1b]52;c;eCA9IDIgwr0=\x07"


def test_under_tmux_it_is_also_wrapped_with_its_escapes_doubled() -> None:
    assert osc52("hi", Multiplexer.TMUX) == "\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"


def test_under_screen_it_goes_in_strings_short_enough_to_be_passed_on() -> None:
    assert osc52("hi", Multiplexer.SCREEN) == "\x1bP\x1b]52;c;aGk=\x07\x1b\\"
    long = osc52("a" * 300, Multiplexer.SCREEN)
    parts = re.findall(r"\x1bP.*?\x1b\\", long, flags=re.DOTALL)
    assert "".join(parts) == long
    assert [len(part) for part in parts] == [SCREEN_DCS, 160]
    assert "".join(part[2:-2] for part in parts) == osc52("a" * 300)


@settings(deadline=None)
@given(st.text())
def test_every_text_comes_through_and_holds_no_escape_of_its_own(text: str) -> None:
    data = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", osc52(text))
    assert data is not None
    assert base64.b64decode(data.group(1)) == text.encode("utf-8", "replace")


def test_the_longest_text_makes_the_longest_sequence_a_terminal_takes() -> None:
    assert len(osc52("é" * (MAX_BYTES // 2))) == 100_000
    with pytest.raises(ValueError, match=r"74,995 bytes; a terminal takes at most 74,994"):
        osc52("x" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("environment", "around"),
    [
        ({}, Multiplexer.NONE),
        ({"TERM": "xterm-256color"}, Multiplexer.NONE),
        ({"TERM": "screen-256color"}, Multiplexer.NONE),  # could be either: neither wrapping would be safe
        (TMUX | {"TERM": "screen-256color"}, Multiplexer.TMUX),
        (SSH | {"TERM": "tmux-256color"}, Multiplexer.TMUX),  # tmux at the user's own end
        ({"STY": "1.pts-0", "TERM": "screen"}, Multiplexer.SCREEN),
        (TMUX | {"STY": "1.pts-0"}, Multiplexer.TMUX),
    ],
)
def test_the_multiplexer_is_known_by_its_variables(environment: Mapping[str, str], around: Multiplexer) -> None:
    assert multiplexer(environment) is around


@pytest.mark.parametrize(
    ("environment", "platform", "names"),
    [
        ({}, "linux", []),
        (X11, "linux", ["xclip", "xsel"]),
        (X11 | {"WAYLAND_DISPLAY": "wayland-0"}, "linux", ["wl-copy", "xclip", "xsel"]),
        ({}, "darwin", ["pbcopy"]),
        (SSH, "darwin", []),
        (X11 | {"SSH_TTY": "/dev/pts/1"}, "linux", []),
    ],
)
def test_tools_are_for_the_desktop_one_sits_at(environment: Mapping[str, str], platform: str, names: list[str]) -> None:
    assert [command[0] for command in tools(environment, platform)] == names


class Desk:
    """A clipboard among programs of our own making, and what it wrote to the terminal."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.got = folder / "got"
        self.written: list[str] = []
        # Scripts need sh and cat; the folder stands first, so that no real tool is met.
        path = f"{folder}:/bin:/usr/bin"
        self.clipboard = SystemClipboard(
            write=self.written.append, environment={**environment, "PATH": path}, platform="linux", limit_s=10
        )

    def program(
        self, name: str, script: str = 'cat > "$(dirname "$0")/got"; echo "$@" >> "$(dirname "$0")/args"'
    ) -> None:
        (self.folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.folder / name).chmod(0o755)


async def test_a_tool_that_takes_the_text_is_sure(tmp_path: Path) -> None:
    desk = Desk(tmp_path, X11 | TMUX)
    desk.program("xclip")
    text = "½ ∑ 中文\n" * 20_000  # longer than a terminal or a pipe takes at once
    assert await desk.clipboard.copy(text) == CopyResult(CopyWay.TOOL, sure=True, detail="xclip")
    assert desk.got.read_text() == text
    assert (tmp_path / "args").read_text() == "-selection clipboard\n"
    assert desk.written == []


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$", "exec 0<&-; exit 3"])
async def test_a_tool_that_fails_gives_way_to_the_next(tmp_path: Path, script: str) -> None:
    desk = Desk(tmp_path, X11)
    desk.program("xclip", script)
    desk.program("xsel")
    assert (await desk.clipboard.copy("x" * 200_000)).detail == "xsel"
    assert desk.got.read_text() == "x" * 200_000


async def test_tmux_takes_it_into_its_buffer_and_offers_it_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path, TMUX | SSH)
    desk.program("tmux")
    assert await desk.clipboard.copy("x = 2") == CopyResult(CopyWay.TMUX, sure=False)
    assert desk.got.read_text() == "x = 2"
    assert (tmp_path / "args").read_text() == "load-buffer -w -\n"


async def test_an_older_tmux_is_passed_through(tmp_path: Path) -> None:
    desk = Desk(tmp_path, TMUX | SSH)
    desk.program("tmux", "echo 'load-buffer: unknown option -- w' >&2; exit 1")
    assert (await desk.clipboard.copy("hi")).way is CopyWay.TERMINAL
    assert desk.written == [osc52("hi", Multiplexer.TMUX)]


async def test_a_tool_that_hangs_is_given_up(tmp_path: Path) -> None:
    desk = Desk(tmp_path, TMUX)
    desk.program("tmux", "exec sleep 60")
    hasty = SystemClipboard(write=desk.written.append, environment=desk.clipboard.environment, limit_s=0.1)
    assert (await hasty.copy("hi")).way is CopyWay.TERMINAL


async def test_over_ssh_the_terminal_is_asked_and_nobody_is_sure(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SSH | X11)
    desk.program("xclip")
    result = await desk.clipboard.copy("hi")
    assert result == CopyResult(CopyWay.TERMINAL, sure=False)
    assert "not every terminal" in result.sentence
    assert desk.written == [osc52("hi")]
    assert not desk.got.exists()


async def test_what_is_too_long_for_the_terminal_is_not_cut_but_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SSH)
    result = await desk.clipboard.copy("x" * 80_000)
    assert result.way is CopyWay.NONE
    assert result.sentence == "Not copied: the text has 80,000 bytes; a terminal takes at most 74,994."
    assert desk.written == []


async def test_a_terminal_that_is_gone_is_told() -> None:
    def gone(text: str) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    result = await SystemClipboard(write=gone, environment=SSH).copy("hi")
    assert (result.way, result.sure) == (CopyWay.NONE, False)
