"""Runs the doctor's checks and prints them in their order as they end."""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import replace
from typing import Final

import click

from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.result import json_line
from dsr1_tui.cli.stopping import signals_stop
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.doctor import KINDS, Check, CheckId, Report, State, Topic, check_lines, repeated
from dsr1_tui.domain.fault import ExitCode, FaultCode, FaultError
from dsr1_tui.domain.target import Target
from dsr1_tui.render.safe import safe
from dsr1_tui.services.doctor import examine
from dsr1_tui.services.doctor_ports import DoctorPorts, DoctorWish
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.resolve import resolve_target
from dsr1_tui.wiring import find_doctor

_NOT_WELL: Final = 1
_CLEAR: Final = "\r\x1b[K"
_WAITED_FOR: Final = 3
"""Titles that the waiting line names."""


def look_around(
    asked: Asked, environ: Mapping[str, str], *, profile: str | None, ask_terminal: bool, as_json: bool
) -> int:
    """Run all checks and print them; the exit code.

    Raises:
        FaultError: (usage) contradicting flags, an endpoint that is not in the config file.
    """
    ports = find_doctor(environ, config=asked.config)
    wish = DoctorWish(model=asked.target.model, profile=profile, ask_terminal=ask_terminal)
    target = None if asked.demo else _target(ports, asked, environ)
    kit: Kit | None = None
    if asked.demo or (target is not None and target.needs_tunnel):
        from dsr1_tui.wiring import build_kit  # noqa: PLC0415  only a tunnel and the demo need it

        kit = build_kit(environ, config=asked.config)
    try:
        if kit is not None and target is not None:
            from dsr1_tui.cli.tunnel import open_tunnel  # noqa: PLC0415  as above

            try:
                target = open_tunnel(kit, target)  # before the event loop runs: ssh may have to ask
            except FaultError as error:
                wish, target = replace(wish, fault=error.fault), None
        return asyncio.run(_told(ports, replace(wish, target=target), kit if asked.demo else None, as_json=as_json))
    finally:
        if kit is not None:
            asyncio.run(kit.aclose())


def _target(ports: DoctorPorts, asked: Asked, environ: Mapping[str, str]) -> Target | None:
    """The endpoint that flags, environment or file name; a file that is broken is told by a check of its own."""
    try:
        config = ports.config_file.load()
    except FaultError as error:
        if error.fault.code is not FaultCode.CONFIG:
            raise
        config = Config()
    resolved = resolve_target(asked.target, environ, config)
    return None if resolved is None else resolved.target


async def _told(ports: DoctorPorts, wish: DoctorWish, demo: Kit | None, *, as_json: bool) -> int:
    talk = _Talk(as_json=as_json)
    checks: list[Check] = []
    with signals_stop() as stopping:
        try:
            async with AsyncExitStack() as stack:
                if demo is not None:
                    wish = replace(wish, target=await stack.enter_async_context(demo.open_demo()))
                talk.wait(checks)
                async for check in await stack.enter_async_context(aclosing(examine(ports, wish))):
                    checks.append(check)
                    talk.say(checks)
        except asyncio.CancelledError:
            if stopping.exit_code is None:
                raise
            talk.clear()
            return stopping.exit_code
    report = Report(tuple(checks))
    talk.end(report)
    return _NOT_WELL if report.verdict is State.FAIL else ExitCode.DONE


class _Talk:
    """Lines on stdout in the order of the checks; on a terminal, what is waited for stands on stderr meanwhile."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._live = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._left = list(CheckId)
        self._topic: Topic | None = None

    def say(self, checks: list[Check]) -> None:
        """Print what can be printed by now."""
        if self._as_json:
            return
        self.clear()
        known = {check.id: check for check in checks}
        while self._left and self._left[0] in known:
            check = known[self._left.pop(0)]
            if check.kind.topic is not self._topic:
                click.echo(("" if self._topic is None else "\n") + check.kind.topic.value)
                self._topic = check.kind.topic
            for line in check_lines(check, remedy=check.id not in repeated(checks)):
                click.echo(safe(line))
        self.wait(checks)

    def wait(self, checks: list[Check]) -> None:
        """Say what is waited for."""
        ended = {check.id for check in checks}
        missing = [KINDS[known].title for known in self._left if known not in ended]
        if self._live and not self._as_json and missing:
            more = " …" if len(missing) > _WAITED_FOR else ""
            _write(f"{_CLEAR}looking at {', '.join(missing[:_WAITED_FOR])}{more}")

    def clear(self) -> None:
        """Take that away."""
        if self._live and not self._as_json:
            _write(_CLEAR)

    def end(self, report: Report) -> None:
        """The whole, where it is one object; the counts else."""
        click.echo(json_line(report.as_object()) if self._as_json else f"\n{report.summary}")


def _write(text: str) -> None:
    with suppress(OSError):  # nobody may watch
        sys.stderr.write(text)
        sys.stderr.flush()
