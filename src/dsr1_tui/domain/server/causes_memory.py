"""Starts that fail for want of memory: the GPU's, the KV cache's, the machine's, the disk's."""

from typing import Final

from dsr1_tui.domain.server.causes import NUMBER, Cause, Finding, because, cause
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.log_facts import whole
from dsr1_tui.domain.server.remedies import length, less_memory, more_memory, no_graphs, on, share_that_fits

_HOLDERS: Final = "end what holds it (`nvidia-smi` names the processes)"


def _gpu_not_free(found: Finding) -> Diagnosis:
    free, total, asked, wanted = (float(found.match.group(n)) for n in (1, 2, 3, 4))
    flags = share_that_fits(free, total)
    why = f"Only {free:g} of the GPU's {total:g} GiB are free, and {wanted:g} GiB ({asked:g} of it) were asked for."
    remedy = f"Take the share that is free, or {_HOLDERS}." if flags else f"Next to nothing is free: {_HOLDERS}."
    return because(StartCode.GPU_OUT_OF_MEMORY, why, remedy, *flags)


def _gpu_full(found: Finding) -> Diagnosis:
    tried, total, free = found.words(1), found.match.group(2), found.match.group(3)
    why = f"The GPU ran out of memory when {tried} more were asked for"
    why += f" ({free} of {total} were free)." if total and free else "."
    remedy = f"Leave the GPU more room with the flags, shorten --max-model-len, or {_HOLDERS}."
    return because(StartCode.GPU_OUT_OF_MEMORY, why, remedy, *less_memory(found.given))


