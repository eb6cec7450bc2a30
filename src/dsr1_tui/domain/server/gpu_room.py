"""What room the GPUs of a start have now: which are used, which are held by others, what could be taken instead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.discovery import GIB, Gpu
from dsr1_tui.domain.server.concern import Concern, warning
from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.remedies import share_that_fits

SPARE: Final = 0.02
"""Of a GPU's memory: what vLLM's own process takes of it before it looks how much is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuRoom:
    """The GPUs that a start would use."""

    used: tuple[int, ...]
    """Their numbers as nvidia-smi counts; empty where they are not known."""
    busy: tuple[int, ...]
    """Those of them that have not the free memory that would be asked for."""
    instead: tuple[int, ...]
    """As many that have it; empty where there are not."""
    bytes: int | None
    """Memory of the smallest that a server may take; `None` where it is not known."""


def gpu_room(profile: ServerProfile, gpus: Sequence[Gpu], share: float) -> GpuRoom:
    """Look at the GPUs that a start would use.

    Args:
        profile: says how many, and which.
        gpus: those of this machine, in nvidia-smi's order.
        share: `--gpu-memory-utilization`.
    """
    used = _used(profile, gpus)
    busy = tuple(number for number in used if _is_busy(gpus[number], share))
    roomy = [number for number, gpu in enumerate(gpus) if gpu.free_bytes is not None and not _is_busy(gpu, share)]
    instead = tuple(roomy[: len(used)]) if busy and len(roomy) >= len(used) else ()
    takes = [_takes(gpus[number], share, free=not instead) for number in used]
    known = [size for size in takes if size is not None]
    return GpuRoom(used=used, busy=busy, instead=instead, bytes=min(known) if known else None)


def of_busy(room: GpuRoom, gpus: Sequence[Gpu], share: float) -> Iterator[Concern]:
    """What is to be said of GPUs that others hold; vLLM ends at once where less is free than it is to take."""
    if not room.busy:
        return
    told = [f"GPU {number} has {_free(gpus[number])} free{_held(gpus[number])}" for number in room.busy]
    need = max((gpus[number].memory_bytes or 0) * share for number in room.busy)
    message = f"{'; '.join(told)}. {share:.0%} of it is asked for ({need / GIB:.1f} GiB)."
    if room.instead:
        chosen = ",".join(map(str, room.instead))
        flags: tuple[FlagChange, ...] = (FlagChange(flag="--gpus", value=chosen),)
        hint = f"Take --gpus {chosen}, where there is room; or end what holds it."
    else:
        flags = _smaller([gpus[number] for number in room.busy])
        hint = f"End what holds it{f', or take {flags[0].flag} {flags[0].value}' if flags else ''}."
    yield warning(StartCode.GPU_OUT_OF_MEMORY, message, hint, flags)


def _used(profile: ServerProfile, gpus: Sequence[Gpu]) -> tuple[int, ...]:
    if profile.gpus:
        numbers = [int(name) for name in profile.gpus if name.isdecimal()]
        return tuple(number for number in numbers if number < len(gpus))
    # CUDA counts the fastest first: which come first is only known where all are alike.
    return tuple(range(min(profile.gpu_count, len(gpus)) if len(set(gpus)) == 1 else len(gpus)))


def _is_busy(gpu: Gpu, share: float) -> bool:
    return gpu.memory_bytes is not None and gpu.free_bytes is not None and gpu.free_bytes < share * gpu.memory_bytes


def _takes(gpu: Gpu, share: float, *, free: bool) -> int | None:
    """Bytes of it that a server may take: of one that others hold, what is left."""
    if gpu.memory_bytes is None:
        return None
    most = int(gpu.memory_bytes * share)
    if not free or gpu.free_bytes is None or not _is_busy(gpu, share):
        return most
    return int(_share_left(gpu) * gpu.memory_bytes)


def _smaller(busy: Sequence[Gpu]) -> tuple[FlagChange, ...]:
    """The share that is free on each."""
    share = min(map(_share_left, busy), default=0.0)
    return (FlagChange(flag="--gpu-memory-utilization", value=f"{share:.2f}"),) if share else ()


def _share_left(gpu: Gpu) -> float:
    """The share of its memory that can be asked for; 0 where that is next to nothing, or not known."""
    if gpu.memory_bytes is None or gpu.free_bytes is None:
        return 0.0
    flags = share_that_fits(gpu.free_bytes - SPARE * gpu.memory_bytes, gpu.memory_bytes)
    return float(flags[0].value or 0) if flags else 0.0


def _free(gpu: Gpu) -> str:
    return f"{(gpu.free_bytes or 0) / GIB:.1f} of {(gpu.memory_bytes or 0) / GIB:.1f} GiB"


def _held(gpu: Gpu) -> str:
    who = [
        f"{holder.name or 'a process of another user or container'} (process {holder.pid}"
        + (f", {holder.used_bytes / GIB:.1f} GiB)" if holder.used_bytes is not None else ")")
        for holder in gpu.holders
    ]
    return f", held by {', '.join(who)}" if who else ", held by processes that cannot be seen from here"
