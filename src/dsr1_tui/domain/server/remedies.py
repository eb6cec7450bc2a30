"""The flags a failed start is repaired with, reckoned from the figures its log holds."""

import math
from typing import Final

from dsr1_tui.domain.server.diagnosis import FlagChange
from dsr1_tui.domain.server.log_facts import Given

BLOCK: Final = 16
"""Tokens of a KV cache block; lengths are rounded down to whole ones."""
MOST: Final = 0.95
"""The share of a GPU's memory that can be asked for while the driver keeps its own."""
_LAST_PORT: Final = 65_535


def on(flag: str, value: str | float) -> FlagChange:
    """The flag set to a value; the empty one switches it on."""
    return FlagChange(flag=flag, value=str(value))


def off(flag: str) -> FlagChange:
    """The flag taken away."""
    return FlagChange(flag=flag, value=None)


def length(tokens: float) -> tuple[FlagChange, ...]:
    """This length, in whole blocks; none where not one block fits."""
    blocks = int(tokens // BLOCK)
    return (on("--max-model-len", blocks * BLOCK),) if blocks > 0 else ()


def share_that_fits(free_gib: float, total_gib: float) -> tuple[FlagChange, ...]:
    """The share of the memory that is free, rounded down to 0.01; none where next to nothing is free."""
    if total_gib <= 0:
        return ()
    # A hundredth that is exact must not be lost to binary fractions.
    share = math.floor(min(free_gib / total_gib, 1.0) * 100 + 1e-9) / 100
    return (on("--gpu-memory-utilization", f"{share:.2f}"),) if share >= 0.05 else ()  # noqa: PLR2004  said above


def more_memory(given: Given) -> tuple[FlagChange, ...]:
    """A larger share of the GPU, where less than the most was asked for."""
    if given.gpu_memory_utilization >= MOST:
        return ()
    return (on("--gpu-memory-utilization", f"{MOST:.2f}"),)


def no_graphs(given: Given) -> tuple[FlagChange, ...]:
    """Without CUDA graphs, which take 0.5 to 3 GiB; none where that is so already."""
    return () if given.enforce_eager else (on("--enforce-eager", ""),)


def less_memory(given: Given) -> tuple[FlagChange, ...]:
    """What frees memory where torch ran out of it: a smaller share for the cache, and no graphs."""
    share = math.floor(given.gpu_memory_utilization * 100 + 1e-9) / 100 - 0.1
    smaller = (on("--gpu-memory-utilization", f"{share:.2f}"),) if share >= 0.1 else ()  # noqa: PLR2004  a tenth
    return (*smaller, *no_graphs(given))


def other_port(port: int) -> FlagChange:
    """The next port."""
    return on("--port", port + 1 if port < _LAST_PORT else port - 1)


def dividing(heads: int, wanted: int) -> int:
    """The largest number of GPUs below `wanted` among which `heads` attention heads divide; at least 1."""
    return next((n for n in range(min(wanted - 1, heads), 1, -1) if heads % n == 0), 1)


def fewer_gpus(there: int, given: Given) -> tuple[FlagChange, ...]:
    """Flags that need no more than the GPUs that are there, the pipeline kept where it fits."""
    stages = given.pipeline_parallel_size
    if stages == 1:
        return (on("--tensor-parallel-size", max(there, 1)),)
    if stages <= there:
        return (on("--tensor-parallel-size", there // stages),)
    return on("--tensor-parallel-size", max(there, 1)), off("--pipeline-parallel-size")
