"""The settings panel in the chat: opened, docked or laid over, and its changes taken up."""

from typing import TYPE_CHECKING

from textual import events
from textual.screen import Screen

from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.sampling_fields import BY_NAME, SettingError
from dsr1_tui.tui.layers import kept_as_default

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.tui.command import Command
    from dsr1_tui.tui.layers import Layers
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
        measure_soon: Callable[[], None]

    panel: "SettingsPanel | None" = None

    async def action_toggle_panel(self) -> None:
        """Open it with the focus in it, or close it."""
        if self.panel is None:
            from dsr1_tui.tui.widgets.settings_panel import SettingsPanel  # noqa: PLC0415  off the start-up path

            self.panel = SettingsPanel()
            self.panel.display = False
            # Its rows must be there before one of them can take the focus.
            await self.query_one("#body").mount(self.panel)
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
            self.panel.show(self.session.layers)
            self.panel.fill(self.session.room)

    def room_changed(self) -> None:
        """Bring the panel's context meter in line; what is being set there is left alone."""
        if self.panel is not None:
            self.panel.fill(self.session.room)

    def on_settings_panel_changed(self, event: "SettingsPanel.Changed") -> None:
        """Use it from the next request on; the panel shows it already, and may be a step further by now."""
        self.session.use(event.layers)
        self.measure_soon()
        self._keep_settings()

    def on_settings_panel_paged(self, event: "SettingsPanel.Paged") -> None:
        """Write it on a page of its own."""
        from dsr1_tui.tui.screens.writing import WritingDialog  # noqa: PLC0415  off the start-up path

        setting = event.setting

        def take(text: str | None) -> None:
            if text is None or self.panel is None:
                return
            try:
                setting.typed(self.session.layers, text)
            except SettingError as error:
                self.panel.note(f"{error}", error=True)
            else:
                self.panel.put(setting, text)

        self.app.push_screen(WritingDialog(setting.label.capitalize(), setting.help, event.text), take)

    def on_settings_panel_save_default(self, event: "SettingsPanel.SaveDefault") -> None:
        """Keep it as the default."""
        session = self.session
        defaults = kept_as_default(event.own, session.defaults, session.launch.config.presets)
        try:
            session.kit.config_file.save_defaults(defaults.sampling, defaults.steering)
        except FaultError as error:
            self.notice(error.fault)
            return
        session.defaults = defaults
        self.panel_changed()
        self.hint.show("Kept as the default for new conversations.")

    def on_settings_panel_left(self) -> None:
        """Back to typing."""
        self.composer.focus()

    def use_layers(self, layers: "Layers") -> None:
        """Use what they say for this chat from the next request on."""
        self.session.use(layers)
        self.panel_changed()
        self.measure_soon()
        self._keep_settings()

    def _keep_settings(self) -> None:
        self.run_worker(self._kept(), group="settings", exit_on_error=False)

    async def _kept(self) -> None:
        try:
            await self.session.keep()
        except FaultError as error:
            self.notice(error.fault)

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
        from dsr1_tui.tui.widgets.settings_table import SETTING_NAMED  # noqa: PLC0415  off the start-up path

        setting, layers = SETTING_NAMED[spec.name], self.session.layers
        if setting.held(layers):
            self.hint.show(f"{spec.name} is held by {spec.flag} in this run.", warn=True)
            return
        try:
            after = setting.typed(layers, value)
        except SettingError as error:
            self.hint.show(f"{error}.", warn=True)
            return
        self.use_layers(after)
        self.hint.show(f"{spec.name} is {setting.state(after).text} from the next answer on.")
