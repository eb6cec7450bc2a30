"""Steering from the composer: preset, instructions, forced thinking, loop policy, thinking budget, answer now."""

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from textual.screen import Screen

from dsr1_tui.domain.budget import budget_layer, budget_text, leaves_no_room
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.steering import ForcedThinking, LoopPolicy, Steering

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.domain.fault import Fault
    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.turns import Turns
    from dsr1_tui.tui.widgets.hint_line import HintLine

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


class SteerActions(Screen[None]):
    """What is set here holds from the next answer on and is kept with the conversation."""

    if TYPE_CHECKING:
        session: Session
        turns: Turns
        hint: HintLine
        notice: Callable[[Fault], None]
        panel_changed: Callable[[], None]

    def action_answer_now(self) -> None:
        """F5: close the thinking."""
        if self.turns.answer_now():
            self.hint.show("closing the thought …")
        else:
            self.hint.show("There is no thinking to close.")

    def action_preset(self) -> None:
        """`/preset` alone lists them."""
        presets = self.session.launch.config.presets.all
        names = "  ".join(f"{'●' if p is self.session.preset else '·'} {p.name}" for p in presets)
        self.hint.show(f"/preset NAME   {names}")

    def take_preset(self, words: str) -> None:
        """`/preset NAME`."""
        try:
            preset = self.session.launch.config.presets.named(words)
        except FaultError as error:
            self.hint.show(error.fault.line, warn=True)
            return
        self._steer(replace(self._own, preset=preset.name), f"Preset {preset.name}: {preset.title}.")

    def action_instructions(self) -> None:
        """`/instructions` alone shows them."""
        said = self.session.steering.instructions
        self.hint.show(
            f"Instructions: {said}" if said else "No instructions. Write /instructions and what always holds."
        )

    def take_instructions(self, words: str) -> None:
        """`/instructions TEXT`; `off` takes them away."""
        text = "" if words.lower() == "off" else words
        self._steer(
            replace(self._own, instructions=text), "Instructions kept." if text else "No instructions any more."
        )

    def action_think(self) -> None:
        """`/think` alone says what there is."""
        now = self.session.prompt_rules.thinking
        self.hint.show(f"Forced thinking: {now}. /think {', '.join(ForcedThinking)}")

    def take_think(self, words: str) -> None:
        """`/think MODE`."""
        if (mode := self._one_of(ForcedThinking, words)) is not None:
            self._steer(replace(self._own, thinking=mode), f"Forced thinking: {mode}.")

    def action_loop(self) -> None:
        """`/loop` alone says what there is."""
        self.hint.show(f"On a loop: {self.session.guards.loop_policy}. /loop {', '.join(LoopPolicy)}")

    def take_loop(self, words: str) -> None:
        """`/loop POLICY`."""
        if (policy := self._one_of(LoopPolicy, words)) is not None:
            self._steer(replace(self._own, loop_policy=policy), f"On a loop: {policy}.")

    def action_budget(self) -> None:
        """`/budget` alone says what holds."""
        now = budget_text(self.session.steering) or "none"
        self.hint.show(f"Thinking budget: {now}. /budget 2048, /budget 30s, /budget off")

    def take_budget(self, words: str) -> None:
        """`/budget TOKENS`, `/budget SECONDSs`, `/budget off`."""
        try:
            layer = budget_layer(words)
        except SettingError as error:
            self.hint.show(f"{error}.", warn=True)
            return
        limit = self.session.sampling().max_tokens
        if leaves_no_room(layer.budget_tokens, limit):
            self.hint.show(f"That budget takes all of max_tokens ({limit:,}): no answer could follow.", warn=True)
            return
        self._steer(layer.over(self._own), f"Thinking budget: {budget_text(layer)}.")

    def action_shorten(self) -> None:
        """Leave the oldest turns out of what is sent."""
        gone = self.session.shorten()
        if gone:
            self.hint.show(
                f"The oldest {gone} messages stay here, but are no longer sent. Send the question again: /again"
            )
        else:
            self.hint.show("All of it fits: nothing has to go.")

    def action_prompt(self) -> None:
        """What the model sees."""
        from dsr1_tui.tui.screens.prompt_view import PromptView  # noqa: PLC0415  off the start-up path

        self.app.push_screen(PromptView(self.session))

    @property
    def _own(self) -> Steering:
        return self.session.conversation.steering

    def _one_of(self, choices: type[ChoiceT], words: str) -> ChoiceT | None:
        found = next((choice for choice in choices if choice.value == words.lower()), None)
        if found is None:
            self.hint.show(f"“{words[:20]}” is none of: {', '.join(choices)}.", warn=True)
        return found

    def _steer(self, steering: Steering, words: str) -> None:
        self.hint.show(words)
        self.run_worker(self._kept(steering), group="settings", exit_on_error=False)

    async def _kept(self, steering: Steering) -> None:
        try:
            await self.session.steer(steering)
        except FaultError as error:
            self.notice(error.fault)
        self.panel_changed()
