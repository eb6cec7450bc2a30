"""The user's config file, as services read and write it."""

from typing import Protocol

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.server.profile_file import OnQuit
from dsr1_tui.domain.steering import Steering


class ConfigFile(Protocol):
    """The user's TOML file."""

    def load(self) -> Config:
        """Read it; a missing file is an empty config.

        Raises:
            FaultError: (config) with file and line.
        """
        ...

    def save_defaults(self, sampling: SamplingLayer, steering: Steering) -> None:
        """Write what new chats begin with, leaving the rest of the file and its comments as they are.

        `steering` as `domain.budget.as_default` gives it.

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
