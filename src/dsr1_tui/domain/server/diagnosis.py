"""Why a server did not come up: a code, a cause, and the flags that would work."""

from dataclasses import dataclass
from enum import StrEnum


class StartCode(StrEnum):
    """The ways a start ends."""

    PORT_IN_USE = "port-in-use"
    GPU_OUT_OF_MEMORY = "gpu-out-of-memory"
    KV_CACHE_TOO_SMALL = "kv-cache-too-small"
    MAX_LEN_TOO_LONG = "max-len-too-long"
    MODEL_NOT_FOUND = "model-not-found"
    HUB_OFFLINE = "hub-offline"
    WEIGHTS_MISSING = "weights-missing"
    WEIGHTS_DAMAGED = "weights-damaged"
    CONFIG_MISSING = "config-missing"
    BAD_FLAG = "bad-flag"
    BAD_QUANTIZATION = "bad-quantization"
    BAD_REASONING_PARSER = "bad-reasoning-parser"
    TENSOR_PARALLEL_MISMATCH = "tensor-parallel-mismatch"
    RAY_MISSING = "ray-missing"
    ENGINE_DIED = "engine-died"
    CPU_MEMORY = "cpu-memory"
    CUDA_MISSING = "cuda-missing"
    DRIVER_TOO_OLD = "driver-too-old"
    DTYPE_UNSUPPORTED = "dtype-unsupported"
    HUB_AUTH = "hub-auth"
    DISK_FULL = "disk-full"
    SHUTDOWN_HANG = "shutdown-hang"
    OK = "ok"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagChange:
    """One flag to start again with."""

    flag: str
    """Under vLLM's own name, like `--max-model-len`."""
    value: str | None
    """What it is set to; `None` takes the flag away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a log tells."""

    code: StartCode
    cause: str
    """One sentence."""
    line: str = ""
    """The decisive line of the log, fit to be shown; empty where there is none."""
    remedy: str = ""
    """What to do, one sentence."""
    flags: tuple[FlagChange, ...] = ()
    """The changed flags that would work; empty where no flag helps."""

    @property
    def ok(self) -> bool:
        """Whether the log is of a good start."""
        return self.code is StartCode.OK
