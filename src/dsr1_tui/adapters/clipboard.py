"""Copies text where the user can paste it: by the desktop's tool, by tmux, or by asking the terminal (OSC 52)."""

import asyncio
import base64
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.clipboard import CopyResult, CopyWay

ESC: Final = "\x1b"
BEL: Final = "\x07"
ST: Final = f"{ESC}\\"

MAX_BYTES: Final = 74_994
"""UTF-8 bytes a terminal surely takes: with base64 and the sequence's own 8 bytes that is 100,000, hterm's limit
and the smallest of those documented (hterm's osc52.sh)."""
SCREEN_DCS: Final = 256
"""Bytes of one string GNU screen passes on (its limit before 4.2.1; 768 since)."""
TOOL_LIMIT_S: Final = 2.0


class Multiplexer(StrEnum):
    """What stands between the program and the terminal."""

    NONE = "none"
    TMUX = "tmux"
    SCREEN = "screen"


def multiplexer(environment: Mapping[str, str]) -> Multiplexer:
    """The multiplexer by its own variables, and tmux by TERM too, where only an SSH connection stands in between."""
    if environment.get("TMUX") or environment.get("TERM", "").startswith("tmux"):
        return Multiplexer.TMUX
    return Multiplexer.SCREEN if environment.get("STY") else Multiplexer.NONE


def osc52(text: str, around: Multiplexer = Multiplexer.NONE) -> str:
    """The sequence that asks the terminal to put `text` on its clipboard.

    Under tmux it is written twice: bare for `set-clipboard on`, and wrapped for `allow-passthrough on`; tmux drops
    the one that it is not set up for. Under GNU screen it goes in pieces that screen passes on one by one.

    Raises:
        ValueError: the text is longer than `MAX_BYTES`.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        raise ValueError(f"the text has {len(data):,} bytes; a terminal takes at most {MAX_BYTES:,}")
    bare = f"{ESC}]52;c;{base64.b64encode(data).decode('ascii')}{BEL}"
    match around:
        case Multiplexer.NONE:
            return bare
        case Multiplexer.TMUX:
            return f"{bare}{ESC}Ptmux;{bare.replace(ESC, ESC + ESC)}{ST}"
        case Multiplexer.SCREEN:
            room = SCREEN_DCS - len(f"{ESC}P{ST}")
            parts = (bare[start : start + room] for start in range(0, len(bare), room))
            return "".join(f"{ESC}P{part}{ST}" for part in parts)


def over_ssh(environment: Mapping[str, str]) -> bool:
    """Whether the user sits at another machine, so that a tool would fill the wrong clipboard."""
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def tools(environment: Mapping[str, str], platform: str) -> tuple[tuple[str, ...], ...]:
    """The commands that can reach a clipboard of this desktop, the fittest first."""
    if over_ssh(environment):
        return ()
    if platform == "darwin":
        return (("pbcopy",),)
    found: list[tuple[str, ...]] = []
    if environment.get("WAYLAND_DISPLAY"):
        found.append(("wl-copy",))
    if environment.get("DISPLAY"):
        found += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemClipboard:
    """Satisfies `ports.Clipboard`."""

    write: Callable[[str], None]
    """Writes to the terminal past the screen's own drawing (Textual's driver, or stdout)."""
    environment: Mapping[str, str]
    platform: str = sys.platform
    limit_s: float = TOOL_LIMIT_S

    async def copy(self, text: str) -> CopyResult:
        """Copy by the surest way there is: a tool, then tmux, then the terminal."""
        data = text.encode("utf-8", "replace")
        for command in tools(self.environment, self.platform):
            if await self._fed(command, data):
                return CopyResult(CopyWay.TOOL, sure=True, detail=command[0])
        # load-buffer -w (tmux 3.2) reaches the terminal under tmux's defaults, where no sequence of ours would.
        if self.environment.get("TMUX") and await self._fed(("tmux", "load-buffer", "-w", "-"), data):
            return CopyResult(CopyWay.TMUX, sure=False)
        try:
            self.write(osc52(text, multiplexer(self.environment)))
        except (ValueError, OSError) as error:
            return CopyResult(CopyWay.NONE, sure=False, detail=str(error))
        return CopyResult(CopyWay.TERMINAL, sure=False)

    async def _fed(self, command: Sequence[str], data: bytes) -> bool:
        """Whether a command is there, took the text and ended well."""
        program = shutil.which(command[0], path=self.environment.get("PATH"))
        if program is None:
            return False
        try:
            # X11 tools stay behind to serve the clipboard: they must hold no pipe of ours, nor die with our terminal.
            process = await asyncio.create_subprocess_exec(
                program,
                *command[1:],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=dict(self.environment),
                start_new_session=True,
            )
        except OSError:
            return False
        try:
            async with asyncio.timeout(self.limit_s):
                await process.communicate(data)
        except TimeoutError:
            return False
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode == 0
