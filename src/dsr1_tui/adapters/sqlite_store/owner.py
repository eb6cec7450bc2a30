"""Whose message it is while it streams, so that another window does not take it for interrupted."""

import sqlite3
from dataclasses import dataclass

from dsr1_tui.adapters.process_identity import ProcessIdentity, is_alive
from dsr1_tui.domain.ids import MessageId


@dataclass(frozen=True, slots=True)
class Live:
    """A message that streams, by what the file says."""

    message_id: MessageId
    process: ProcessIdentity | None
    """`None` where the file names no owner."""


def claim(connection: sqlite3.Connection, message_id: MessageId, process: ProcessIdentity) -> None:
    """Note that a message streams in a process."""
    row = (message_id, process.pid, process.started, process.boot)
    connection.execute("INSERT OR REPLACE INTO owner (message_id, pid, started, boot) VALUES (?, ?, ?, ?)", row)


def live(connection: sqlite3.Connection) -> list[Live]:
    """Every message that streams, oldest first."""
    found = connection.execute(
        "SELECT m.id, o.pid, o.started, o.boot FROM message AS m LEFT JOIN owner AS o ON o.message_id = m.id"
        " WHERE m.status = 'streaming' ORDER BY m.id"
    )
    return [Live(MessageId(row["id"]), _process(row)) for row in found]


def abandoned(streams: list[Live], here: ProcessIdentity) -> list[Live]:
    """Those whose process is gone. May start a program (macOS), so no lock should be held meanwhile."""
    processes = {one.process for one in streams if one.process is not None}
    running = {process for process in processes if process == here or is_alive(process)}
    return [one for one in streams if one.process not in running]


def _process(row: sqlite3.Row) -> ProcessIdentity | None:
    return None if row["pid"] is None else ProcessIdentity(row["pid"], row["started"], row["boot"])
