"""A line of text being typed, as a value: what the setting rows edit with, without a widget for each."""

from dataclasses import dataclass

from textual.content import Content

from dsr1_tui.render.cells import cells, clip


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Text and the cursor before its character `cursor`; every method gives a new value."""

    text: str = ""
    cursor: int = 0

    @classmethod
    def of(cls, text: str) -> "LineEdit":
        """`text` with the cursor at its end."""
        return cls(text, len(text))

    def typed(self, text: str) -> "LineEdit":
        """With `text` put in at the cursor; line breaks and what does not print are left out."""
        plain = "".join(char for char in text if char.isprintable())
        return LineEdit(self.text[: self.cursor] + plain + self.text[self.cursor :], self.cursor + len(plain))

    def moved(self, step: int) -> "LineEdit":
        """With the cursor `step` characters on, kept inside the text."""
        return LineEdit(self.text, min(max(self.cursor + step, 0), len(self.text)))

    def home(self) -> "LineEdit":
        """With the cursor at the start."""
        return LineEdit(self.text, 0)

    def end(self) -> "LineEdit":
        """With the cursor at the end."""
        return LineEdit.of(self.text)

    def backspace(self) -> "LineEdit":
        """Without the character before the cursor."""
        start = max(self.cursor - 1, 0)
        return LineEdit(self.text[:start] + self.text[self.cursor :], start)

    def delete(self) -> "LineEdit":
        """Without the character at the cursor."""
        return LineEdit(self.text[: self.cursor] + self.text[self.cursor + 1 :], self.cursor)

    def shown(self, width: int) -> Content:
        """The stretch around the cursor in at most `width` cells, the cursor as a block."""
        room = max(width - 1, 1)
        start = 0
        while cells(self.text[start : self.cursor]) > room - 1:
            start += 1
        tail = self.text[self.cursor + 1 :]
        at = self.text[self.cursor : self.cursor + 1] or " "
        before = self.text[start : self.cursor]
        left = max(room - cells(before) - cells(at) + 1, 0)
        return Content.assemble(before, (at, "reverse"), tail[: clip(tail, left)])