def _warm_up_full(found: Finding) -> Diagnosis:
    why = f"The GPU ran out of memory in the warm-up with {found.words(1)} requests at once."
    quarter = max(int(found.match.group(1)) // 4, 1)
    remedy = "Let fewer requests run at once."
    return because(StartCode.GPU_OUT_OF_MEMORY, why, remedy, on("--max-num-seqs", quarter), *no_graphs(found.given))


def _gpu_plain(found: Finding) -> Diagnosis:
    why = "The GPU ran out of memory."
    remedy = f"Leave the GPU more room with the flags, or {_HOLDERS}."
    return because(StartCode.GPU_OUT_OF_MEMORY, why, remedy, *less_memory(found.given))


def _gpu_shared(_: Finding) -> Diagnosis:
    why = "Another program freed or took GPU memory while vLLM measured it."
    remedy = f"Start again; if it comes back, {_HOLDERS}."
    return because(StartCode.GPU_OUT_OF_MEMORY, why, remedy)


def _no_blocks(found: Finding) -> Diagnosis:
    weights = found.facts.weights_gib
    taken = f" (the weights take {weights:g} GiB)" if weights else ""
    why = f"Nothing of the memory that vLLM may use is left for the KV cache{taken}."
    flags = (*more_memory(found.given), *no_graphs(found.given))
    remedy = "Give vLLM a larger share of the memory, or take a smaller or quantized model."
    return because(StartCode.KV_CACHE_TOO_SMALL, why, remedy, *flags)


def _too_few_blocks(found: Finding) -> Diagnosis:
    wanted, need, free = whole(found.match.group(1)), float(found.match.group(2)), float(found.match.group(3))
    # vLLM rounds to hundredths: of a small model both may be told as nothing.
    sizes = f" (it needs {need:g} GiB, and {free:g} GiB are there)" if need and free else ""
    why = f"The KV cache is too small for a context of {wanted:,} tokens{sizes}"
    fits = length(wanted * free / need) if need else ()
    estimate = found.match.group(4)
    if estimate is not None:
        fits = (on("--max-model-len", whole(estimate)),)
    why += f": {whole(estimate):,} tokens fit." if estimate else "."
    flags = fits or more_memory(found.given)
    remedy = "Start with the length that fits, or give vLLM more memory." if fits else "Give vLLM more memory."
    return because(StartCode.KV_CACHE_TOO_SMALL, why, remedy, *flags)


def _too_few_tokens(found: Finding) -> Diagnosis:
    wanted, fits = whole(found.match.group(1)), whole(found.match.group(2))
    why = f"The KV cache holds {fits} tokens, and one request may have {wanted}."
    remedy = "Start with the length that fits, or give vLLM more memory."
    return because(StartCode.KV_CACHE_TOO_SMALL, why, remedy, *length(fits))


def _no_fit(found: Finding) -> Diagnosis:
    why = "Not even one token fits into the memory that is left for the KV cache."
    remedy = "Give vLLM a larger share of the memory, or take a smaller or quantized model."
    return because(StartCode.KV_CACHE_TOO_SMALL, why, remedy, *more_memory(found.given), *no_graphs(found.given))


def _ram_not_free(found: Finding) -> Diagnosis:
    free, total, asked, wanted = (float(found.match.group(n)) for n in (1, 2, 3, 4))
    why = f"Only {free:g} of {total:g} GiB of memory are free, and {wanted:g} GiB ({asked:g} of it) were asked for."
    remedy = "Take the share that is free, or end other programs."
    return because(StartCode.CPU_MEMORY, why, remedy, *share_that_fits(free, total))


def _ram_for_cache(found: Finding) -> Diagnosis:
    free, total, wanted = found.match.group(1), found.match.group(2), found.match.group(3)
    why = f"The KV cache was to take {wanted} GiB of memory, and {free} of {total} GiB are free."
    remedy = "Set VLLM_CPU_KVCACHE_SPACE to fewer GiB than are free, or end other programs."
    return because(StartCode.CPU_MEMORY, why, remedy)


def _ram_allocation(found: Finding) -> Diagnosis:
    size = int(found.match.group(1)) / 2**30
    why = f"The machine ran out of memory when {size:.1f} GiB more were asked for."
    return because(StartCode.CPU_MEMORY, why, _LESS_RAM)


def _ram_plain(_: Finding) -> Diagnosis:
    return because(StartCode.CPU_MEMORY, "The machine ran out of memory.", _LESS_RAM)


def _shared_memory(_: Finding) -> Diagnosis:
    why = "The shared memory (/dev/shm) is full or too small."
    return because(StartCode.CPU_MEMORY, why, "Enlarge /dev/shm (in a container: --shm-size 8g or --ipc host).")


def _disk(_: Finding) -> Diagnosis:
    why = "The disk (or your quota on it) is full."
    return because(StartCode.DISK_FULL, why, "Free some space, or set HF_HOME to a folder on a larger disk.")


def killed(code: int) -> Diagnosis:
    """Ended by SIGKILL with no word why."""
    why = f"The server was killed (exit code {code}), most likely by the system, which had run out of memory."
    return because(StartCode.CPU_MEMORY, why, _LESS_RAM)


def _core_killed(found: Finding) -> Diagnosis:
    return killed(int(found.match.group(1)))


_LESS_RAM: Final = (
    "End other programs, take a smaller model, or lower VLLM_CPU_KVCACHE_SPACE or the container's use of memory."
)
_SIZE: Final = r"(\d{1,9}(?:\.\d{1,6})? ?[KMGT]?i?B?)"

MEMORY_CAUSES: Final[tuple[Cause, ...]] = (
    cause(
        rf"Free memory on device.{{0,60}}?\({NUMBER}/{NUMBER} ?GiB\).{{0,160}}?\({NUMBER}, ?{NUMBER} ?GiB\)",
        _gpu_not_free,
        "free memory on device",
    ),
    cause(
        rf"out of memory\. Tried to allocate {_SIZE}(?:.{{0,80}}?total capaci?ty of {_SIZE} of which {_SIZE} is free)?",
        _gpu_full,
        "out of memory. tried",
    ),
    cause(r"out of memory occurred when warming up .{0,40} with (\d{1,6})", _warm_up_full, "out of memory occurred"),
    cause(r"Error in memory profiling|Initial free memory .{1,60} current free memory", _gpu_shared, "free memory"),
    cause(
        r"(?:CUDA|HIP|XPU)[\w .:]{0,24}out of memory|OutOfMemoryError|ALLOC_FAILED|cudaErrorMemoryAllocation",
        _gpu_plain,
        "out of memory",
        "outofmemoryerror",
        "alloc_failed",
        "errormemoryallocation",
    ),
    cause(r"No available memory for the cache blocks", _no_blocks, "cache blocks"),
    cause(
        rf"at least one request with .{{0,40}}?max(?:imum)? \w{{1,8}} len\w{{0,4}} \((\d[\d,]{{0,12}})\)"
        rf".{{0,12}}?{NUMBER} ?GiB .{{0,120}}?\({NUMBER} ?GiB\)"
        r"(?:.{0,120}?estimated maximum model length is (\d[\d,]{0,12}))?",
        _too_few_blocks,
        "at least one request",
    ),
    cause(
        r"max seq len \((\d[\d,]{0,12})\) is larger than the maximum number of tokens.{0,60}\((\d[\d,]{0,12})\)",
        _too_few_tokens,
        "larger than the maximum number of tokens",
    ),
    cause(r"Cannot auto-fit max_model_len", _no_fit, "auto-fit"),
    cause(
        rf"Available memory on node.{{0,20}}?\({NUMBER}/{NUMBER} ?GiB\) on startup.{{0,80}}?\({NUMBER}, ?{NUMBER} ?GiB",
        _ram_not_free,
        "available memory on node",
    ),
    cause(
        rf"(?:available|enough) memory.{{0,40}}?\({NUMBER}/{NUMBER} ?GiB\).{{0,120}}?\({NUMBER}[^)]{{0,20}}GiB\)",
        _ram_for_cache,
        "available memory on node",
        "not enough available memory",
    ),
    cause(r"CPUAllocator.{0,80}?tried to allocate (\d{1,20}) bytes", _ram_allocation, "cpuallocator"),
    cause(r"/dev/shm\b.{0,80}No space left|No space left.{0,80}/dev/shm\b", _shared_memory, "no space left"),  # noqa: S108  a pattern
    cause(
        r"unable to (?:allocate|open|mmap) shared memory|insufficient shared memory|Bus error",
        _shared_memory,
        "shared memory",
        "bus error",
    ),
    cause(
        r"Errno 12\b|Cannot allocate memory|std::bad_alloc|^MemoryError\b|Not enough (?:available )?(?:CPU )?memory"
        r"|out of memory \(OOM\)|oom[-_ ]?kill",
        _ram_plain,
        "allocate memory",
        "bad_alloc",
        "memoryerror",
        "enough memory",
        "enough available memory",
        "enough cpu memory",
        "errno 12",
        "oom",
    ),
    cause(
        r"No space left on device|Errno 28\b|Errno 122\b|Disk quota exceeded|Not enough (?:free )?disk space",
        _disk,
        "no space left",
        "errno 28",
        "errno 122",
        "quota exceeded",
        "disk space",
    ),
    cause(r"Failed core proc\(s\): \{[^}]{0,200}?: (-9)\b", _core_killed, "failed core proc", weak=True),
    cause(r"died unexpectedly.{0,40}exit code:? (-9)\b", _core_killed, "died unexpectedly", weak=True),
)
