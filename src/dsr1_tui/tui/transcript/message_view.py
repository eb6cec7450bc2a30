"""One message as sections of the transcript; an answer is fed while it streams and never rendered anew at its end."""

from collections.abc import Callable, Sequence
from typing import Final

from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.prompt_parts import Addition
from dsr1_tui.render.block import Block, gap_before
from dsr1_tui.render.blocks import BlockSplitter
from dsr1_tui.render.chunks import chunks, render_chunk
from dsr1_tui.render.code import last_code
from dsr1_tui.render.line import PLAIN, Line, Role, Span, Style
from dsr1_tui.render.markdown import render_block
from dsr1_tui.render.plain import plain_lines, readable_box
from dsr1_tui.tui.transcript import wording
from dsr1_tui.tui.transcript.sections import BuiltSection, Fold, LiveText, OneLine, Section

_REASONING: Final = Style(Role.REASONING)
_BAR: Final = Span("┆ ", Style(Role.DIM))
_RESULT_BAR: Final = Span("┃ ", Style(Role.BOX, bold=True))
_RESULT: Final = Style(Role.BOX, bold=True)


def _plain(text: str, style: Style) -> Callable[[int], Sequence[Line]]:
    return lambda width: plain_lines(text, max(width, 2), style)


def _rows(text: str) -> Callable[[int], int]:
    """An estimate of the lines a text takes, by its length and newlines."""
    size, breaks = len(text), text.count("\n")
    return lambda width: max(breaks + 1, size // max(width, 1) + 1)


class MessageView:
    """What both kinds of message share: an identity, sections, the source that is copied."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.sections: list[Section] = []

    @property
    def copy_text(self) -> str:
        """What copying the message gives: its source."""
        return self.message.content

    def source(self, key: str) -> str:
        """The text that the offsets of a section with this key refer to."""
        return self.message.reasoning if key == "reasoning" else self.message.content

    # What has parts of its own that keys move among says so here; most messages have none.

    opens = False
    """Whether enter does something on it."""

    def enter(self) -> bool:
        """Enter on it: go among its parts; true where it was there already, so that the part is to be opened."""
        return False

    def moved(self, across: int, down: int) -> bool:
        """An arrow key: move among its parts; false where it does not, so that the focus moves on."""
        del across, down
        return False

    def leave(self) -> None:
        """The focus is elsewhere."""

    @property
    def cursor_line(self) -> int | None:
        """The line of its first section in which the part stands that the keys are at."""
        return None


class UserView(MessageView):
    """A question."""

    def __init__(self, message: Message, additions: Sequence[Addition] = ()) -> None:
        super().__init__(message)
        text = BuiltSection(_plain(message.content, PLAIN), _rows(message.content), source_key="content")
        added = [OneLine(wording.addition(item.label)) for item in additions]
        self.sections = [OneLine(wording.user_head(), gap=1), text, *added]


class AnswerView(MessageView):
    """An answer, old or growing. The owner of the document is told of new sections through `on_block`."""

    def __init__(self, message: Message, place: tuple[int, int] = (1, 1)) -> None:
        super().__init__(message)
        self.place = place
        self.raw = False
        self.budget: int | None = None
        """Tokens of thought after which the answer is asked for."""
        self.opened_by_reader = False
        self._name = wording.speaker(message.model, message.rules)
        self._splitter = BlockSplitter()
        self._last_block: Block | None = None
        self._rebuilt: list[tuple[BuiltSection, Callable[[int], Sequence[Line]]]] = []
        """Sections that look different in raw form, and how they are built."""
        self._answering = False
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self.head = OneLine(gap=1)
        self.remark = LiveText(wording.WARN)
        """What a guard noticed."""
        self.reasoning = LiveText(_REASONING, prefix=_BAR, source_key="reasoning", folds_blank=True)
        self.open = LiveText(PLAIN, source_key="content")
        self.sections = [self.head, self.remark, self.reasoning, self.open]

    @classmethod
    def finished(cls, message: Message, place: tuple[int, int] = (1, 1)) -> "AnswerView":
        """The view of an answer that is kept already."""
        view = cls(message, place)
        if message.reasoning:
            view.reasoning.append(message.reasoning)
        view.reasoning.fold = Fold.FOLDED
        for start, text in chunks(message.content):
            if text.strip():
                view.sections.insert(-1, view._chunk(start, text))
        view._answering = True
        view.sections.extend(view._closing(message))
        view.show_head()
        return view

    def feed_reasoning(self, text: str) -> None:
        """More of the thought."""
        self._reasoning.append(text)
        if not self.reasoning.text:
            text = text.lstrip("\n")
            self.reasoning.fold = Fold.TAIL
        if text:
            self.reasoning.append(text)

    def feed_answer(self, text: str) -> list[Section]:
        """More of the answer; gives the sections of the blocks that closed, to stand before the last section."""
        self._content.append(text)
        closed = self._splitter.feed(text)
        made: list[Section] = [self._section(block) for block in closed]
        if closed:
            self.open.reset(self._splitter.tail, self._splitter.tail_start)
            self._open_gap()
        elif self.open.text or text.strip():
            if not self.open.text:
                self.open.reset(self._splitter.tail, self._splitter.tail_start)
                self._open_gap()
            else:
                self.open.append(text)
        for section in made:
            self.sections.insert(len(self.sections) - 1, section)
        return made

    def _open_gap(self) -> None:
        self.open.gap = 1

    def begin_answer(self) -> bool:
        """The thought is over: fold it unless the reader opened it; whether that changed anything."""
        if self._answering:
            return False
        self._answering = True
        if not self.opened_by_reader:
            self.reasoning.fold = Fold.FOLDED
        return True

    def close(self, message: Message) -> tuple[list[Section], list[Section]]:
        """The answer ended. Gives sections to stand before the open one, and those to stand after it."""
        self.message = message
        self.begin_answer()
        before: list[Section] = [self._section(block) for block in self._splitter.finish()]
        self.open.reset("", 0)
        after = self._closing(message)
        for section in before:
            self.sections.insert(len(self.sections) - 1, section)
        self.sections.extend(after)
        self.show_head()
        return before, after

    def source(self, key: str) -> str:
        """The text streamed so far, or the kept one."""
        kept = super().source(key)
        return kept or "".join(self._reasoning if key == "reasoning" else self._content)

    def _section(self, block: Block) -> BuiltSection:
        gap = 1 if self._last_block is None else gap_before(self._last_block, block)
        self._last_block = block
        section = BuiltSection(self._builder(block), _rows(block.source), gap=gap, source_key="content")
        self._rebuilt.append((section, self._builder(block)))
        return section

    def _chunk(self, start: int, text: str) -> BuiltSection:
        def build(width: int) -> Sequence[Line]:
            return render_chunk(text, start, max(width, 2), raw=self.raw)

        section = BuiltSection(build, _rows(text), gap=1, source_key="content")
        self._rebuilt.append((section, build))
        return section

    def _builder(self, block: Block) -> Callable[[int], Sequence[Line]]:
        return lambda width: render_block(block, max(width, 2), raw=self.raw)

    def _closing(self, message: Message) -> list[Section]:
        made: list[Section] = []
        if message.boxed is not None:
            text = readable_box(message.boxed)
            made.append(BuiltSection(_plain(text, _RESULT), _rows(text), gap=1, prefix=_RESULT_BAR))
        if message.error is not None:
            made.append(fault_section(message.error))
        if wording.footer(message, self.place):
            place = self.place
            made.append(BuiltSection(lambda width: wording.footer(message, place, width), lambda _: 1, gap=1))
        return made

    def last_code(self) -> str:
        """The text of the last code block, without its fence; empty where there is none."""
        splitter = BlockSplitter()
        return last_code((*splitter.feed(self.source("content")), *splitter.finish()))

    def toggle_raw(self) -> None:
        """Switch between the rendered answer and its source."""
        self.raw = not self.raw
        for section, build in self._rebuilt:
            section.rebuild(build)

    def cycle_fold(self) -> None:
        """Folded, last lines, all: the next of them."""
        live = not self._answering
        order = (Fold.TAIL, Fold.ALL, Fold.FOLDED) if live else (Fold.FOLDED, Fold.ALL)
        at = order.index(self.reasoning.fold) if self.reasoning.fold in order else 0
        self.reasoning.fold = order[(at + 1) % len(order)]
        self.opened_by_reader = self.reasoning.fold is Fold.ALL
        if not live:
            self.show_head()

    @property
    def has_reasoning(self) -> bool:
        """Whether there is a thought to fold."""
        return bool(self.reasoning.text)

    def show_head(self, meter: Meter | None = None, now: float = 0.0, spinner: str = "") -> None:
        """Bring the heading up to date; `meter` is given while it streams."""
        mark = "▸" if self.reasoning.fold is Fold.FOLDED else "▾"
        if meter is not None and not self._answering:
            thinking = wording.thinking_ways(meter, now, self.budget)
            ways = thinking if self.has_reasoning else [f"waiting {spinner}".rstrip()]
        else:
            usage = self.message.usage if meter is None else meter.usage()
            timings = self.message.timings if meter is None else meter.timings(now)
            ways = wording.thought_ways(usage, timings) if self.has_reasoning else []
        shown = mark if self.has_reasoning else ""
        self.head.set(lambda width: wording.answer_head(self._name, ways, width, mark=shown))


def fault_section(fault: Fault) -> BuiltSection:
    """An error, standing where it happened."""
    text = f"{fault.message} {fault.hint}".strip()
    bar = Span("! ", Style(Role.ERROR, bold=True))
    return BuiltSection(_plain(text, wording.ERROR), _rows(text), gap=1, prefix=bar)


def view_of(message: Message, place: tuple[int, int] = (1, 1), additions: Sequence[Addition] = ()) -> MessageView:
    """The view of a kept message."""
    return UserView(message, additions) if message.role is MessageRole.USER else AnswerView.finished(message, place)
