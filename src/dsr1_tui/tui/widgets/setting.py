"""What every row of the generation panel can do, whatever it sets; pure, so that slash commands use it too."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from dsr1_tui.tui.layers import Layers
from dsr1_tui.tui.widgets.panel_state import RowState, Source

NARROW: int = 12
"""Cells of the name column of the sampling rows: their longest short name and a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(ABC):
    """One setting. Its methods give new layers and leave it to the panel to use them."""

    name: str
    """As the API, the config file and the advice call it."""
    label: str
    """As the narrow column takes it."""
    flag: str
    """The command-line flag that holds it; empty: there is none."""
    help: str
    """What it does, in a sentence."""
    bounds: str = ""
    """What it takes, in a few words."""
    column: int = NARROW
    """Cells of the name column."""
    page: bool = False
    """Whether it is written on a page of its own, because it may have several lines."""

    @property
    def id(self) -> str:
        """Of its row."""
        return f"setting-{self.name.replace('_', '-')}"

    @property
    @abstractmethod
    def cycles(self) -> bool:
        """Whether it has a few fixed values, so that enter goes to the next."""

    @abstractmethod
    def state(self, layers: Layers) -> RowState:
        """What its row shows."""

    @abstractmethod
    def typed(self, layers: Layers, text: str) -> Layers:
        """As a person typed it.

        Raises:
            SettingError: the reason, in one line.
        """

    @abstractmethod
    def stepped(self, layers: Layers, direction: int) -> Layers:
        """One step up (+1) or down (-1)."""

    @abstractmethod
    def reset(self, layers: Layers) -> Layers:
        """Set back: what is below this chat decides."""

    def left_to_server(self, layers: Layers) -> Layers:
        """Nothing is sent; where that cannot be, set back."""
        return self.reset(layers)

    def shows(self, layers: Layers) -> bool:
        """Whether the row is there at all."""
        del layers
        return True

    def origin(self, layers: Layers) -> str:
        """Where its value comes from, as a sentence."""
        match self.state(layers).source:
            case Source.NOWHERE:
                return "Not sent: the server decides."
            case Source.DEFAULT:
                return "The default."
            case Source.PRESET:
                return f"From the preset {layers.preset.name}."
            case Source.CONFIG:
                return "From your config file."
            case Source.CHAT:
                return "Set in this chat."
            case Source.FLAG:
                return f"Held by {self.flag} in this run."

    def held(self, layers: Layers) -> bool:
        """Whether a flag holds it, so that a chat cannot change it."""
        return self.state(layers).source is Source.FLAG
