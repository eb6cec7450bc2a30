"""An answer that takes too long or was cut off: answer now, or go on."""

from typing import TYPE_CHECKING, Final

from textual.screen import Screen

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.message import Message, MessageRole, Status
from dsr1_tui.services.turn import TakeUp

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.turns import Turns
    from dsr1_tui.tui.widgets.hint_line import HintLine

CUT_OFF: Final = frozenset(
    {FinishReason.LENGTH, FinishReason.STOPPED, FinishReason.INTERRUPTED, FinishReason.LOOP, FinishReason.BUDGET}
)
"""Ends after which an answer can be taken up."""
ASKED_ANEW: Final = "this server has no /v1/completions: a short answer is asked for anew"
CANNOT: Final = "This server cannot take up an answer in its middle: it has no /v1/completions."


def is_cut_off(message: Message | None) -> bool:
    """Whether an answer ended before it was whole."""
    return (
        message is not None
        and message.role is MessageRole.ASSISTANT
        and message.status is not Status.STREAMING
        and (message.finish_reason in CUT_OFF or is_unanswered(message))
        and bool(message.reasoning.strip() or message.content.strip())
    )


def is_unanswered(message: Message) -> bool:
    """Whether the model ended of itself within its thought."""
    return message.finish_reason is FinishReason.STOP and not message.content.strip()


class AnswerActions(Screen[None]):
    """Actions on the answer that streams, or that ended too soon."""

    if TYPE_CHECKING:
        session: Session
        turns: Turns
        hint: HintLine
        show_keys: Callable[[], None]

    continuable: bool | None = None
    """Whether the endpoint can take up an answer in its middle; `None` while that is being tried."""

    @property
    def cut_off(self) -> Message | None:
        """The path's last answer, where it was cut off and nothing runs."""
        path = self.session.path
        last = path[-1] if path and not self.turns.busy else None
        return last if is_cut_off(last) else None

    @property
    def cut_off_hint(self) -> str:
        """What can be done with an answer that met its limit or never came; empty where there is none such."""
        cut_off = self.cut_off
        if cut_off is not None and is_unanswered(cut_off):
            return "it ended without an answer: F5 answers from what it has"
        if cut_off is None or cut_off.finish_reason is not FinishReason.LENGTH:
            return ""
        ways = [] if self.continuable is False else ["F8 goes on"]
        ways += [] if cut_off.boxed is not None else ["F5 answers from what it has"]
        return f"cut off at the reply limit: {' · '.join(ways)}" if ways else ""

    async def probe(self) -> None:
        """Try once what the endpoint can do, so that `answer now` costs nothing when it is pressed."""
        self.continuable = None
        connection = self.session.connection
        if connection is not None:
            self.continuable = await connection.endpoint.can_continue()
            self.show_keys()

    def action_answer_now(self) -> None:
        """F5: close the thinking, of the answer that streams or of one that was cut off."""
        how = f"closing the thought; {ASKED_ANEW} …" if self.continuable is False else "closing the thought …"
        cut_off = self.cut_off
        if self.turns.votes.view is not None:
            self.hint.show("In a vote each sample ends by itself; esc stops all of them and counts what is there.")
        elif self.turns.answer_now():
            self.hint.show(how)
        elif cut_off is not None and cut_off.boxed is None:
            self.turns.take_up(cut_off, TakeUp.ANSWER)
            self.hint.show(how)
        else:
            self.hint.show("There is no thinking to close.")

    def action_apply(self) -> None:
        """F4: the settings as they are now, for the rest of this answer."""
        if self.continuable is False:
            self.hint.show(f"{CANNOT} What is set acts from the next answer on.", warn=True)
        elif self.turns.votes.view is not None:
            self.hint.show("The samples of a vote are drawn alike: what is set acts from the next question on.")
        elif self.turns.apply_now():
            self.hint.show("applied to the rest of this answer")
        else:
            self.hint.show("Nothing streams: what is set acts on the next answer.")

    def action_continue(self) -> None:
        """F8: let an answer that was cut off go on where it ended."""
        cut_off = self.cut_off
        if cut_off is None:
            self.hint.show("It is still answering." if self.turns.busy else "The last answer is whole.")
        elif self.continuable is False:
            self.hint.show(f"{CANNOT} /again asks anew.", warn=True)
        else:
            self.turns.take_up(cut_off, TakeUp.CONTINUE)
