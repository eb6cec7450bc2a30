"""The user's config file, in memory."""

from dataclasses import dataclass, field

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.server.profile_file import OnQuit
from dsr1_tui.domain.steering import Steering


@dataclass
class FakeConfigFile:
    config: Config = field(default_factory=Config)
    saved: list[tuple[SamplingLayer, Steering]] = field(default_factory=list)
    on_quit: list[OnQuit] = field(default_factory=list)
    """What was to be remembered."""

    def load(self) -> Config:
        return self.config

    def save_defaults(self, sampling: SamplingLayer, steering: Steering) -> None:
        self.saved.append((sampling, steering))

    def save_on_quit(self, choice: OnQuit) -> None:
        self.on_quit.append(choice)
