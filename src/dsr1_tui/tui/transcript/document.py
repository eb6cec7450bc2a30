"""Where every section stands: maps screen rows to lines and back, with sections' heights known or estimated."""

from bisect import bisect_right
from dataclasses import dataclass

from dsr1_tui.render.line import Line
from dsr1_tui.tui.transcript.sections import Section


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the transcript that stays the same line while heights around it change."""

    section: Section
    line: int
    """Index in the section; negative within its gap."""


class Document:
    """A list of sections stacked with their gaps. Rows are counted from 0 at the top."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._width = 1
        self._tops: list[int] = [0]
        """`_tops[i]` is the first row (its gap's) of section i; the last entry is the total height."""
        self._clean = 0
        """Entries up to this one are right."""

    @property
    def width(self) -> int:
        """Cells a line may take, prefix included."""
        return self._width

    def set_width(self, width: int) -> None:
        """Lay out for another width; lines are made again only where they are looked at."""
        if width != self._width:
            self._width = width
            self._clean = 0

    def append(self, section: Section) -> None:
        """Add at the end."""
        self.sections.append(section)
        self._tops.append(0)

    def insert_before_last(self, section: Section) -> None:
        """Add just above the last section (a block closed, the open one stays last)."""
        self.sections.insert(len(self.sections) - 1, section)
        self._tops.append(0)
        self._clean = min(self._clean, len(self.sections) - 2)

    def clear(self) -> None:
        """Empty it."""
        self.sections.clear()
        self._tops = [0]
        self._clean = 0

    def changed(self, index: int) -> None:
        """Section `index` has another height now."""
        self._clean = min(self._clean, index)

    def changed_from_last(self, count: int) -> None:
        """One or more of the last `count` sections have another height now."""
        self._clean = min(self._clean, max(len(self.sections) - count, 0))

    def index_of(self, section: Section) -> int:
        """Where a section stands; the end is searched first, because what changes is mostly there."""
        for index in range(len(self.sections) - 1, -1, -1):
            if self.sections[index] is section:
                return index
        raise ValueError("not in this document")

    def _refresh(self) -> None:
        tops, width = self._tops, self._width
        for index in range(self._clean, len(self.sections)):
            section = self.sections[index]
            height = section.height(width)
            tops[index + 1] = tops[index] + (height + section.gap if height else 0)
        self._clean = len(self.sections)

    @property
    def height(self) -> int:
        """Rows in all."""
        if self._clean < len(self.sections):
            self._refresh()
        return self._tops[-1]

    def top(self, index: int) -> int:
        """First row of section `index`, its gap not counted."""
        total = self.height
        top, bottom = self._tops[index], self._tops[index + 1]
        return min(top + (self.sections[index].gap if bottom > top else 0), total)

    def at(self, row: int) -> tuple[int, int] | None:
        """Section index and line index at a row; a line below 0 is in the gap; `None` beyond the end."""
        if row < 0 or row >= self.height:
            return None
        index = bisect_right(self._tops, row) - 1
        return index, row - self._tops[index] - self.sections[index].gap

    def line(self, row: int) -> tuple[Section, Line] | None:
        """The line at a row, `None` in gaps and beyond the end; only for settled rows."""
        found = self.at(row)
        if found is None or found[1] < 0:
            return None
        section = self.sections[found[0]]
        return section, section.line(found[1], self._width)

    def place(self, row: int) -> Place | None:
        """Remember the line at a row."""
        found = self.at(row)
        return None if found is None else Place(self.sections[found[0]], found[1])

    def row_of(self, place: Place) -> int:
        """The row at which a remembered line stands now (or the end of its section, where it is gone)."""
        index = self.index_of(place.section)
        total = self.height
        rows = self._tops[index + 1] - self._tops[index]
        return min(self._tops[index] + min(max(place.line + place.section.gap, 0), max(rows - 1, 0)), total)

    def settle(self, first: int, last: int) -> bool:
        """Make exact what stands in rows `first` to `last`; whether any height changed by it."""
        found = self.at(max(first, 0))
        if found is None:
            return False
        index = found[0]
        top, width = self._tops[index], self._width
        dirty: int | None = None
        while index < len(self.sections) and top <= last:
            section = self.sections[index]
            before = section.height(width)
            section.settle(width)
            height = section.height(width)
            if height != before and dirty is None:
                dirty = index
            top += height + section.gap if height else 0
            index += 1
        if dirty is None:
            return False
        self.changed(dirty)
        return True
