"""The settings panel in the chat: opened, docked or laid over, and its changes taken up."""

from typing import TYPE_CHECKING

from textual import events
from textual.screen import Screen

from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.sampling_fields import BY_NAME, SettingError, parse, shown
from dsr1_tui.tui.widgets.panel_state import PanelState

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.tui.command import Command
    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.widgets.composer import Composer
    from dsr1_tui.tui.widgets.hint_line import HintLine
    from dsr1_tui.tui.widgets.settings_panel import SettingsPanel


class PanelActions(Screen[None]):
    """Opening the panel and using what is set in it."""

    if TYPE_CHECKING:
        session: Session
        hint: HintLine
        composer: Composer

        notice: Callable[[Fault], None]

    panel: "SettingsPanel | None" = None

    def action_toggle_panel(self) -> None:
        """Open it with the focus in it, or close it."""
        if self.panel is None:
            from dsr1_tui.tui.widgets.settings_panel import SettingsPanel  # noqa: PLC0415  off the start-up path

            self.panel = SettingsPanel()
            self.query_one("#body").mount(self.panel)
            self.panel.display = False
        self.panel.display = not self.panel.display
        if self.panel.display:
            self._place_panel()
            self.panel_changed()
            self.call_after_refresh(self.panel.enter)
        else:
            self.composer.focus()

    def _place_panel(self) -> None:
        if self.panel is not None:
            self.panel.fit(self.size.width)

    def on_resize(self, event: events.Resize) -> None:
        """Docked beside the transcript, or over it where the screen is narrow."""
        del event
        self._place_panel()

    def panel_commands(self) -> "tuple[Command, ...]":
        """The keys of the panel, for the footer."""
        from dsr1_tui.tui.widgets.settings_panel import PANEL_COMMANDS  # noqa: PLC0415  off the start-up path

        return PANEL_COMMANDS

    def panel_changed(self) -> None:
        """Bring the panel in line with the session."""
        if self.panel is not None and self.panel.display:
            session = self.session
            self.panel.show(
                PanelState(
                    conversation=session.conversation.settings,
                    below=session.below,
                    flags=session.launch.flags,
                    rules=session.rules,
                )
            )

    def on_settings_panel_changed(self, event: "SettingsPanel.Changed") -> None:
        """Use it from the next request on."""
        self._use(event.layer)

    def on_settings_panel_save_default(self, event: "SettingsPanel.SaveDefault") -> None:
        """Keep it as the default."""
        session = self.session
        merged = event.layer.over(session.config_layer)
        try:
            session.kit.config_file.save_sampling(merged)
        except FaultError as error:
            self.notice(error.fault)
            return
        session.config_layer = merged
        self.panel_changed()
        self.hint.show("Kept as the default for new conversations.")

    def on_settings_panel_left(self) -> None:
        """Back to typing."""
        self.composer.focus()

    def _use(self, layer: SamplingLayer) -> None:
        self.run_worker(self._change(layer), group="settings", exit_on_error=False)

    async def _change(self, layer: SamplingLayer) -> None:
        try:
            await self.session.change_settings(layer)
        except FaultError as error:
            self.notice(error.fault)
        self.panel_changed()

    def action_set(self) -> None:
        """`/set` alone says how it is used."""
        self.hint.show("Write /set name value, e.g. /set temperature 0.7 or /set top_k server. F2 shows all.")

    def take_set(self, words: str) -> None:
        """`/set NAME VALUE`."""
        name, _, value = words.partition(" ")
        spec = BY_NAME.get(name.replace("-", "_").lower())
        if spec is None:
            self.hint.show(f"There is no setting {name}. There are: {', '.join(BY_NAME)}.", warn=True)
            return
        try:
            parsed = parse(spec, value)
        except SettingError as error:
            self.hint.show(f"{error}.", warn=True)
            return
        self._use(self.session.conversation.settings.having(spec.name, parsed))
        said = shown(spec, None if not value.strip() else self._plain_value(spec.name, parsed))
        self.hint.show(f"{spec.name} is {said} from the next answer on.")

    def _plain_value(self, name: str, parsed: object) -> "float | int | tuple[str, ...] | None":
        layer = SamplingLayer().having(name, parsed)  # type: ignore[arg-type]  # `parse` gave it
        found = layer.get(name)
        return found if isinstance(found, int | float | tuple) else None
