"""Runs the command line in this process, and as a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dsr1_tui.cli.edge import run_safely
from dsr1_tui.cli.main import run


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left."""

    code: int
    out: str
    err: str


def run_here(capfd: pytest.CaptureFixture[str], *arguments: str) -> Said:
    """Run `dsr1-chat` with these arguments in this process, through the outermost edge."""
    capfd.readouterr()
    code = run_safely(run, arguments)
    out, err = capfd.readouterr()
    return Said(int(code), out, err)


def clean_environ(folder: Path, **more: str) -> dict[str, str]:
    """An environment of its own: folders below `folder`, none of the user's settings, no proxies."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "PYTHONPATH") if name in os.environ}
    own = {f"DSR1_{name}_DIR": str(folder / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    return {**kept, **own, "HOME": str(folder), **more}


@asynccontextmanager
async def running_cli(
    *arguments: str,
    env: Mapping[str, str],
    stdin: int = asyncio.subprocess.DEVNULL,
    stdout: int = asyncio.subprocess.PIPE,
) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    """`python -m dsr1_tui` at work; stdin is empty and stdout piped to us if not told otherwise. Ends with us."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dsr1_tui",
        *arguments,
        env=dict(env),
        stdin=stdin,
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def run_cli(*arguments: str, env: Mapping[str, str], feed: bytes | None = None) -> Said:
    """Run it to its end; `feed` is piped in."""
    stdin = asyncio.subprocess.DEVNULL if feed is None else asyncio.subprocess.PIPE
    async with running_cli(*arguments, env=env, stdin=stdin) as process:
        out, err = await asyncio.wait_for(process.communicate(feed), 60)
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())
