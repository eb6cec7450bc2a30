"""A widget that lays itself out as lines for a width; rows, lists and pages of text are this, not trees of widgets."""

from collections.abc import Callable

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget


class Page(Widget):
    """Lines of text whose number depends on the width; laid out once for each width and change."""

    DEFAULT_CSS = "Page { width: 1fr; height: auto; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id, classes=classes)
        self._laid: tuple[int, list[Content]] | None = None

    def lines(self, width: int) -> list[Content]:
        """The lines at `width` cells, none wider than that."""
        raise NotImplementedError

    def laid(self, width: int) -> list[Content]:
        """The lines at `width`, from the last layout if nothing changed."""
        if self._laid is None or self._laid[0] != width:
            self._laid = (width, self.lines(max(1, width)))
        return self._laid[1]

    def changed(self) -> None:
        """What the lines show has changed: paint again, and lay out anew only where their number changed."""
        before, self._laid = self._laid, None
        if before is None or len(self.laid(before[0])) != len(before[1]):
            # `refresh` counts a layout only where none is pending; without this the height measured just before holds.
            self._layout_updates += 1
            self.refresh(layout=True)
        else:
            self.refresh()

    def render(self) -> Content:
        """The lines at the width of the widget."""
        return Content("\n").join(self.laid(self.content_size.width))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as it may be."""
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The number of lines."""
        del container, viewport
        return len(self.laid(width))


class TextPage(Page):
    """A page whose lines come from a function, for text that needs no class of its own."""

    def __init__(
        self,
        paint: Callable[[int], list[Content]],
        *,
        id: str | None = None,  # noqa: A002  Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._paint = paint

    def show(self, paint: Callable[[int], list[Content]]) -> None:
        """Show other lines."""
        self._paint = paint
        self.changed()

    def lines(self, width: int) -> list[Content]:
        """What the function gives."""
        return self._paint(width)
