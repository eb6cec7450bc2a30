"""What can be told of a start before it is made: what vLLM would refuse after a minute, what memory will not hold."""

from collections.abc import Iterator, Sequence
from typing import Final

from dsr1_tui.domain.discovery import GIB, Gpu
from dsr1_tui.domain.server.concern import Concern, Grade, warning
from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode
from dsr1_tui.domain.server.gpu_room import GpuRoom, gpu_room, of_busy
from dsr1_tui.domain.server.model import WIDTHS, ModelFacts, ModelPlace, ModelState
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.quantization import NONE, family, goes_with, needs_checkpoint, shrinks

__all__ = ["UTILIZATION", "WORKING_BYTES", "Concern", "Grade", "look_ahead"]

UTILIZATION: Final = 0.92
"""vLLM's own `--gpu-memory-utilization` (0.32)."""
WORKING_BYTES: Final = int(1.25 * 1024**3)
"""Activations and CUDA's own, a GPU: an estimate, so every figure made with it carries “≈”."""
_STEP: Final = 256
"""A length is named in such steps."""
_ELSEWHERE: Final = ("--nnodes", "--node-rank", "--headless", "--data-parallel-address")
"""Flags of a server that spans machines: GPUs are not counted then."""


def look_ahead(
    profile: ServerProfile,
    model: ModelState,
    *,
    gpus: Sequence[Gpu] = (),
    memory_bytes: int | None = None,
    cpu: bool = False,
) -> tuple[Concern, ...]:
    """What is to be said of a start, the refusals first.

    Args:
        profile: with the defaults under it.
        model: what is known of the model; what is not known is not judged.
        gpus: those of this machine, in nvidia-smi's order; empty where none was seen.
        memory_bytes: of the machine.
        cpu: whether vLLM's CPU build serves.
    """
    found = [*_of_files(profile, model)]
    if model.facts is not None:
        found += [*_of_weights(profile, model.facts), *_of_shape(profile, model.facts)]
    found += _of_devices(profile, gpus, cpu=cpu)
    share = profile.gpu_memory_utilization or UTILIZATION
    room = gpu_room(profile, () if cpu else gpus, share)
    found += of_busy(room, gpus, share)
    if model.facts is not None:
        found += _of_memory(profile, model.facts, room, memory_bytes, cpu=cpu)
    grades = list(Grade)
    return tuple(sorted(found, key=lambda concern: -grades.index(concern.grade)))


def _of_files(profile: ServerProfile, model: ModelState) -> Iterator[Concern]:
    if model.place is ModelPlace.ABSENT:
        if profile.offline:
            yield Concern(
                grade=Grade.REFUSAL,
                code=StartCode.HUB_OFFLINE,
                message=f"{model.model} is not on this machine, and --offline looks nothing up.",
                hint="Leave --offline away once, or give a folder.",
                flags=(FlagChange(flag="--offline", value=None),),
            )
        return
    # What a download left unfinished is fetched when the server starts, unless nothing may be looked up.
    mended = model.place is ModelPlace.CACHE and not profile.offline
    for problem in model.problems:
        if mended and problem.code in {StartCode.WEIGHTS_MISSING, StartCode.CONFIG_MISSING}:
            grade, hint = Grade.NOTE, "What is missing is downloaded when the server starts."
        else:
            grade, hint = Grade.REFUSAL, problem.hint
        yield Concern(grade=grade, code=problem.code, message=problem.message, hint=hint)


def _of_weights(profile: ServerProfile, facts: ModelFacts) -> Iterator[Concern]:
    asked, made = profile.quantization, facts.quantization
    without = (FlagChange(flag="--quantization", value=None),)
    if asked in {None, NONE}:
        return
    assert asked is not None
    if made is None:
        if needs_checkpoint(asked):
            yield Concern(
                grade=Grade.REFUSAL,
                code=StartCode.BAD_QUANTIZATION,
                message=f"--quantization {asked} needs a checkpoint made with {family(asked)}; this one is plain.",
                hint="Leave the flag away, or name a model that was quantised so.",
                flags=without,
            )
    elif not goes_with(asked, made):
        yield Concern(
            grade=Grade.REFUSAL,
            code=StartCode.BAD_QUANTIZATION,
            message=f"The checkpoint was made with {made}, which --quantization {asked} cannot load.",
            hint="Leave the flag away: vLLM reads the method from the model's files.",
            flags=without,
        )


def _of_shape(profile: ServerProfile, facts: ModelFacts) -> Iterator[Concern]:
    size, heads = profile.tensor_parallel_size or 1, facts.heads
    if heads is not None and heads % size:
        fits = next(number for number in range(size, 0, -1) if heads % number == 0)
        yield Concern(
            grade=Grade.REFUSAL,
            code=StartCode.TENSOR_PARALLEL_MISMATCH,
            message=f"The model's {heads} attention heads cannot be shared by {size} GPUs alike.",
            hint=f"Take --tensor-parallel-size {fits}.",
            flags=(FlagChange(flag="--tensor-parallel-size", value=str(fits)),),
        )
    stages, layers = profile.pipeline_parallel_size or 1, facts.layers
    if layers is not None and stages > layers:
        yield Concern(
            grade=Grade.REFUSAL,
            code=StartCode.TENSOR_PARALLEL_MISMATCH,
            message=f"The model's {layers} layers cannot be parted among {stages} stages.",
            hint=f"Take --pipeline-parallel-size {layers} or less.",
            flags=(FlagChange(flag="--pipeline-parallel-size", value=str(layers)),),
        )
    asked, limit = profile.max_model_len, facts.max_model_len
    if asked is not None and limit is not None and asked > limit:
        yield Concern(
            grade=Grade.REFUSAL,
            code=StartCode.MAX_LEN_TOO_LONG,
            message=f"--max-model-len {asked} is beyond the model's own limit of {limit} tokens.",
            hint=f"Take --max-model-len {limit}.",
            flags=(FlagChange(flag="--max-model-len", value=str(limit)),),
        )


