"""The outermost edge: whatever happens inside leaves as one line (or one JSON object) and an exit code."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from dsr1_tui.domain.fault import ExitCode, Fault, FaultError

NAME: Final = "dsr1-chat"
OWN_ERROR: Final = 1
"""Exit code of a fault of the program itself."""


def run_safely(run: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Run and give the exit code; never raises but for `SystemExit`."""
    as_json = "--json" in arguments
    try:
        return run(arguments)
    except FaultError as error:
        tell(error.fault, as_json=as_json)
        return error.fault.exit_code
    except KeyboardInterrupt:
        return interrupted(as_json=as_json)
    except BrokenPipeError:
        forget_stdout()
        return ExitCode.NO_ANSWER
    except Exception as error:  # noqa: BLE001  the outermost edge: no traceback reaches a user
        if os.environ.get("DSR1_DEBUG"):
            traceback.print_exc()
        _tell_own(_where(error), as_json=as_json)
        return OWN_ERROR


def tell(fault: Fault, *, as_json: bool) -> None:
    """One line on stderr; with `--json` one object on stdout as well."""
    if as_json:
        _print_object(fault.code.value, fault.message, fault.hint)
    warn(fault.line)


def _tell_own(where: str, *, as_json: bool) -> None:
    message, hint = f"hit an error of its own: {where}", "run with DSR1_DEBUG=1 for the traceback"
    if as_json:
        _print_object("internal", f"{NAME} {message}.", f"{hint[0].upper()}{hint[1:]}.")
    with suppress(OSError):
        sys.stderr.write(f"{NAME} {message}; {hint}\n")


def interrupted(*, as_json: bool) -> int:
    """What is said of a ctrl+c before there was anything to keep."""
    if as_json:
        _print_object("interrupted", "Interrupted before an answer began.", "")
    return ExitCode.INTERRUPTED


def warn(line: str) -> None:
    """One safe line on stderr."""
    from dsr1_tui.render.safe import safe  # noqa: PLC0415  only where something is said

    with suppress(OSError):  # nobody may listen; the exit code still says it
        sys.stderr.write(f"{NAME}: {' '.join(safe(line).split())}\n")
        sys.stderr.flush()


def _print_object(code: str, message: str, hint: str) -> None:
    from dsr1_tui.cli.result import error_object  # noqa: PLC0415  imports json

    try:
        sys.stdout.write(error_object(code, message, hint) + "\n")
        sys.stdout.flush()
    except OSError:
        forget_stdout()


def forget_stdout() -> None:
    """Point stdout nowhere, so that Python does not complain about a closed pipe when it exits."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass  # stdout is no real file: nothing will be flushed to it


def _where(error: BaseException) -> str:
    """The kind of error and the line of ours it came from; its text may hold a prompt or a key and is not shown."""
    home = str(Path(__file__).parent.parent)
    places = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(home)]
    if not places:
        return type(error).__name__
    return f"{type(error).__name__} at {places[-1].filename.removeprefix(home + os.sep)}:{places[-1].lineno}"
