"""Where the user types: grows from one to ten lines, Enter sends, every known newline key makes a newline."""

from dataclasses import dataclass
from typing import Final

from textual import events
from textual.message import Message
from textual.widgets import TextArea

NEWLINE_KEYS: Final[frozenset[str]] = frozenset({"ctrl+j", "shift+enter", "alt+enter", "ctrl+enter", "shift+\r"})
"""`ctrl+j` works everywhere; the others where a terminal tells them from Enter (the last is xterm's)."""
MAX_LINES: Final = 10


class Composer(TextArea):
    """A text area that posts `Submitted`; up and down at its edges walk through what was sent before."""

    @dataclass
    class Submitted(Message):
        """The user pressed Enter on `text` (never blank)."""

        text: str

    @dataclass
    class Typed(Message):
        """The text changed; `text` is its first line."""

        text: str

    class Blank(Message):
        """Enter on nothing."""

    class Leave(Message):
        """ctrl+d on an empty composer."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(
            id=id, compact=True, highlight_cursor_line=False, placeholder="Ask something, or / for commands"
        )
        self.cursor_blink = False
        self._sent: list[str] = []
        self._at = 0
        self._draft = ""
        self._key_at = 0.0
        """Monotonic time of the last key."""

    def remember(self, texts: list[str]) -> None:
        """Earlier questions, oldest first, for the up key."""
        self._sent = [text for text in texts if text.strip()]
        self._at = len(self._sent)

    def action_submit(self) -> None:
        """Send what is written."""
        if self.text.strip():
            self.post_message(self.Submitted(self.take()))
        else:
            self.post_message(self.Blank())

    def take(self) -> str:
        """What is written, which is sent now: remembered, and gone from here."""
        text = self.text
        self._sent.append(text)
        self._at = len(self._sent)
        with self.prevent(TextArea.Changed):  # nothing was typed: what is said of this question stays to be read
            self.text = ""
        self._grow()
        return text.strip("\n")

    def put_back(self, text: str) -> None:
        """What was sent and could not be asked stands here again, below what was typed since."""
        with self.prevent(TextArea.Changed):  # it was not typed: the reason stays to be read
            self.text = "\n\n".join(part for part in (self.text, text) if part)
        self.move_cursor(self.document.end)
        self._grow()

    def idle_since(self, now: float) -> float:
        """Seconds since the last key, on the clock of events."""
        return now - self._key_at

    async def _on_key(self, event: events.Key) -> None:
        self._key_at = event.time
        if event.key == "enter":
            # Not a priority binding: that would overtake the characters typed before it and still queued here.
            event.stop()
            event.prevent_default()
            self.action_submit()
            return
        if event.key in NEWLINE_KEYS:
            event.stop()
            event.prevent_default()
            self.insert("\n")
            return
        if event.key == "ctrl+d" and not self.text:
            event.stop()
            event.prevent_default()
            self.post_message(self.Leave())
            return
        await super()._on_key(event)

    def on_text_area_changed(self) -> None:
        """Grow or shrink with the text, and tell what is typed."""
        self._grow()
        self.post_message(self.Typed(self.text.partition("\n")[0]))

    def _grow(self) -> None:
        lines = min(max(self.wrapped_document.height, 1), MAX_LINES)
        if self.styles.height is None or self.styles.height.value != lines:
            self.styles.height = lines

    def on_resize(self) -> None:
        """Wrap anew."""
        self._grow()

    def action_cursor_up(self, select: bool = False) -> None:  # noqa: FBT001, FBT002  Textual's signature
        """Up; on the first line, the question sent before."""
        if not select and self.cursor_location[0] == 0 and self._at > 0 and self._recall(-1):
            return
        super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:  # noqa: FBT001, FBT002  Textual's signature
        """Down; on the last line, the question sent after."""
        last = self.document.line_count - 1
        if not select and self.cursor_location[0] == last and self._at < len(self._sent) and self._recall(1):
            return
        super().action_cursor_down(select)

    def _recall(self, step: int) -> bool:
        shown = self._sent[self._at] if self._at < len(self._sent) else self._draft
        if self.text != shown and self._at < len(self._sent):
            return False
        if self._at == len(self._sent):
            self._draft = self.text
        self._at += step
        self.text = self._sent[self._at] if self._at < len(self._sent) else self._draft
        self.move_cursor(self.document.end)
        return True
