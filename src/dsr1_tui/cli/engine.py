"""`dsr1-chat engine`: install, look at and remove vLLM's own environment."""

import asyncio
import os
import shlex
import sys
from contextlib import aclosing

import click

from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.engine_talk import EngineTalk, size
from dsr1_tui.cli.options import CONTEXT
from dsr1_tui.cli.result import json_line
from dsr1_tui.cli.stopping import signals_stop
from dsr1_tui.domain.engine import Build, EngineStatus, engine_python
from dsr1_tui.domain.fault import ExitCode
from dsr1_tui.render.safe import safe
from dsr1_tui.services.engine import EnginePorts, Prepared, engine_status, install_engine, prepare_engine, remove_engine
from dsr1_tui.wiring import find_engine


@click.group("engine", context_settings=CONTEXT, no_args_is_help=False)
def engine() -> int:
    """Install, look at and remove vLLM in an environment of its own (DSR1_ENGINE_DIR)."""
    return ExitCode.DONE


@engine.command("install", context_settings=CONTEXT)
@click.option("--cpu", is_flag=True, help="Take the CPU build even where there is a CUDA GPU.")
@click.option("--dry-run", is_flag=True, help="Print the commands and do nothing.")
def install(*, cpu: bool, dry_run: bool) -> int:
    """Install vLLM: the newest that the NVIDIA driver runs, else the CPU build.

    It takes minutes and gigabytes. Stop it with ctrl+c and run it again: it goes on where it stopped.
    """
    return asyncio.run(_install(find_engine(os.environ), cpu=cpu, dry_run=dry_run))


async def _install(ports: EnginePorts, *, cpu: bool, dry_run: bool) -> int:
    prepared = await prepare_engine(ports, cpu=cpu)
    if dry_run:
        _print_commands(prepared)
        if prepared.fault is not None:
            warn(f"It would be refused: {prepared.fault.line}")
        return ExitCode.DONE
    plan = prepared.plan
    talk = EngineTalk(ports.clock)
    talk.say(f"vLLM ({'CPU build' if plan.build is Build.CPU else 'CUDA'}) into {plan.folder}")
    with signals_stop() as stopping:
        ticking = asyncio.create_task(talk.tick())
        try:
            async with aclosing(install_engine(ports, prepared)) as events:
                async for event in events:
                    talk.feed(event)
        except asyncio.CancelledError:
            if stopping.exit_code is None:
                raise
            talk.say("Stopped. The same command goes on from here.")
            return stopping.exit_code
        finally:
            ticking.cancel()
            talk.clear()
    return ExitCode.DONE


def _print_commands(prepared: Prepared) -> None:
    plan = prepared.plan
    lines = [f"# {plan.recipe} into {plan.folder}"]
    for number, step in enumerate(plan.steps, 1):
        done = " (done)" if prepared.is_done(step) else ""
        lines.append(f"# {number}/{len(plan.steps)} {step.title}{done}")
        lines.append(" || ".join(shlex.join(argv) for argv in step.ways))
    click.echo("\n".join(safe(line) for line in lines))


@engine.command("status", context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, as_json: bool) -> int:
    """Say what is installed, and where."""
    found = asyncio.run(engine_status(find_engine(os.environ)))
    click.echo(json_line(_as_object(found)) if as_json else safe(_told(found)))
    return ExitCode.DONE


def _told(found: EngineStatus) -> str:
    record = found.record
    if record is None:
        return f"No engine is installed in {found.folder}. Install one: dsr1-chat engine install."
    if not found.installed:
        went = f"{len(record.done)} steps done, {size(found.used_bytes)}"
        return f"An installation into {found.folder} was not finished ({went}). Go on: dsr1-chat engine install."
    build = "CPU build" if record.build is Build.CPU else "CUDA"
    return f"vLLM {record.version} ({build}) in {found.folder}, {size(found.used_bytes)}."


def _as_object(found: EngineStatus) -> dict[str, object]:
    record = found.record
    return {
        "installed": found.installed,
        "folder": str(found.folder),
        "build": record.build.value if record is not None else None,
        "version": record.version if record is not None else None,
        "steps_done": list(record.done) if record is not None else [],
        "python": str(engine_python(found.folder)) if found.installed else None,
        "used_bytes": found.used_bytes,
    }


@engine.command("remove", context_settings=CONTEXT)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def remove(ctx: click.Context, /, *, yes: bool) -> int:
    """Remove it from the disk."""
    ports = find_engine(os.environ)
    found = asyncio.run(engine_status(ports))
    if found.record is None:
        warn(f"No engine is installed in {found.folder}.")
        return ExitCode.DONE
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked here; say --yes.", ctx)
        if not click.confirm(safe(f"Remove {found.folder} ({size(found.used_bytes)})?"), err=True):
            warn("Nothing was removed.")
            return ExitCode.DONE
    asyncio.run(remove_engine(ports))
    warn(f"Removed {found.folder} ({size(found.used_bytes)}).")
    return ExitCode.DONE
