"""What `serve` prints: the command line of a dry run, the servers that run, a start that failed."""

import shlex
from collections.abc import Iterable, Iterator
from typing import Final

from dsr1_tui.cli.edge import NAME
from dsr1_tui.cli.result import json_line
from dsr1_tui.domain.discovery import GIB
from dsr1_tui.domain.server.command import UNGUARDED, VllmSource
from dsr1_tui.domain.server.concern import Grade
from dsr1_tui.domain.server.diagnosis import Diagnosis, FlagChange
from dsr1_tui.domain.server.profile import shell_words, with_changes
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.target import Target
from dsr1_tui.render.safe import safe
from dsr1_tui.services.plan_serve import NO_VLLM, Settled
from dsr1_tui.services.server_status import ServerNow
from dsr1_tui.services.serving import Stopped

KEY: Final = "VLLM_API_KEY"


def dry_text(settled: Settled) -> str:
    """The exact command line, then a `KEY=value` line for each variable that is set for it; a key is not shown."""
    plan = settled.plan
    lines = [shlex.join(plan.command), *(f"{name}={value}" for name, value in _environment(settled).items())]
    return "\n".join(safe(line) for line in lines)


def dry_object(settled: Settled) -> str:
    """The same as one object."""
    plan = settled.plan
    return json_line(
        {
            "command": list(plan.command),
            "environment": _environment(settled),
            "profile": settled.name,
            "model": plan.model,
            "served_model_name": plan.served_name,
            "base_url": plan.target.base_url,
            "vllm": settled.vllm.source.name.lower(),
            "cpu_build": settled.vllm.cpu,
            "warnings": [
                {
                    "code": concern.code.value,
                    "grade": concern.grade.value,
                    "message": concern.message,
                    "hint": concern.hint,
                    "flags": flags_object(concern.flags),
                }
                for concern in settled.concerns
            ],
        }
    )


def remarks(settled: Settled, *, dry: bool) -> Iterator[str]:
    """Lines for stderr: what to know before the start."""
    if dry and settled.vllm.source is VllmSource.NOWHERE:
        yield NO_VLLM.line
    for concern in settled.concerns:
        refused = dry and concern.grade is Grade.REFUSAL
        yield f"It would be refused: {concern.line}" if refused else concern.line
    if settled.profile.expose and not settled.exposed:
        yield f"--expose does nothing while it listens on {settled.plan.host}: name an address, like --host 0.0.0.0."
    if settled.exposed:
        host, port = settled.plan.host, settled.plan.port
        yield f"It listens on {host}:{port}: other machines can reach it. The API key is {settled.key_from}."
        yield from UNGUARDED


def again(settled: Settled, changes: Iterable[FlagChange]) -> str:
    """The command that starts it with changed flags, for a shell."""
    said = with_changes(settled.said, changes)
    return shlex.join((NAME, "serve", *shell_words(said)))


def failure_object(settled: Settled, diagnosis: Diagnosis, record: ServerRecord) -> str:
    """A start that failed."""
    return json_line(
        {
            "code": diagnosis.code.value,
            "cause": diagnosis.cause,
            "line": diagnosis.line,
            "remedy": diagnosis.remedy,
            "flags": flags_object(diagnosis.flags),
            "command": again(settled, diagnosis.flags) if diagnosis.flags else None,
            "log": str(record.log),
            "error": {"code": "server-start", "message": diagnosis.cause, "hint": diagnosis.remedy},
        }
    )


def flags_object(flags: Iterable[FlagChange]) -> dict[str, str | None]:
    """Changed flags by name."""
    return {change.flag: change.value for change in flags}


def ready_object(record: ServerRecord, target: Target, took_s: float) -> str:
    """A server that answers."""
    return json_line({**_fields(record), "ready": True, "base_url": target.base_url, "took_s": round(took_s, 1)})


def interrupted_object() -> str:
    """A start that a signal ended."""
    message = "Interrupted before the server answered."
    return json_line({"error": {"code": "interrupted", "message": message, "hint": ""}})


def left_object(record: ServerRecord) -> str:
    """A server that is left to come up by itself."""
    return json_line({**_fields(record), "base_url": record.target.base_url, "ready": False})


def stopped_object(stopped: Iterable[tuple[ServerRecord, Stopped]]) -> str:
    """Servers that were ended."""
    told = [
        {"id": record.id, "exit_code": event.exit_code, "took_s": round(event.took_s, 1)} for record, event in stopped
    ]
    return json_line({"stopped": told})


def status_object(found: Iterable[ServerNow]) -> str:
    """The servers that run."""
    return json_line(
        {
            "servers": [
                {
                    **_fields(now.record),
                    "state": now.state,
                    "ready": now.answers,
                    "up_s": round(now.up_s),
                    "memory_bytes": now.memory_bytes,
                }
                for now in found
            ]
        }
    )


def status_text(found: tuple[ServerNow, ...]) -> str:
    """The servers that run, three lines each."""
    if not found:
        return "No server of ours runs. Start one: dsr1-chat serve."
    return "\n".join(safe(line) for now in found for line in _lines(now))


def named(records: Iterable[ServerRecord]) -> str:
    """Servers by their ids, with what tells them apart."""
    return ", ".join(f"{record.id} ({record.served_name}, port {record.port})" for record in records)


def _lines(now: ServerNow) -> Iterator[str]:
    record = now.record
    yield f"{record.id}  {record.served_name}  {record.target.base_url}"
    whose = "kept" if record.kept else f"ends with its {NAME}"
    if record.owner is not None and not record.kept:
        whose += f" (process {record.owner.pid})"
    parts = [now.state, f"up {_span(now.up_s)}", whose]
    if record.server is not None:
        parts.append(f"process {record.server.pid}")
    if now.memory_bytes is not None:
        parts.append(f"{now.memory_bytes / GIB:.1f} GiB of memory")
    yield f"    {', '.join(parts)}"
    yield f"    log {record.log}"


def _span(seconds: float) -> str:
    whole = max(0, int(seconds))
    if whole < 120:  # noqa: PLR2004  two minutes, from which on seconds say nothing
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 7200 else f"{whole / 3600:.1f} h"  # noqa: PLR2004  two hours, likewise


def _fields(record: ServerRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "profile": record.profile,
        "model": record.model,
        "served_model_name": record.served_name,
        "port": record.port,
        "base_url": record.target.base_url,
        "ready": record.ready_s is not None,
        "kept": record.kept,
        "started": record.started,
        "pid": None if record.server is None else record.server.pid,
        "owner_pid": None if record.owner is None else record.owner.pid,
        "log": str(record.log),
        "key_file": None if record.key_file is None else str(record.key_file),
    }


def _environment(settled: Settled) -> dict[str, str]:
    found = dict(settled.plan.environment)
    if settled.plan.api_key is not None:
        found[KEY] = f"<{settled.key_from}>"
    return found
