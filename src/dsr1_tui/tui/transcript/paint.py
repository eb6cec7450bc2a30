"""Lines to Textual strips: roles become the theme's colours here and nowhere else."""

from collections.abc import Callable
from typing import Final

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.cache import LRUCache
from textual.strip import Strip

from dsr1_tui.render.cells import cells
from dsr1_tui.render.line import Line, Role, Span, Style

COMPONENTS: Final[frozenset[str]] = frozenset(f"transcript--{role.value}" for role in Role)
"""CSS component classes, one a role."""
_STRIPS: Final = 1024
_FOCUS: Final = "▎"


class Painter:
    """Turns lines into strips of one width and keeps the last thousand of them."""

    def __init__(self, component: Callable[[str], RichStyle], base: RichStyle) -> None:
        self._component = component
        self._base = base
        self._styles: dict[Style, RichStyle] = {}
        self._strips: LRUCache[tuple[int, int, int, int, bool], tuple[Line | None, Strip]] = LRUCache(_STRIPS)
        self._blank: Strip | None = None

    def style(self, style: Style) -> RichStyle:
        """The terminal style of a line's style, on the transcript's background."""
        found = self._styles.get(style)
        if found is None:
            extra = RichStyle(
                bold=style.bold or None,
                italic=style.italic or None,
                underline=style.underline or None,
                strike=style.strike or None,
                link=style.link,
            )
            found = self._component(f"transcript--{style.role.value}") + extra
            self._styles[style] = found
        return found

    def blank(self, width: int, *, focused: bool = False) -> Strip:
        """An empty row."""
        if focused:
            return self.row(None, None, width=width, left=2, text_width=0, focused=True)
        if self._blank is None or self._blank.cell_length != width:
            self._blank = Strip.blank(width, self._base)
        return self._blank

    def row(
        self, line: Line | None, prefix: Span | None, *, width: int, left: int, text_width: int, focused: bool
    ) -> Strip:
        """One row: margin (with the focus bar), prefix, line, filled to `width` cells."""
        key = (id(line), 0 if prefix is None else id(prefix), width, left, focused)
        hit = self._strips.get(key)
        if hit is not None and hit[0] is line:
            return hit[1]
        segments = self._margin(left, focused=focused)
        used = left
        for span in () if line is None else ((prefix, *line.spans) if prefix is not None else line.spans):
            segments.append(Segment(span.text, self.style(span.style)))
            used += cells(span.text)
        limit = min(left + text_width, width) if text_width else width
        strip = Strip(segments, used)
        if used > limit:
            strip = strip.crop(0, limit)
            used = limit
        strip = strip.extend_cell_length(width, self._base)
        self._strips[key] = (line, strip)
        return strip

    def _margin(self, left: int, *, focused: bool) -> list[Segment]:
        if not focused or left < 2:  # noqa: PLR2004  the bar and a space
            return [Segment(" " * left, self._base)]
        bar = Segment(_FOCUS, self.style(Style(Role.ACCENT)))
        return [Segment(" " * (left - 2), self._base), bar, Segment(" ", self._base)]

    @property
    def base(self) -> RichStyle:
        """The background and default text style."""
        return self._base
