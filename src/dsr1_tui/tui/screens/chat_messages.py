"""What single letters do on a message, and the same from the composer by slash command."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from dsr1_tui.domain.message import MessageRole
from dsr1_tui.tui.transcript.message_view import AnswerView, MessageView, UserView

if TYPE_CHECKING:
    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.transcript.view import TranscriptView
    from dsr1_tui.tui.turns import Turns
    from dsr1_tui.tui.widgets.composer import Composer
    from dsr1_tui.tui.widgets.hint_line import HintLine


class MessageActions(Screen[None]):
    """Actions on the focused message, else on the last answer."""

    if TYPE_CHECKING:
        session: Session
        transcript: TranscriptView
        turns: Turns
        hint: HintLine
        composer: Composer

    def _message(self) -> MessageView | None:
        focused = self.transcript.focused_message
        return focused if focused is not None else self._answer()

    def _answer(self) -> AnswerView | None:
        focused = self.transcript.focused_message
        if isinstance(focused, AnswerView):
            return focused
        answers = [view for view in self.transcript.messages if isinstance(view, AnswerView)]
        return answers[-1] if answers else None

    def action_fold(self) -> None:
        """Fold or unfold the thinking."""
        view = self._answer()
        if view is None or not view.has_reasoning:
            self.hint.show("There is no thinking to fold yet.")
            return
        view.cycle_fold()
        self.transcript.section_changed(view)

    def action_raw(self) -> None:
        """Rendered or source."""
        view = self._answer()
        if view is not None:
            view.toggle_raw()
            self.transcript.section_changed(view)

    def action_to_end(self) -> None:
        """Follow the end."""
        self.transcript.to_end()

    def action_to_top(self) -> None:
        """To the beginning."""
        self.transcript.scroll_to(y=0, animate=False, force=True)

    def action_page(self, step: int) -> None:
        """A page up or down."""
        height = max(self.transcript.size.height - 2, 1)
        self.transcript.scroll_to(y=self.transcript.scroll_offset.y + step * height, animate=False, force=True)

    def action_focus_message(self, step: int) -> None:
        """From the composer to the last message; from there up."""
        if self.transcript.messages:
            if self.focused is not self.transcript:
                self.transcript.focus()
            else:
                self.transcript.move_focus(step)

    def copy(self, text: str, what: str) -> None:
        """Copy and say so."""
        if not text:
            self.hint.show(f"There is no {what} to copy.", warn=True)
            return
        self.run_worker(self._copy(text), exit_on_error=False)

    async def _copy(self, text: str) -> None:
        result = await self.session.kit.clipboard.copy(text)
        self.hint.show(result.sentence, warn=not result.sure)

    def action_copy_message(self) -> None:
        """The source of the message."""
        view = self._message()
        self.copy(view.source("content") if view is not None else "", "message")

    def action_copy_box(self) -> None:
        """The final boxed value alone."""
        view = self._answer()
        self.copy((view.message.boxed or "") if view is not None else "", "boxed value")

    def action_copy_code(self) -> None:
        """The last code block."""
        view = self._answer()
        self.copy(view.last_code() if view is not None else "", "code block")

    def action_again(self) -> None:
        """Answer the last question again."""
        if self.turns.busy:
            self.hint.show("It is still answering: esc stops it.", warn=True)
        else:
            self.turns.again()

    def action_sibling(self, step: int) -> None:
        """Another answer to the same question."""
        view = self._answer()
        if view is None or self.turns.busy:
            return
        if self.session.step_sibling(view.message, step):
            self.turns.show_path(self.session.path)
            self.run_worker(self.session.kit.conversations.put(self.session.conversation), exit_on_error=False)
        else:
            self.hint.show("There is no other answer there.")

    def action_edit_question(self) -> None:
        """Take the last question (or the focused one) back into the composer."""
        focused = self.transcript.focused_message
        texts = [m.content for m in self.session.path if m.role is MessageRole.USER]
        text = focused.message.content if isinstance(focused, UserView) else (texts[-1] if texts else "")
        if text:
            self.composer.text = text
            self.composer.focus()
            self.composer.move_cursor(self.composer.document.end)
