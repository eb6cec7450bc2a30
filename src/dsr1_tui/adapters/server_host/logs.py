"""What servers leave behind: their logs, and how long they took to come up."""

from dataclasses import dataclass, replace

from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.host import LocalServerHost
from dsr1_tui.adapters.server_host.log_reader import read_log
from dsr1_tui.adapters.server_host.start_times import StartTimes
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.ports import LogPart


@dataclass(frozen=True, slots=True)
class LocalServerLogs:
    """Satisfies `ports.ServerLogs`."""

    folder: ServerFolder
    host: LocalServerHost

    def recent(self) -> tuple[ServerRecord, ...]:
        """All whose state is kept: the log goes with it."""
        return self.folder.records()

    def read(self, record: ServerRecord, offset: int) -> LogPart:
        """A piece of its log."""
        return read_log(record.log, offset)

    def expected_s(self, profile: str) -> float | None:
        """What earlier starts took."""
        return StartTimes(self.folder.path).median(profile)

    def came_up(self, record: ServerRecord, took_s: float) -> ServerRecord:
        """Remember how long it took, for the next start and in its state."""
        StartTimes(self.folder.path).add(record.profile, took_s)
        self.host.note_ready(record, took_s)
        return replace(record, ready_s=took_s)
