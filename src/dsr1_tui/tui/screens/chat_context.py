"""How full the context is: measured after each turn and change, shown in the header, made room in by `/shorten`."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from dsr1_tui.domain.message import MessageRole
from dsr1_tui.tui.later import Later

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.turns import Turns
    from dsr1_tui.tui.widgets.hint_line import HintLine


class ContextActions(Screen[None]):
    """Actions on what is sent as a whole."""

    if TYPE_CHECKING:
        session: Session
        turns: Turns
        hint: HintLine
        show_state: Callable[[], None]
        room_changed: Callable[[], None]

    def measure_soon(self) -> None:
        """Count what the conversation takes; the newest call counts."""
        if self.session.connection is not None and not self.turns.busy:
            self.run_worker(Later(self._measure), group="measure", exclusive=True, exit_on_error=False)

    async def _measure(self) -> None:
        await self.session.measure()
        self.show_state()
        self.room_changed()

    def action_shorten(self) -> None:
        """Leave the oldest turns out of what is sent, and say which."""
        before, fits = self.session.skip, self.session.shorten()
        gone = self.session.skip
        if not fits:
            self.measure_soon()
            self.hint.show("The last question alone is too long: /edit takes it back, to be shortened.", warn=True)
            return
        if gone <= before:
            self.hint.show("All of it fits: nothing has to go." if not gone else "No more has to go.")
            return
        questions = [m.content for m in self.session.path[before:gone] if m.role is MessageRole.USER]
        names = [f"“{' '.join(text.split())[:24].rstrip()}”" for text in (questions[0], questions[-1])]
        which = names[0] if len(questions) == 1 else f"{names[0]} to {names[1]}"
        turns = f"{len(questions)} turn{'s' if len(questions) > 1 else ''}"
        self.hint.show(f"No longer sent: {turns}, {which}. They stay here; /again asks the last question again.")
        self.measure_soon()

    def action_prompt(self) -> None:
        """What the model sees."""
        from dsr1_tui.tui.screens.prompt_view import PromptView  # noqa: PLC0415  off the start-up path

        self.app.push_screen(PromptView(self.session))
