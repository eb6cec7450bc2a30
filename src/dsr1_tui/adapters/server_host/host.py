"""Starts servers under supervisors, finds those of earlier runs, and ends them without ever touching a stranger."""

import errno
import json
import os
import re
import secrets
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from dsr1_tui.adapters.engine_env import clean_environment
from dsr1_tui.adapters.paths import make_private
from dsr1_tui.adapters.process_identity import is_alive, this_process
from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.order import KEEP, READY, Limits, Order
from dsr1_tui.adapters.server_host.port_owner import port_owner, why_not_free
from dsr1_tui.adapters.server_host.process_table import family, running_processes, send
from dsr1_tui.adapters.server_host.state_file import Kept, identity_from, mark_of, read_state, state_path
from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.record import ProcessMark, ServerRecord
from dsr1_tui.ports import ServerState

API_KEY: Final = "VLLM_API_KEY"
REPLY_S: Final = 30.0
"""Longest wait for a supervisor, which is a small Python, to say that it started the server."""
CONFIRM_S: Final = 5.0
_LOOK_S: Final = 0.01
_SCRIPT: Final = Path(__file__).with_name("supervise.py")
_PASSED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What an interpreter may need to run at all; the rest, keys among it, is none of a supervisor's business."""
_NOBODY: Final = ProcessMark(pid=0, started="", boot="")


class LocalServerHost:
    """Satisfies `ports.ServerHost`."""

    def __init__(self, folder: ServerFolder, environ: Mapping[str, str], limits: Limits | None = None) -> None:
        self._folder = folder
        self._environ = environ
        self._limits = limits or Limits()
        self._pipes: dict[str, IO[bytes]] = {}
        """To the supervisors of the servers that this object started; when they close, servers not kept end."""

    def launch(self, plan: ServerPlan, *, keep: bool) -> ServerRecord:
        """Start a server under a supervisor of its own."""
        make_private(self._folder.path, code=FaultCode.SERVER_START)
        _demand_port(plan)
        self._folder.prune(plan.profile, self._is_over)
        record = self._record(plan, kept=keep)
        order = Order(
            record=record,
            command=plan.command,
            environment=self._environment(plan),
            cwd=plan.cwd,
            limits=self._limits,
        )
        pipe, reply = _supervised(order)
        kept = read_state(state_path(record))
        if reply.get("started") is not True or kept is None:
            pipe.close()
            self._folder.remove(record)
            raise _not_started(record, reply)
        self._pipes[record.id] = pipe
        return kept.record

    def running(self) -> tuple[ServerRecord, ...]:
        """Those whose supervisor or server is alive."""
        return tuple(record for record in self._folder.records() if not self._is_over(record))

    def look(self, record: ServerRecord) -> ServerState:
        """Read its state anew."""
        runs = not self._is_over(record)  # before reading: what is over has written its last
        kept = read_state(state_path(record))
        latest = kept.record if kept is not None else record
        if not runs and (pipe := self._pipes.pop(record.id, None)) is not None:
            _close(pipe)
        return ServerState(latest, runs)

    def end(self, record: ServerRecord, *, kill: bool) -> bool:
        """Ask its supervisor; where that is gone, its processes."""
        kept = read_state(state_path(record)) or Kept(record)
        if _lives(kept.record.supervisor):
            _signal(kept.record.supervisor, signal.SIGUSR2 if kill else signal.SIGINT)
            return True
        server = kept.record.server
        if server is not None and _lives(server):
            own = {process.pid for process in family(server.pid, running_processes())}
            send(own, signal.SIGKILL if kill else signal.SIGTERM)
            return True
        return False

    def keep(self, record: ServerRecord) -> ServerRecord:
        """Tell its supervisor, and wait until it has written that down."""
        if not self._say(record, KEEP) and _lives(record.supervisor):
            _signal(record.supervisor, signal.SIGUSR1)
        until = time.monotonic() + CONFIRM_S
        while (state := self.look(record)).runs and not state.record.kept and time.monotonic() < until:
            time.sleep(_LOOK_S)
        if not state.runs or not state.record.kept:
            hint = f"Its log is {record.log}."
            raise fail(FaultCode.SERVER_START, f"The server on port {record.port} runs no more.", hint)
        return state.record

    def note_ready(self, record: ServerRecord, took_s: float) -> None:
        """Have it written down how long it took, where this object started it."""
        self._say(record, f"{READY} {took_s:.1f}")

    def held(self) -> tuple[ServerRecord, ...]:
        """Those that would end if this object were closed."""
        return tuple(record for record in self.running() if record.id in self._pipes and not record.kept)

    def close(self) -> None:
        """Let go of all servers: those that are not kept end, without being waited for."""
        while self._pipes:
            _close(self._pipes.popitem()[1])

    def _say(self, record: ServerRecord, words: str) -> bool:
        pipe = self._pipes.get(record.id)
        if pipe is None:
            return False
        try:
            pipe.write(words.encode("ascii") + b"\n")
        except OSError:  # it ended
            return False
        return True

    def _record(self, plan: ServerPlan, *, kept: bool) -> ServerRecord:
        now = time.time()
        name = re.sub(r"[^a-z0-9]+", "-", plan.profile.lower()).strip("-")[-40:] or "server"
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
        known = f"{name}-{stamp}-{secrets.token_hex(2)}"
        return ServerRecord(
            id=known,
            profile=plan.profile,
            model=plan.model,
            served_name=plan.served_name,
            host=plan.host,
            port=plan.port,
            supervisor=_NOBODY,
            log=self._folder.path / f"{known}.log",
            started=now,
            kept=kept,
            key_file=plan.key_file,
            flags=plan.flags,
            owner=mark_of(this_process()),
        )

    def _environment(self, plan: ServerPlan) -> dict[str, str]:
        environment = {**clean_environment(self._environ), **plan.environment}
        # The plan's key or none: with the user's own for other servers, nobody would know why ours refuses us.
        environment.pop(API_KEY, None)
        return environment if plan.api_key is None else {**environment, API_KEY: plan.api_key}

    def _is_over(self, record: ServerRecord) -> bool:
        return not _lives(record.supervisor) and not (record.server is not None and _lives(record.server))


