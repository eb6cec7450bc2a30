"""What the model sees: the prompt part by part with its tokens, and the rendered text where the server tells it."""

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from dsr1_tui.domain.context import estimate_messages, estimate_tokens
from dsr1_tui.domain.prompt import plan_prompt
from dsr1_tui.domain.prompt_parts import TYPED
from dsr1_tui.render.safe import safe
from dsr1_tui.tui.command import Command, bindings
from dsr1_tui.tui.screens.dialog import Dialog
from dsr1_tui.tui.screens.help import HELP_COMMANDS
from dsr1_tui.tui.session import Session
from dsr1_tui.tui.tones import ACCENT, DIM
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded

_LONGEST: Final = 2000
"""Characters of a part that are shown: a pasted book is not read here."""


class PromptView(Dialog[None]):
    """The prompt of the conversation as it would be sent now."""

    KEYS: ClassVar[tuple[Command, ...]] = HELP_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(HELP_COMMANDS)]

    def __init__(self, session: Session) -> None:
        super().__init__("What the model sees")
        self._session = session
        self._prompt = plan_prompt(session.path[session.skip :], session.prompt_rules)
        self._exact: int | None = None
        self._rendered: str | None = None
        self._page = TextPage(self._lines, id="help-text")
        self._scroll = VerticalScroll(self._page, id="help-body", can_focus=False)

    def compose_body(self) -> Iterable[Widget]:
        """The page."""
        yield self._scroll

    def on_mount(self) -> None:
        """Ask the server for the exact figures."""
        self.run_worker(self._ask(), exit_on_error=False)

    async def _ask(self) -> None:
        connection = self._session.connection
        if connection is None or not self._prompt.turns:
            return
        endpoint, model = connection.endpoint, connection.model.id
        self._exact = await endpoint.count(model, self._prompt.messages)
        self._rendered = await endpoint.rendered(model, self._prompt.messages)
        self._page.changed()

    def action_scroll(self, step: int) -> None:
        """A line up or down."""
        self._scroll.scroll_relative(y=step, animate=False)

    def action_page(self, step: int) -> None:
        """A page up or down."""
        self._scroll.scroll_relative(y=step * max(self._scroll.size.height - 1, 1), animate=False)

    def _lines(self, width: int) -> list[Content]:
        if not self._prompt.turns:
            return [Content.styled("Nothing is asked yet: ask something first.", DIM)]
        lines = [Content.styled(line, DIM) for line in folded(self._summary(), width)]
        for turn in self._prompt.turns:
            lines += [Content(""), Content.styled(turn.role.value, "bold")]
            for part in turn.parts:
                label = f"{part.kind.value} · ≈{estimate_tokens(part.text):,} tok"
                lines.append(Content.styled(label, DIM if part.kind in TYPED else ACCENT))
                lines += _text(part.text, width)
        if self._rendered is not None:
            lines += [Content(""), Content.styled("as rendered by the server's template", "bold")]
            lines += _text(self._rendered, width)
        return lines

    def _summary(self) -> str:
        limit = self._session.connection.model.max_model_len if self._session.connection is not None else None
        estimate = estimate_messages([message.content for message in self._prompt.messages])
        count = f"≈{estimate:,}" if self._exact is None else f"{self._exact:,}"
        room = f" of {limit:,}" if limit is not None else ""
        left_out = f" · {self._session.skip} oldest messages left out" if self._session.skip else ""
        return f"{count}{room} tokens{left_out}. Earlier reasoning is never sent."


def _text(text: str, width: int) -> list[Content]:
    shown = safe(text if len(text) <= _LONGEST else text[:_LONGEST] + " …")
    return [Content(f"  {line}") for row in shown.split("\n") for line in (folded(row, max(width - 2, 1)) or [""])]
