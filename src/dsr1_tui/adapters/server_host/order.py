"""What a supervisor is told to do, handed over through a pipe: its own environment and arguments hold no secret."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.server_host.log_writer import LOG_BYTES
from dsr1_tui.adapters.server_host.state_file import Kept, from_json, to_json
from dsr1_tui.domain.server.record import ServerRecord

KEEP: Final = "keep"
"""Word on the pipe: the server outlives whoever holds the other end."""
READY: Final = "ready"
"""Word on the pipe, with seconds behind it: the server answers since then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long things may take, and how large they may grow."""

    abandoned_s: float = 6.0
    """Wait for a server to end by itself once its program is gone, before it is killed."""
    requested_s: float = 60.0
    """The same where somebody asked for the end: only for when he is gone too, since he has a limit of his own."""
    orphans_s: float = 3.0
    """Wait for what a server left behind."""
    log_bytes: int = LOG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One server to start and watch."""

    record: ServerRecord
    """As far as it is known."""
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    """The server's whole environment, its key in it."""
    cwd: Path | None
    limits: Limits

    def to_line(self) -> bytes:
        """As it goes through the pipe."""
        limits = self.limits
        told = {
            "state": to_json(Kept(self.record)),
            "command": list(self.command),
            "environment": dict(self.environment),
            "cwd": str(self.cwd) if self.cwd else None,
            "limits": [limits.abandoned_s, limits.requested_s, limits.orphans_s, limits.log_bytes],
        }
        return json.dumps(told).encode() + b"\n"  # surrogates of undecodable variables are escaped by JSON

    @classmethod
    def from_line(cls, line: bytes) -> "Order":
        """What came through the pipe."""
        told = json.loads(line)
        abandoned_s, requested_s, orphans_s, log_bytes = told["limits"]
        return cls(
            record=from_json(told["state"]).record,
            command=tuple(told["command"]),
            environment=told["environment"],
            cwd=Path(told["cwd"]) if told["cwd"] else None,
            limits=Limits(
                abandoned_s=abandoned_s, requested_s=requested_s, orphans_s=orphans_s, log_bytes=int(log_bytes)
            ),
        )