def _supervised(order: Order) -> tuple[IO[bytes], dict[str, object]]:
    """Start a supervisor: the pipe to it, and its first words."""
    try:
        process = subprocess.Popen(  # noqa: S603  our own interpreter and script
            (sys.executable, "-I", "-S", str(_SCRIPT)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED if name in os.environ},
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise fail(FaultCode.SERVER_START, f"{sys.executable} cannot be started: {why}.") from None
    assert process.stdin is not None, "it was asked for"
    assert process.stdout is not None, "it was asked for"
    with process.stdout as answers:
        with suppress(OSError):
            _write_all(process.stdin, order.to_line())
        process.wait()  # it goes into the background at once
        said = b""
        until = time.monotonic() + REPLY_S
        while b"\n" not in said and select.select([answers], [], [], max(until - time.monotonic(), 0))[0]:
            data = answers.read(65536)
            if not data:
                break
            said += data
    try:
        told = json.loads(said)
    except ValueError:
        told = {}
    return process.stdin, told if isinstance(told, dict) else {}


def _not_started(record: ServerRecord, reply: dict[str, object]) -> FaultError:
    where, why = reply.get("where"), reply.get("why")
    if not isinstance(where, str):
        return fail(FaultCode.SERVER_START, "vLLM cannot be started: its supervisor ended.", "Try again.")
    if where == str(record.log):
        hint = "Give another folder with DSR1_STATE_DIR."
        return fail(FaultCode.SERVER_START, f"The log {where} cannot be written: {why}.", hint)
    hint = "Look at the path, or install vLLM: dsr1-chat engine install."
    return fail(FaultCode.SERVER_START, f"vLLM cannot be started: {where}: {why}.", hint)


def _write_all(pipe: IO[bytes], data: bytes) -> None:
    while data:
        data = data[pipe.write(data) :]


def _close(pipe: IO[bytes]) -> None:
    with suppress(OSError):
        pipe.close()


def _demand_port(plan: ServerPlan) -> None:
    error = why_not_free(plan.host, plan.port)
    if error is None:
        return
    if error.errno in {errno.EADDRINUSE, None}:
        owner = port_owner(plan.port)
        who = f" by {owner.name or 'a program'} (process {owner.pid})" if owner else ""
        raise fail(FaultCode.SERVER_START, f"Port {plan.port} is taken{who}.", "Use that server, or take another port.")
    reason = error.strerror or str(error)
    what = f"vLLM cannot listen on {plan.host}:{plan.port}: {reason}."
    raise fail(FaultCode.SERVER_START, what, "Take another address or port.")


def _lives(mark: ProcessMark) -> bool:
    return mark.pid > 0 and is_alive(identity_from(mark))


def _signal(mark: ProcessMark, number: int) -> None:
    """Send a signal to that very process."""
    if _lives(mark):
        send([mark.pid], number)
