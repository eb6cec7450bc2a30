"""Which engines on this machine are ours, and which have lost whoever watched over them; signals nobody."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dsr1_tui.adapters.doctor.process_name import program_name, words_of
from dsr1_tui.adapters.process_identity import identity_of, is_alive
from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.process_table import Process, family, running_processes
from dsr1_tui.adapters.server_host.state_file import identity_from
from dsr1_tui.domain.doctor_facts import EngineProcesses, Orphan
from dsr1_tui.domain.server.record import ProcessMark, ServerRecord

_TITLE: Final = "VLLM::"
"""What vLLM's engine and worker processes call themselves (0.10 to 0.32)."""
_PARENTS: Final = ("vllm", "multiprocessing", "ray")
"""One of these stands in the command line of an engine's proper parent."""


@dataclass(frozen=True, slots=True)
class LocalEngineWatch:
    """Satisfies `ports.EngineWatch`."""

    servers: ServerFolder
    table: Callable[[], Mapping[int, Process]] = running_processes
    words: Callable[[int], tuple[str, ...]] = words_of

    def engines(self) -> EngineProcesses:
        """By our state files first, then by what the processes call themselves."""
        table = self.table()
        boot = identity_of(os.getpid()).boot
        ours: dict[int, str] = {}
        orphans: list[Orphan] = []
        for record in self.servers.records():
            server = record.server
            if server is None or server.boot != boot:
                continue
            leads = _lives(server)
            watched = _lives(record.supervisor)
            members = self._members(record, server, table, leads=leads)
            ours |= {process.pid: record.id for process in members}
            if members and not watched:
                orphans.append(_orphan(members, record, stoppable=leads))
        orphans += self._strangers(table, ours)
        return EngineProcesses(ours=ours, orphans=tuple(orphans))

    def _members(
        self, record: ServerRecord, server: ProcessMark, table: Mapping[int, Process], *, leads: bool
    ) -> list[Process]:
        """The server's processes; without its leader, of its group those that are vLLM's."""
        found = family(server.pid, table)
        if not leads:
            # The group's number may have been given to another program since.
            found = {one for one in found if one.group == server.pid and self._is_of_vllm(one.pid)}
        if _lives(record.supervisor) and record.supervisor.pid in table:
            found.add(table[record.supervisor.pid])
        return sorted(found, key=lambda process: process.pid)

    def _is_of_vllm(self, pid: int) -> bool:
        said = " ".join(self.words(pid)).lower()
        return "vllm" in said or "enginecore" in said

    def _strangers(self, table: Mapping[int, Process], ours: Mapping[int, str]) -> Iterator[Orphan]:
        """Engines that dsr1-chat did not start and whose server is gone."""
        for pid, process in sorted(table.items()):
            words = self.words(pid) if pid not in ours else ()
            if words and words[0].startswith(_TITLE):
                parent = " ".join(self.words(process.parent)).lower() if process.parent > 1 else ""
                if not any(word in parent for word in _PARENTS):
                    yield Orphan(pids=(pid,), name=program_name(pid))


def _orphan(members: list[Process], record: ServerRecord, *, stoppable: bool) -> Orphan:
    pids = tuple(process.pid for process in members)
    return Orphan(pids=pids, name=program_name(pids[0]), server=record.id, stoppable=stoppable)


def _lives(mark: ProcessMark) -> bool:
    return mark.pid > 0 and is_alive(identity_from(mark))
