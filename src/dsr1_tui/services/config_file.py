"""The user's config file, as services read and write it."""

from typing import Protocol

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.server.profile_file import OnQuit


class ConfigFile(Protocol):
    """The user's TOML file."""

    def load(self) -> Config:
        """Read it; a missing file is an empty config.

        Raises:
            FaultError: (config) with file and line.
        """
        ...

    def save_sampling(self, layer: SamplingLayer) -> None:
        """Write the default sampling settings, leaving the rest of the file and its comments as they are.

        Raises:
            FaultError: (config).
        """
        ...

    def save_on_quit(self, choice: OnQuit) -> None:
        """Write what becomes of a server that the chat started when the chat is left, likewise.

        Raises:
            FaultError: (config).
        """
        ...
