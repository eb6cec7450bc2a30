"""Servers played by the stand-in, under real supervisors, in a state dir of a test's own."""

import os
import re
import signal
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dsr1_tui.adapters.server_host.door import LocalDoor
from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.host import LocalServerHost
from dsr1_tui.adapters.server_host.logs import LocalServerLogs
from dsr1_tui.adapters.server_host.order import Limits
from dsr1_tui.adapters.server_host.process_table import running_processes
from dsr1_tui.adapters.system_clock import SystemClock
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.serve import ServePorts
from support.fault_server import unused_port
from support.processes import comes

STANDIN = Path(__file__).parent / "standin_vllm.py"
QUICK = Limits(abandoned_s=1.0, requested_s=20.0, orphans_s=0.2)
"""Limits for tests: what does not heed SIGTERM is not waited for long."""


def standin_plan(
    part: str, *flags: str, port: int | None = None, profile: str = "r1", key: str | None = None
) -> ServerPlan:
    """A server played by the stand-in."""
    port = port or unused_port()
    shown = ("--port", str(port), "--served-model-name", "tiny-r1")
    return ServerPlan(
        profile=profile,
        model="/models/r1",
        served_name="tiny-r1",
        host="127.0.0.1",
        port=port,
        command=(sys.executable, str(STANDIN), part, *flags, *shown),
        environment={"VLLM_LOGGING_COLOR": "0"},
        api_key=key,
    )


@dataclass
class ServerStage:
    """One state dir; `clear` ends all that a test left there."""

    path: Path
    limits: Limits = QUICK
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    hosts: list[LocalServerHost] = field(default_factory=list)

    @property
    def folder(self) -> ServerFolder:
        return ServerFolder(self.path / "servers")

    def host(self) -> LocalServerHost:
        """One of a run of the program."""
        host = LocalServerHost(self.folder, self.environ, self.limits)
        self.hosts.append(host)
        return host

    def ports(self, host: LocalServerHost | None = None) -> ServePorts:
        host = host or self.host()
        return ServePorts(
            host=host, own=host, logs=LocalServerLogs(self.folder, host), door=LocalDoor(), clock=SystemClock()
        )

    def pids(self, record: ServerRecord, *names: str) -> list[int]:
        """The supervisor and the server, and those of its processes that it named in its log, once it has."""
        assert record.server is not None
        assert comes(lambda: all(self._named(record, name) for name in names)), record.log.read_text()
        return [record.supervisor.pid, record.server.pid, *(int(self._named(record, name)) for name in names)]

    def _named(self, record: ServerRecord, name: str) -> str:
        found = re.search(rf"^{name} (\d+)\n", record.log.read_text(), re.MULTILINE)
        return found[1] if found else ""

    def clear(self) -> None:
        host = self.host()
        for record in host.running():
            host.end(record, kill=True)
        for each in self.hosts:
            each.close()
        assert comes(lambda: not host.running()), "servers are left"


def kill(*pids: int) -> None:
    """SIGKILL."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def command_lines() -> Iterable[str]:
    """All command lines and environments of this machine that we may read (Linux)."""
    for pid in running_processes():
        with suppress(OSError):
            yield Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
