"""ctrl+r: find an earlier conversation by what was said in it, open it, pin it, delete it."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import tzinfo
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import Conversation, Summary
from dsr1_tui.ports import Conversations
from dsr1_tui.render.plain import readable_box
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.later import Later
from dsr1_tui.tui.screens.dialog import CLOSE
from dsr1_tui.tui.screens.picker import PICKER_KEYS, Picker
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from dsr1_tui.tui.words import ago, counted, one_line, shorten

LIMIT: Final = 50
DEBOUNCE: Final = 0.08
"""Seconds of rest in typing before the store is asked."""
_TITLE: Final = 28
"""Cells of a title inside a sentence."""
EMPTY: Final = "No conversations yet. Every question and answer is kept here as it streams."
_AREA: Final = Area.CONVERSATION
_C = Command

HISTORY_COMMANDS: Final[tuple[Command, ...]] = (
    _C(id="history-open", action="open", title="open", help="Open the marked conversation.", area=_AREA,
       key_label="enter", footer=100),
    replace(CLOSE, id="history-close"),
    _C(id="history-delete", action="delete", title="delete", help="Delete the marked conversation; asks once.",
       area=_AREA, keys=("ctrl+d",), footer=80, priority=True),
    _C(id="history-pin", action="pin", title="pin", help="Keep the marked conversation at the top, or no longer.",
       area=_AREA, keys=("ctrl+t",), footer=70, priority=True),
)  # fmt: skip
"""Two have priority, because the input has a meaning of its own for `ctrl+d`."""


def entry(summary: Summary, now: float, current: ConversationId | None, query: str, zone: tzinfo | None) -> Choice:
    """One conversation as it is listed."""
    conversation = summary.conversation
    marks = [word for word, holds in (("open", conversation.id == current), ("pinned", conversation.pinned)) if holds]
    facts = [ago(conversation.updated, now, zone), counted(summary.messages, "message")]
    if summary.boxed:
        facts.append(one_line(readable_box(summary.boxed)))
    return Choice(
        id=conversation.id,
        title=one_line(conversation.title) or "(no title)",
        detail=" · ".join(facts),
        aside=" · ".join(marks),
        more=one_line(summary.snippet) if query else "",
    )


class HistoryPicker(Picker[ConversationId | None]):
    """Gives the id of the conversation to open, or `None`."""

    KEYS: ClassVar[tuple[Command, ...]] = HISTORY_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((*PICKER_KEYS, *KEYS))]

    def __init__(
        self,
        conversations: Conversations,
        now: float,
        current: ConversationId | None,
        *,
        debounce: float = DEBOUNCE,
        zone: tzinfo | None = None,
    ) -> None:
        """`now` in unix seconds; `debounce` in seconds; `zone` for dates, the machine's own where left out."""
        super().__init__("Conversations", "find in titles, questions and answers")
        self._conversations = conversations
        self._now = now
        self._current = current
        self._debounce = debounce
        self._zone = zone
        self._found: dict[str, Summary] = {}
        self._searching = False
        self._open_when_found = False
        self._asked: str | None = None
        """The conversation that the next ctrl+d deletes."""

    def on_mount(self) -> None:
        """List the newest at once."""
        self._look()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as one types."""
        event.stop()
        self._keep()
        self._look(rest=self._debounce)

    def submit(self) -> None:
        """Open what is marked; while a search is under way, the first that it finds."""
        if self._searching:
            self._open_when_found = True
        else:
            self.action_open()

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Open it."""
        event.stop()
        self.give(ConversationId(event.choice.id))

    def action_move(self, step: int) -> None:
        """Mark another conversation; a question about the last one is off the table."""
        self._keep()
        super().action_move(step)

    def action_close(self) -> None:
        """Close; a question is answered with no first."""
        if self._asked is not None:
            self._keep()
        else:
            super().action_close()

    def action_delete(self) -> None:
        """Ask, and delete when asked again."""
        if self.marked is None:
            return
        wanted = self.marked.id
        if wanted == self._current:
            self.say("This conversation is open. Begin a new one (ctrl+n) before you delete it.", error=True)
        elif wanted == self._asked:
            self._keep()
            self._change(self._delete(ConversationId(wanted), self.neighbour))
        else:
            self._asked = wanted
            self.say(f"ctrl+d deletes “{shorten(self.marked.title, _TITLE)}” for good · esc keeps it", error=True)

    def action_pin(self) -> None:
        """Pin it, or no longer."""
        if self.marked is not None:
            self._keep()
            self._change(self._pin(self._found[self.marked.id].conversation))

    def _keep(self) -> None:
        """Withdraw the question, or whatever else is said."""
        self._asked = None
        self.say("")

    def _look(self, *, rest: float = 0, marked: str | None = None) -> None:
        """Search, in place of a search still under way: an overtaken one must not show its old list."""
        self._searching = True
        self.run_worker(Later(lambda: self._search(rest, marked)), group="search", exclusive=True, exit_on_error=False)

    async def _search(self, rest: float, marked: str | None) -> None:
        if rest:
            await asyncio.sleep(rest)
        query = self._input.value.strip()
        try:
            found = await self._conversations.recent(LIMIT, query)
        except FaultError as error:
            self._searching = self._open_when_found = False
            self.say(error.fault.line, error=True)
            return
        self._found = {summary.conversation.id: summary for summary in found}
        self.list_choices([entry(one, self._now, self._current, query, self._zone) for one in found], marked)
        self._searching = False
        if not found:
            self.say(f"Nothing found for “{one_line(query)}”." if query else EMPTY)
        elif self._open_when_found:
            self.action_open()
        self._open_when_found = False

    def _change(self, work: Coroutine[None, None, None]) -> None:
        """Change the store, in a worker that no search cancels."""
        self.run_worker(work, group="change", exit_on_error=False)

    async def _delete(self, conversation_id: ConversationId, neighbour: str | None) -> None:
        try:
            await self._conversations.delete(conversation_id)
        except FaultError as error:
            self.say(error.fault.line, error=True)
        else:
            self._look(marked=neighbour)

    async def _pin(self, conversation: Conversation) -> None:
        try:
            await self._conversations.put(replace(conversation, pinned=not conversation.pinned))
        except FaultError as error:
            self.say(error.fault.line, error=True)
        else:
            self._look(marked=conversation.id)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of the program itself is told too, rather than leaving an old list without a word."""
        if event.state is WorkerState.ERROR:
            self.say(f"The list could not be read ({type(event.worker.error).__name__}).", error=True)
