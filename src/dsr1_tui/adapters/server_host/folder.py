"""The folder of the servers' logs and states: what is in it, what is kept, what goes."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.server_host.log_writer import remove_log
from dsr1_tui.adapters.server_host.state_file import ENDING, read_state, state_path
from dsr1_tui.domain.server.record import ServerRecord

LOGS_KEPT: Final = 5
"""Of one profile, the newest included."""


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """One state dir's servers."""

    path: Path

    def records(self) -> tuple[ServerRecord, ...]:
        """All that are known, newest first."""
        try:
            files = [file for file in self.path.iterdir() if file.suffix == ENDING]
        except OSError:
            return ()
        found = [kept.record for kept in map(read_state, files) if kept is not None]
        return tuple(sorted(found, key=lambda record: (record.started, record.id), reverse=True))

    def prune(self, profile: str, is_over: Callable[[ServerRecord], bool]) -> None:
        """Make room for one more log of a profile."""
        own = [record for record in self.records() if record.profile == profile]
        for record in own[LOGS_KEPT - 1 :]:
            if is_over(record):
                self.remove(record)

    def remove(self, record: ServerRecord) -> None:
        """Remove a server's log and state."""
        remove_log(record.log)
        with suppress(OSError):
            state_path(record).unlink(missing_ok=True)
