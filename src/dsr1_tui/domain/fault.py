"""What can go wrong, in one plain sentence each, and the exit code that says so to a script."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """The documented exit codes of every headless command."""

    DONE = 0
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    NO_ANSWER = 5
    INTERRUPTED = 130


class FaultCode(StrEnum):
    """Machine-readable names of faults, as `error.code` of `--json`."""

    USAGE = "usage"
    CONFIG = "config"
    STORE = "store"
    STORE_NEWER = "store-newer"
    NOT_FOUND = "not-found"
    UNREACHABLE = "unreachable"
    PROXY = "proxy"
    NOT_AN_API = "not-an-api"
    UNAUTHORIZED = "unauthorized"
    MODEL_NOT_FOUND = "model-not-found"
    CONTEXT_OVERFLOW = "context-overflow"
    REFUSED = "refused"
    SERVER_ERROR = "server-error"
    ENGINE_DIED = "engine-died"
    STREAM_BROKEN = "stream-broken"
    SILENT = "silent"
    ENGINE_INSTALL = "engine-install"
    SERVER_START = "server-start"
    """A server of ours did not come up, or cannot be started."""
    SSH = "ssh"
    INTERNAL = "internal"


_EXIT = {
    FaultCode.UNREACHABLE: ExitCode.UNREACHABLE,
    FaultCode.PROXY: ExitCode.UNREACHABLE,
    FaultCode.NOT_AN_API: ExitCode.UNREACHABLE,
    FaultCode.UNAUTHORIZED: ExitCode.REFUSED,
    FaultCode.MODEL_NOT_FOUND: ExitCode.REFUSED,
    FaultCode.CONTEXT_OVERFLOW: ExitCode.REFUSED,
    FaultCode.REFUSED: ExitCode.REFUSED,
    FaultCode.SERVER_ERROR: ExitCode.REFUSED,
    FaultCode.ENGINE_DIED: ExitCode.NO_ANSWER,
    FaultCode.STREAM_BROKEN: ExitCode.NO_ANSWER,
    FaultCode.SILENT: ExitCode.NO_ANSWER,
    FaultCode.SERVER_START: ExitCode.NO_ANSWER,
    FaultCode.SSH: ExitCode.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that went wrong: what, and what to do about it."""

    code: FaultCode
    message: str
    """One sentence without secrets, prompts or a traceback."""
    hint: str = ""
    """What to do; empty where nothing can be said."""

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a headless command that ends with this fault."""
        return _EXIT.get(self.code, ExitCode.USAGE)

    @property
    def line(self) -> str:
        """Message and hint on one line."""
        return f"{self.message} {self.hint}".strip()


class FaultError(Exception):
    """Carries a `Fault` up to the front end that tells it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.line)
        self.fault = fault


def fail(code: FaultCode, message: str, hint: str = "") -> FaultError:
    """A ready exception, so that a raise reads as one line."""
    return FaultError(Fault(code, message, hint))
