"""What the terminal is, by the environment and, where somebody could answer, by asking it."""

import locale
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dsr1_tui.adapters.clipboard import Multiplexer, multiplexer, over_ssh
from dsr1_tui.adapters.doctor.terminal_ask import Answer, ask_terminal
from dsr1_tui.adapters.doctor.tool import said_by
from dsr1_tui.domain.doctor_facts import Multiplexed, TerminalFacts

TRUE: Final = 2**24
_AROUND: Final = {
    Multiplexer.NONE: Multiplexed.NO,
    Multiplexer.TMUX: Multiplexed.TMUX,
    Multiplexer.SCREEN: Multiplexed.SCREEN,
}
_TMUX_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTerminal:
    """Satisfies `ports.TerminalReader`."""

    environ: Mapping[str, str]
    is_terminal: Callable[[], bool] = lambda: sys.stdout.isatty()  # noqa: PLW0108  stdout may be another by then
    ask: Callable[[], Answer | None] = ask_terminal

    def read(self, *, ask: bool) -> TerminalFacts:
        """Ask only where stdout is a terminal: in a pipe the questions would be part of the output."""
        on_terminal = self.is_terminal()
        term = self.environ.get("TERM", "")
        told = self.ask() if ask and on_terminal and term not in {"", "dumb"} else None
        columns, lines = _size()
        around = _AROUND[multiplexer(self.environ)]
        return TerminalFacts(
            on_terminal=on_terminal,
            term=_shown(term),
            program=_shown(self.environ.get("TERM_PROGRAM", "")),
            colours=colours(self.environ),
            encoding=_encoding(),
            columns=columns,
            lines=lines,
            ssh=over_ssh(self.environ),
            around=around,
            tmux_clipboard=self._tmux() if self.environ.get("TMUX") else None,
            clipboard=None if told is None else told.clipboard,
            kitty_keys=None if told is None else told.kitty_keys,
        )

    def _tmux(self) -> str | None:
        command = shutil.which("tmux", path=self.environ.get("PATH"))
        said = said_by((command, "show", "-gsv", "set-clipboard"), _TMUX_S, self.environ) if command else None
        return _shown(said.strip()) or None if said is not None else None


def colours(environ: Mapping[str, str]) -> int:
    """How many colours the variables promise."""
    term = environ.get("TERM", "")
    if term in {"", "dumb"}:
        return 0
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"} or term.endswith("-direct"):
        return TRUE
    return 256 if "256" in term or "kitty" in term or "ghostty" in term else 16


def _size() -> tuple[int, int]:
    """Columns and rows of whichever standard stream is a terminal."""
    for stream in (1, 2, 0):
        with suppress(OSError):
            size = os.get_terminal_size(stream)
            return size.columns, size.lines
    return 0, 0


def _encoding() -> str:
    """What the locale says; Python's own UTF-8 mode does not make the terminal understand it."""
    with suppress(ValueError):
        return locale.getencoding()
    return ""


def _shown(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:40]
