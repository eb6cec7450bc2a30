"""The line under the composer: hints, queued questions, slash matches, short words of confirmation."""

from textual.content import Content
from textual.widget import Widget


class HintLine(Widget):
    """One line of plain text with an optional mark at its right end."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self._words = ""
        self._mark = ""
        self._warn = False
        self._standing = ""

    def show(self, words: str, *, mark: str | None = None, warn: bool = False) -> None:
        """Change the words (and the mark, unless `None`)."""
        mark = self._mark if mark is None else mark
        if (words, mark, warn) != (self._words, self._mark, self._warn):
            self._words, self._mark, self._warn = words, mark, warn
            self.refresh()

    def stand(self, words: str, *, anew: bool = False) -> None:
        """Words that stand while there is nothing to say: they do not push out what was said, unless `anew`."""
        if anew or self._words == self._standing:
            self.show(words)
        self._standing = words

    def mark(self, mark: str) -> None:
        """Change the mark alone."""
        self.show(self._words, mark=mark, warn=self._warn)

    def render(self) -> Content:
        """Words at the left, cut at a word; the mark at the right."""
        width = max(self.content_size.width, 1)
        room = width - (len(self._mark) + 2 if self._mark else 0)
        words = self._words
        if len(words) > room:
            words = words[: max(room - 1, 0)].rsplit(" ", 1)[0] + "…"
        style = "$text-warning" if self._warn else "$foreground-muted"
        line = Content.styled(words, style)
        if self._mark:
            line = line.pad_right(max(width - line.cell_length - len(self._mark) - 1, 1))
            line = line + Content.styled(self._mark, "$text-primary")
        return line
