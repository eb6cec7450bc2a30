"""The entry point of `dsr1-chat` and `python -m dsr1_tui`: as little as possible before the chat is on the screen."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Final

from dsr1_tui.cli.edge import run_safely

COMPLETE: Final = "_DSR1_CHAT_COMPLETE"
"""The variable by which a shell asks click for completions."""


def _run(arguments: Sequence[str]) -> int:
    if not arguments and COMPLETE not in os.environ:  # by far the most common start: click has nothing to parse
        from dsr1_tui.cli.asked import Asked  # noqa: PLC0415  each start imports only its own way
        from dsr1_tui.cli.launch import open_chat  # noqa: PLC0415  as above

        return open_chat(Asked())
    from dsr1_tui.cli.main import run  # noqa: PLC0415  as above

    return run(arguments)


def _fill_closed_streams() -> None:
    """Put /dev/null where a standard stream was closed (`>&-`): else a file opened later would stand in its place."""
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  a descriptor, for good


def main() -> int:
    """Run the command line of this process; the exit code."""
    _fill_closed_streams()
    try:
        return run_safely(_run, sys.argv[1:])
    finally:
        gc.freeze()  # spares Python a last collection over all of openai or textual: 0.1 s before the prompt is back


if __name__ == "__main__":
    sys.exit(main())
