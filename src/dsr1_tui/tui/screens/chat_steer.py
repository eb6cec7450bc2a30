"""Steering from the composer: preset, instructions, forced thinking, loop policy, thinking budget."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from dsr1_tui.domain.budget import leaves_no_room
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling_fields import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.tui.layers import Layers
    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.widgets.hint_line import HintLine
    from dsr1_tui.tui.widgets.setting import Setting


class SteerActions(Screen[None]):
    """What is set here holds from the next answer on and is kept with the conversation."""

    if TYPE_CHECKING:
        session: Session
        hint: HintLine
        use_layers: Callable[[Layers], None]

    def action_preset(self) -> None:
        """`/preset` alone lists them."""
        presets = self.session.launch.config.presets.all
        names = "  ".join(f"{'●' if p is self.session.preset else '·'} {p.name}" for p in presets)
        self.hint.show(f"/preset NAME   {names}")

    def take_preset(self, words: str) -> None:
        """`/preset NAME`."""
        self._take("preset", words)

    def action_instructions(self) -> None:
        """`/instructions` alone shows them."""
        said = self.session.steering.instructions
        self.hint.show(
            f"Instructions: {said}" if said else "No instructions. Write /instructions and what always holds."
        )

    def take_instructions(self, words: str) -> None:
        """`/instructions TEXT`; `off` takes them away."""
        self._take("instructions", words)

    def take_system(self, words: str) -> None:
        """`/system TEXT`: R1 is harmed by a system message, so that it is moved into the first question."""
        self._take("instructions", words)
        if self.session.rules is Rules.R1 and self.session.steering.instructions == words:
            moved = "R1 takes no system message: kept as instructions, sent with the first question."
            self.hint.show(f"{moved} /instructions off takes them away.")

    def action_think(self) -> None:
        """`/think` alone says what there is."""
        self.hint.show(f"{self._now('thinking')} /think off, newline-before, newline-after, again, prefill")

    def take_think(self, words: str) -> None:
        """`/think MODE`."""
        self._take("thinking", words)

    def action_loop(self) -> None:
        """`/loop` alone says what there is."""
        self.hint.show(f"{self._now('loop_policy')} /loop tell, stop, answer, retry")

    def take_loop(self, words: str) -> None:
        """`/loop POLICY`."""
        self._take("loop_policy", words)

    def action_budget(self) -> None:
        """`/budget` alone says what holds."""
        self.hint.show(f"{self._now('thinking_budget')} /budget 2048, /budget 30s, /budget off")

    def take_budget(self, words: str) -> None:
        """`/budget TOKENS`, `/budget SECONDSs`, `/budget off`."""
        self._take("thinking_budget", words)

    def _now(self, name: str) -> str:
        """What holds, as a sentence."""
        return _told(_setting(name), self.session.layers)

    def _take(self, name: str, words: str) -> None:
        """Set it as the panel would, or say in a line why not."""
        setting, layers = _setting(name), self.session.layers
        if setting.held(layers):
            self.hint.show(f"{setting.label.capitalize()} is held by {setting.flag} in this run.", warn=True)
            return
        try:
            after = setting.typed(layers, words)
        except SettingError as error:
            self.hint.show(f"{error}.", warn=True)
            return
        limit = after.sampling.max_tokens
        if name == "thinking_budget" and leaves_no_room(after.steering.budget_tokens, limit):
            self.hint.show(f"That budget takes all of max_tokens ({limit:,}): no answer could follow.", warn=True)
            return
        self.use_layers(after)
        self.hint.show(_told(setting, after))


def _setting(name: str) -> "Setting":
    from dsr1_tui.tui.widgets.settings_table import SETTING_NAMED  # noqa: PLC0415  off the start-up path

    return SETTING_NAMED[name]


def _told(setting: "Setting", layers: "Layers") -> str:
    state = setting.state(layers)
    words = state.text.removesuffix("▾").strip()
    return f"{setting.label.capitalize()}: {words}." + (f" {state.meaning or state.about}".rstrip())
