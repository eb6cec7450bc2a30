"""A server's state file: what its supervisor knows of it, for every later run of this program; it never holds a key."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.private_file import replace_file
from dsr1_tui.adapters.process_identity import ProcessIdentity
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.server.record import ProcessMark, ServerRecord

FORM: Final = 1
"""The form's number; a file of another form is not read."""
ENDING: Final = ".json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A state file's content."""

    record: ServerRecord
    ending: bool = False
    """Whether the server was asked to end."""


def state_path(record: ServerRecord) -> Path:
    """Where a server's state is kept: beside its log."""
    return record.log.with_name(record.id + ENDING)


def write_state(kept: Kept) -> None:
    """Replace it whole.

    Raises:
        FaultError: (server-start).
    """
    path = state_path(kept.record)
    replace_file(path, json.dumps(to_json(kept), indent=1) + "\n", code=FaultCode.SERVER_START)


def read_state(path: Path) -> Kept | None:
    """What a state file holds; `None` where there is none, or none of ours."""
    try:
        told: object = json.loads(path.read_text("utf-8"))
        kept = from_json(told)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # A file that was moved or copied speaks of another's log.
    return kept if kept.record.log == path.with_name(kept.record.id + ".log") and path.stem == kept.record.id else None


def to_json(kept: Kept) -> dict[str, object]:
    """As JSON holds it."""
    record = kept.record
    return {
        "form": FORM,
        "id": record.id,
        "profile": record.profile,
        "model": record.model,
        "served_name": record.served_name,
        "host": record.host,
        "port": record.port,
        "supervisor": _mark_to_json(record.supervisor),
        "server": _mark_to_json(record.server) if record.server else None,
        "log": str(record.log),
        "started": record.started,
        "kept": record.kept,
        "ready_s": record.ready_s,
        "exit_code": record.exit_code,
        "key_file": str(record.key_file) if record.key_file else None,
        "flags": record.flags,
        "owner": _mark_to_json(record.owner) if record.owner else None,
        "ending": kept.ending,
    }


def from_json(told: object) -> Kept:
    """What JSON holds.

    Raises:
        ValueError, KeyError, TypeError: it is not of this form.
    """
    if not isinstance(told, dict) or told["form"] != FORM:
        raise ValueError(FORM)
    ready, code = told["ready_s"], told["exit_code"]
    record = ServerRecord(
        id=str(told["id"]),
        profile=str(told["profile"]),
        model=str(told["model"]),
        served_name=str(told["served_name"]),
        host=str(told["host"]),
        port=int(told["port"]),
        supervisor=_mark_from_json(told["supervisor"]),
        server=_mark_from_json(told["server"]) if told["server"] else None,
        log=Path(told["log"]),
        started=float(told["started"]),
        kept=bool(told["kept"]),
        ready_s=None if ready is None else float(ready),
        exit_code=None if code is None else int(code),
        key_file=Path(told["key_file"]) if told["key_file"] else None,
        flags=str(told.get("flags", "")),
        owner=_mark_from_json(told["owner"]) if told.get("owner") else None,
    )
    return Kept(record, ending=bool(told["ending"]))


def mark_of(process: ProcessIdentity) -> ProcessMark:
    """A process as a record keeps it."""
    return ProcessMark(pid=process.pid, started=process.started, boot=process.boot)


def identity_from(mark: ProcessMark) -> ProcessIdentity:
    """The process that a record means."""
    return ProcessIdentity(mark.pid, mark.started, mark.boot)


def _mark_to_json(mark: ProcessMark) -> dict[str, object]:
    return {"pid": mark.pid, "started": mark.started, "boot": mark.boot}


def _mark_from_json(told: object) -> ProcessMark:
    if not isinstance(told, dict):
        raise TypeError(told)
    return ProcessMark(pid=int(told["pid"]), started=str(told["started"]), boot=str(told["boot"]))
