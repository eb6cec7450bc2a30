"""The log of a server of ours: it follows the end, is searched, filtered by level, and copied."""

from contextlib import aclosing
from pathlib import PurePath
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from dsr1_tui.domain.clipboard import CopyResult
from dsr1_tui.domain.server.log_tail import LogTail
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.ports import Clipboard
from dsr1_tui.services.serve import ServePorts, follow_log
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.tones import ACCENT, DIM, FAIR
from dsr1_tui.tui.widgets.key_bar import KeyBar
from dsr1_tui.tui.widgets.log_view import LogView
from dsr1_tui.tui.words import counted, model_name, one_line, shorten

_C = Command
LOG_COMMANDS: Final[tuple[Command, ...]] = (
    _C(id="log-close", action="close_log", title="close", help="Go back.", area=Area.APP, keys=("escape", "q"),
       footer=100),
    _C(id="log-search", action="search", title="search", help="Find words in the log.", area=Area.APP,
       keys=("slash", "ctrl+f"), key_label="/", footer=90),
    _C(id="log-next", action="find(1)", title="next", help="The next match.", area=Area.APP, keys=("n",), footer=40),
    _C(id="log-back", action="find(-1)", title="before", help="The match before.", area=Area.APP,
       keys=("N", "shift+n"), key_label="N", footer=35),
    _C(id="log-level", action="level", title="level", help="All lines, warnings and errors, errors alone.",
       area=Area.APP, keys=("w",), footer=80),
    _C(id="log-follow", action="follow", title="follow", help="Go to the end and follow it.", area=Area.APP,
       keys=("f", "end", "G"), footer=70),
    _C(id="log-copy", action="copy", title="copy", help="Copy the lines in view.", area=Area.APP, keys=("c",),
       footer=60),
    _C(id="log-copy-all", action="copy_all", title="copy all", help="Copy all lines that are kept and shown.",
       area=Area.APP, keys=("C",), footer=30),
    _C(id="log-up", action="move(-1)", title="up", help="A line up.", area=Area.APP, keys=("up", "k")),
    _C(id="log-down", action="move(1)", title="down", help="A line down.", area=Area.APP, keys=("down", "j")),
    _C(id="log-page-up", action="page(-1)", title="page up", help="A page up.", area=Area.APP, keys=("pageup",)),
    _C(id="log-page-down", action="page(1)", title="page down", help="A page down.", area=Area.APP,
       keys=("pagedown", "space")),
    _C(id="log-top", action="top", title="beginning", help="To the first line that is kept.", area=Area.APP,
       keys=("home", "g")),
    _C(id="log-left", action="side(-1)", title="left", help="Scroll to the left.", area=Area.APP, keys=("left",)),
    _C(id="log-right", action="side(1)", title="right", help="Scroll to the right.", area=Area.APP, keys=("right",)),
)  # fmt: skip


class LogScreen(Screen[None]):
    """Reads the log from its beginning and keeps the end of it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LOG_COMMANDS)]
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/bars.tcss", "../styles/serve.tcss"]
    AUTO_FOCUS = "#log"

    def __init__(self, ports: ServePorts, record: ServerRecord, clipboard: Clipboard, *, ended: bool = False) -> None:
        """`ended`: the server is known to be gone."""
        super().__init__()
        self._ports, self._record, self._clipboard = ports, record, clipboard
        self._tail = LogTail()
        self._head = Static(id="log-head")
        self._log = LogView(self._tail, id="log")
        self._input = Input(placeholder="words to find", compact=True, id="log-words")
        self._input.cursor_blink = False  # a blinking cursor repaints for ever
        self._said = Static(id="log-said")
        self._keys = KeyBar(LOG_COMMANDS)
        self._words = ""
        self._ended = ended

    def compose(self) -> ComposeResult:
        """Which log, its lines, a line to search with, keys."""
        yield self._head
        yield self._log
        yield self._input
        yield self._said
        yield self._keys

    def on_mount(self) -> None:
        """Begin to read."""
        self._input.display = False
        self._tell()
        self.run_worker(self._follow(), name="log", exit_on_error=False)

    async def _follow(self) -> None:
        async with aclosing(follow_log(self._ports, self._record, follow=not self._ended)) as parts:
            async for part in parts:
                self._tail.feed(part)
                self._log.grown()
                self._tell()
        self._ended = True
        self._tell()

    def on_log_view_moved(self) -> None:
        """Say whether the end is followed."""
        self._tell()

    def on_resize(self) -> None:
        """The head is cut for the width."""
        self._tell()

    def action_close_log(self) -> None:
        """Leave the search, else the log."""
        if self._input.display:
            self._leave_search()
        elif self.is_current:
            self.dismiss()

    def action_search(self) -> None:
        """Type what is to be found."""
        self._input.display = True
        self._input.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Find it."""
        event.stop()
        self._words = event.value.strip()
        self._leave_search()
        self.action_find(0)

    def _leave_search(self) -> None:
        self._input.display = False
        self._log.focus()

    def action_find(self, step: int) -> None:
        """Another match."""
        if not self._words and step:
            self.action_search()
            return
        at, number = self._log.search(self._words, step)
        shown = shorten(one_line(self._words), 40)
        if self._words:
            self._say(f"“{shown}”  {at} of {number}" if number else f"“{shown}” is not there", warn=not number)
        else:
            self._say("")
        self._tell()

    def action_level(self) -> None:
        """Show lines of other levels."""
        self._log.show(self._tail.showing.next)
        self._tell()

    def action_follow(self) -> None:
        """To the end."""
        self._log.to_end()

    def action_top(self) -> None:
        """To the first line kept."""
        self._log.to_top()

    def action_move(self, rows: int) -> None:
        """By lines."""
        self._log.move(rows)

    def action_page(self, pages: int) -> None:
        """By pages."""
        self._log.move_page(pages)

    def action_side(self, steps: int) -> None:
        """Sideways."""
        self._log.move_side(steps)

    def action_copy(self) -> None:
        """Copy what is in view."""
        self._copy(self._log.text(whole=False))

    def action_copy_all(self) -> None:
        """Copy all that is shown."""
        self._copy(self._log.text(whole=True))

    def _copy(self, text: str) -> None:
        async def copy() -> None:
            result: CopyResult = await self._clipboard.copy(text)
            lines = counted(text.count("\n") + 1, "line")
            self._say(f"{lines}: {result.sentence}", warn=not result.sure)

        self.run_worker(copy(), exit_on_error=False)

    async def on_key_bar_chosen(self, event: KeyBar.Chosen) -> None:
        """A click on a key does what the key does."""
        event.stop()
        await self.run_action(event.command.action)

    def _say(self, words: str, *, warn: bool = False) -> None:
        self._said.update(Content.styled(words, FAIR if warn else DIM))

    def _tell(self) -> None:
        tail = self._tail
        state = "ended" if self._ended else "following" if self._log.follow else "f follows"
        shown = counted(tail.height, "line")
        parts = [shown if tail.showing.value == "all" else f"{tail.showing.value}: {shown}", state]
        if tail.left_out:
            parts.insert(1, f"the {tail.left_out:,} before are left out")
        name = f"{model_name(self._record.served_name)} · port {self._record.port}"
        told = "   " + " · ".join(parts)
        room = max(self.size.width - 2 - len(told), 8)
        head = Content.assemble((shorten(name, room), f"bold {ACCENT}"), (told, DIM))
        self._head.update(head)
