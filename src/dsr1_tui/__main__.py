"""The entry point of `dsr1-chat` and `python -m dsr1_tui`: as little as possible before the chat is on the screen."""

import gc
import sys
from collections.abc import Sequence

from dsr1_tui.cli.edge import run_safely


def _run(arguments: Sequence[str]) -> int:
    if not arguments:  # by far the most common start: click has nothing to parse
        from dsr1_tui.cli.asked import Asked  # noqa: PLC0415  each start imports only its own way
        from dsr1_tui.cli.launch import open_chat  # noqa: PLC0415  as above

        return open_chat(Asked())
    from dsr1_tui.cli.main import run  # noqa: PLC0415  as above

    return run(arguments)


def main() -> int:
    """Run the command line of this process; the exit code."""
    try:
        return run_safely(_run, sys.argv[1:])
    finally:
        gc.freeze()  # spares Python a last collection over all of openai or textual: 0.1 s before the prompt is back


if __name__ == "__main__":
    sys.exit(main())
