"""Runs the real `dsr1-chat` with the callbacks of its event loop timed, and writes those that took long at its exit.

python benchmarks/stream_app.py slow.json --base-url http://127.0.0.1:9101
"""

import asyncio
import json
import runpy
import sys
import time
from pathlib import Path
from typing import Final

KEEP_S: Final = 0.002
"""Callbacks quicker than this are not worth a note."""


class SlowCallbacks:
    """Times what an event loop calls. Two readings of the clock a callback: it adds well under a percent."""

    def __init__(self) -> None:
        self.found: list[tuple[float, float, str]] = []
        """(began, seconds, name), `time.monotonic`."""

    def watch(self) -> None:
        """From now on, in every loop of this process.

        asyncio's own way (`loop.slow_callback_duration`) needs its debug mode, which slows everything down; so the one
        method through which each callback goes is wrapped.
        """
        run, found, clock = asyncio.Handle._run, self.found, time.monotonic  # noqa: SLF001  see above

        def timed(handle: asyncio.Handle) -> None:
            began = clock()
            run(handle)
            took = clock() - began
            if took >= KEEP_S:
                found.append((began, took, _name(handle)))

        asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]  # noqa: SLF001  see above

    def write(self, path: Path) -> None:
        """All of them as JSON."""
        path.write_text(json.dumps(self.found), encoding="utf-8")


def _name(handle: asyncio.Handle) -> str:
    callback = handle._callback  # type: ignore[attr-defined]  # noqa: SLF001  asyncio's debug mode reads it too
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return f"task {owner.get_name()}"
    return str(getattr(callback, "__qualname__", type(callback).__name__))


def main() -> None:
    figures = Path(sys.argv[1])
    sys.argv[:] = ["dsr1-chat", *sys.argv[2:]]
    slow = SlowCallbacks()
    slow.watch()
    try:
        runpy.run_module("dsr1_tui", run_name="__main__")
    finally:
        slow.write(figures)


if __name__ == "__main__":
    main()