def _of_devices(profile: ServerProfile, gpus: Sequence[Gpu], *, cpu: bool) -> Iterator[Concern]:
    need, chosen = profile.gpu_count, profile.gpus
    if any(word.split("=", 1)[0] in _ELSEWHERE for word in profile.extra or ()):
        return
    if cpu:
        if chosen:
            yield warning(StartCode.CUDA_MISSING, "--gpus does nothing: vLLM's CPU build serves.")
        return
    if not gpus:
        yield warning(
            StartCode.CUDA_MISSING,
            "No NVIDIA GPU was seen on this machine.",
            "Start it where one is, or install the CPU build: dsr1-chat engine install --cpu.",
        )
    lost = [name for name in chosen or () if gpus and name.isdecimal() and int(name) >= len(gpus)]
    if lost:
        there = f"0 to {len(gpus) - 1}" if len(gpus) > 1 else "0"
        yield Concern(
            grade=Grade.REFUSAL,
            code=StartCode.CUDA_MISSING,
            message=f"There is no GPU {', '.join(lost)} on this machine.",
            hint=f"Its GPUs: {there}.",
        )
    have = len(chosen) if chosen else len(gpus)
    if have and need > have and profile.distributed_executor_backend != "ray":
        yield warning(
            StartCode.TENSOR_PARALLEL_MISMATCH,
            f"{need} GPUs are asked for, and {have} {'is' if have == 1 else 'are'} {'chosen' if chosen else 'here'}.",
            "Lower --tensor-parallel-size, or choose more with --gpus.",
        )
    if chosen and len(chosen) > need:
        yield warning(
            StartCode.TENSOR_PARALLEL_MISMATCH,
            f"{len(chosen)} GPUs are chosen, and {need} will be used.",
            f"To use them all: --tensor-parallel-size {len(chosen)}, or --data-parallel-size {len(chosen)}.",
        )


def _of_memory(
    profile: ServerProfile, facts: ModelFacts, gpus: GpuRoom, memory_bytes: int | None, *, cpu: bool
) -> Iterator[Concern]:
    dtype = profile.dtype or "auto"
    each = facts.kv_bytes(profile.kv_cache_dtype or "auto", dtype)
    length = profile.max_model_len or facts.max_model_len
    weights = _weights(profile, facts)
    if each is None or length is None or weights is None:
        return
    if cpu:
        room = None if memory_bytes is None else memory_bytes - WORKING_BYTES
        where, shares, code = "this machine's memory", 1, StartCode.CPU_MEMORY
    else:
        room = None if gpus.bytes is None else gpus.bytes - WORKING_BYTES
        where = f"{profile.gpu_memory_utilization or UTILIZATION:.0%} of a GPU's memory"
        if gpus.busy and not gpus.instead:
            where = "what is free of a GPU's memory"
        shares = profile.tensor_parallel_size or 1
        # Each GPU holds at least one KV head: more GPUs than heads keep copies.
        each /= min(shares, facts.kv_heads or shares) if facts.latent is None else 1
        each /= profile.pipeline_parallel_size or 1
        shares *= profile.pipeline_parallel_size or 1
        code = StartCode.KV_CACHE_TOO_SMALL
    if room is None:
        return
    left = room - weights / shares
    needs = f"weights ≈ {weights / shares / GIB:.1f} GiB and KV cache ≈ {length * each / GIB:.1f} GiB"
    if left <= _STEP * each:
        yield warning(
            StartCode.CPU_MEMORY if cpu else StartCode.GPU_OUT_OF_MEMORY,
            f"The model will hardly fit {where}: {needs}, of ≈ {max(0, room) / GIB:.1f} GiB.",
            "Take a smaller or a quantised model"
            + ("." if cpu else ", or share it among GPUs: --tensor-parallel-size."),
        )
    elif length * each > left:
        fits = int(left / each) // _STEP * _STEP
        yield warning(
            code,
            f"A context of {length} tokens will hardly fit {where}: {needs}, of ≈ {room / GIB:.1f} GiB.",
            f"--max-model-len {fits} does.",
            (FlagChange(flag="--max-model-len", value=str(fits)),),
        )


def _weights(profile: ServerProfile, facts: ModelFacts) -> float | None:
    """Bytes of the weights as they are loaded."""
    if facts.weight_bytes is None or facts.quantization is not None:
        return facts.weight_bytes
    stored, loaded = WIDTHS.get(facts.dtype, 2), WIDTHS.get(profile.dtype or "auto", 2)
    return facts.weight_bytes * loaded / stored * shrinks(profile.quantization or NONE)
