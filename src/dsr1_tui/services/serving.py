"""What `services.serve` tells its front ends while a server starts and stops."""

from dataclasses import dataclass

from dsr1_tui.domain.server.diagnosis import Diagnosis
from dsr1_tui.domain.server.progress import StartProgress
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.target import Target


@dataclass(frozen=True, slots=True)
class Launched:
    """First event of a start: the process runs."""

    record: ServerRecord
    expected_s: float | None
    """What earlier starts of this profile took (the median); `None` where there was none."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far it is; told about twice a second."""

    progress: StartProgress
    elapsed_s: float
    last_line: str
    """The last line of its log, fit to be shown."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Last event of a good start."""

    record: ServerRecord
    target: Target
    """With its key."""
    took_s: float


@dataclass(frozen=True, slots=True)
class StartFailed:
    """Last event of a failed start: what happened, why, what to do."""

    record: ServerRecord
    diagnosis: Diagnosis


StartEvent = Launched | Progressed | Answers | StartFailed


@dataclass(frozen=True, slots=True)
class Stopping:
    """It was asked to end, and has not yet."""

    elapsed_s: float
    limit_s: float
    """After so long it is killed."""
    killed: bool
    """Whether that has come to pass."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Last event of a stop: no process of its group is left."""

    exit_code: int | None
    took_s: float


StopEvent = Stopping | Stopped
