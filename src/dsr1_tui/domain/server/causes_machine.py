"""Starts that fail because of what the server runs on: GPUs, driver, number formats, Ray, crashes."""

from typing import Final

from dsr1_tui.domain.server.causes import Cause, Finding, because, cause
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.remedies import dividing, fewer_gpus, on

_NO_GPU: Final = (
    "Check `nvidia-smi` and CUDA_VISIBLE_DEVICES, or install the CPU build: `dsr1-chat engine install --cpu`."
)


def _heads(found: Finding) -> Diagnosis:
    heads, parts = int(found.match.group(1)), int(found.match.group(2))
    why = f"The model's {heads} attention heads cannot be divided among {parts} GPUs."
    fits = dividing(heads, parts)
    return because(
        StartCode.TENSOR_PARALLEL_MISMATCH, why, f"Use {fits} of them for it.", on("--tensor-parallel-size", fits)
    )


def _indivisible(found: Finding) -> Diagnosis:
    whole, parts = int(found.match.group(1)), int(found.match.group(2))
    why = f"A size of the model, {whole}, cannot be divided among {parts} GPUs."
    fits = dividing(whole, parts)
    return because(
        StartCode.TENSOR_PARALLEL_MISMATCH, why, f"Use {fits} of them for it.", on("--tensor-parallel-size", fits)
    )


def _misaligned(found: Finding) -> Diagnosis:
    parts = found.given.tensor_parallel_size or 2
    why = f"The quantized weights cannot be divided among {parts} GPUs."
    return because(
        StartCode.TENSOR_PARALLEL_MISMATCH,
        why,
        "Use fewer GPUs for it.",
        on("--tensor-parallel-size", max(parts // 2, 1)),
    )


def _too_few_gpus(found: Finding) -> Diagnosis:
    wanted, there = found.match.group(1), int(found.match.group(2))
    why = f"{wanted} GPUs were asked for, and {there} {'is' if there == 1 else 'are'} there."
    if there == 0:
        return because(StartCode.CUDA_MISSING, why, _NO_GPU)
    remedy = "Use those that are there, or free the others (see CUDA_VISIBLE_DEVICES)."
    return because(StartCode.TENSOR_PARALLEL_MISMATCH, why, remedy, *fewer_gpus(there, found.given))


def _gpus_exceeded(_: Finding) -> Diagnosis:
    why = "More GPUs were asked for than there are."
    remedy = "Use those that are there (see CUDA_VISIBLE_DEVICES); one is sure."
    return because(StartCode.TENSOR_PARALLEL_MISMATCH, why, remedy, on("--tensor-parallel-size", 1))


def _no_ray(_: Finding) -> Diagnosis:
    why = "Ray is not installed beside vLLM."
    remedy = "On one machine use mp in its place; for several install Ray with `pip install ray`."
    return because(StartCode.RAY_MISSING, why, remedy, on("--distributed-executor-backend", "mp"))


def _ray_silent(_: Finding) -> Diagnosis:
    remedy = "On one machine use mp in its place; for several start the cluster with `ray start`."
    return because(StartCode.RAY_MISSING, "No Ray cluster answers.", remedy, on("--distributed-executor-backend", "mp"))


def _no_cuda(_: Finding) -> Diagnosis:
    return because(StartCode.CUDA_MISSING, "vLLM finds no GPU that it can use.", _NO_GPU)


def _cpu_build(_: Finding) -> Diagnosis:
    why = "The PyTorch beside vLLM is made for the CPU, or CUDA's libraries are missing."
    return because(StartCode.CUDA_MISSING, why, "Install the engine anew: `dsr1-chat engine install`.")


def _no_kernel(_: Finding) -> Diagnosis:
    why = "This vLLM holds no code for this GPU (too old or too new for it)."
    return because(
        StartCode.CUDA_MISSING,
        why,
        "Install a vLLM that supports the GPU, or the CPU build: `dsr1-chat engine install --cpu`.",
    )


def _old_driver(found: Finding) -> Diagnosis:
    digits = found.match.group(1)
    version = f" (it knows CUDA {int(digits) // 1000}.{int(digits) % 1000 // 10})" if digits else ""
    why = f"NVIDIA's driver is too old for this vLLM{version}."
    return because(
        StartCode.DRIVER_TOO_OLD, why, "Update the driver, or install a vLLM that it runs: `dsr1-chat engine install`."
    )


def _no_bfloat16(found: Finding) -> Diagnosis:
    capability = found.match.group(1)
    why = f"The GPU{f' (compute capability {capability})' if capability else ''} cannot compute with bfloat16."
    return because(StartCode.DTYPE_UNSUPPORTED, why, "Compute with half precision.", on("--dtype", "half"))


def _dtype_of_quantization(found: Finding) -> Diagnosis:
    dtype, method, allowed = found.words(1), found.words(2), found.match.group(3) or ""
    fits = "bfloat16" if "float16" not in allowed.replace("bfloat16", "") and "bfloat16" in allowed else "half"
    why = f"The quantization {method} does not compute with {dtype}."
    return because(StartCode.DTYPE_UNSUPPORTED, why, f"Compute with {fits}.", on("--dtype", fits))


def _dtype_of_model(_: Finding) -> Diagnosis:
    why = "The model cannot be computed with half precision."
    return because(StartCode.DTYPE_UNSUPPORTED, why, "Compute with bfloat16 (or float32).", on("--dtype", "bfloat16"))


def _dtype_unknown(found: Finding) -> Diagnosis:
    why = f"vLLM does not know the number format {found.words(1)}."
    return because(StartCode.DTYPE_UNSUPPORTED, why, "Compute with half precision.", on("--dtype", "half"))


def _fp8(_: Finding) -> Diagnosis:
    why = "The GPU cannot compute with 8-bit floats."
    return because(
        StartCode.DTYPE_UNSUPPORTED, why, "Keep the KV cache in the model's own format.", on("--kv-cache-dtype", "auto")
    )


def _crash(found: Finding) -> Diagnosis:
    why = f"The engine crashed: {found.words(0)}."
    return because(
        StartCode.ENGINE_DIED, why, "Start again; if it comes back try --enforce-eager, and look at the log."
    )


def _timeout(_: Finding) -> Diagnosis:
    why = "The engine's processes did not come up in time."
    return because(StartCode.ENGINE_DIED, why, "Start again; on a slow machine raise VLLM_ENGINE_READY_TIMEOUT_S.")


def _compiler(_: Finding) -> Diagnosis:
    why = "The compiler that vLLM needs for its kernels is missing."
    return because(StartCode.UNKNOWN, why, "Install gcc and Python's headers, or start with --enforce-eager.")


MACHINE_CAUSES: Final[tuple[Cause, ...]] = (
    cause(
        r"not aligned with the quantized weight shape|Consider reducing tensor_parallel_size",
        _misaligned,
        "quantized weight shape",
        "reducing tensor_parallel",
    ),
    cause(
        r"heads \((\d{1,6})\) must be divisible by (?:the )?tensor.parallel.size \((\d{1,6})\)", _heads, "divisible by"
    ),
    cause(r"\b(\d{1,9}) is not divisible by (\d{1,6})\b", _indivisible, "is not divisible by"),
    cause(
        r"world.size \((\d{1,6})\) (?:is larger than|must be less than or equal to|is less than than).{0,60}?"
        r"(?:GPUs?|devices|count) \((\d{1,6})\)",
        _too_few_gpus,
        "world size",
        "world_size",
    ),
    cause(
        r"number of required \w+ exceeds the total|invalid device ordinal",
        _gpus_exceeded,
        "exceeds the total",
        "device ordinal",
    ),
    cause(
        r"Failed to import Ray|Ray is not installed|No module named 'ray'|pip install ray|Unable to load Ray",
        _no_ray,
        "import ray",
        "ray is not installed",
        "'ray'",
        "install ray",
        "load ray",
    ),
    cause(
        r"Could not find any running Ray instance|Failed to connect to (?:the )?Ray|Ray is not initialized",
        _ray_silent,
        "ray instance",
        "connect to ray",
        "connect to the ray",
        "ray is not initialized",
    ),
    cause(
        r"driver on your system is too old(?: \(found version (\d{4,6})\))?|driver version is insufficient"
        r"|cudaErrorInsufficientDriver|forward compatibility was attempted|unsupported toolchain|Error 803\b",
        _old_driver,
        "too old",
        "is insufficient",
        "insufficientdriver",
        "forward compatibility",
        "toolchain",
        "error 803",
    ),
    cause(r"no kernel image is available", _no_kernel, "kernel image"),
    cause(
        r"not compiled with CUDA|lib(?:cuda|cudart|cublas|cudnn|nvrtc)[\w.-]{0,20}: cannot open"
        r"|vllm\._C\b.{0,40}undefined",
        _cpu_build,
        "compiled with cuda",
        "cannot open",
        "undefined symbol",
    ),
    cause(
        r"Failed to infer device type|Found no NVIDIA driver|No CUDA GPUs are available|no CUDA-capable device"
        r"|CUDA unknown error|Device string must not be empty|no GPU available",
        _no_cuda,
        "infer device type",
        "no nvidia driver",
        "no cuda gpus",
        "cuda-capable",
        "cuda unknown error",
        "device string",
        "no gpu available",
    ),
    cause(
        r"Bfloat16 is only supported on GPUs(?:.{0,200}?has compute capability (\d{1,2}\.\d))?",
        _no_bfloat16,
        "bfloat16 is only supported",
    ),
    cause(
        r"([\w.]{1,40}) is not supported for quantization method ([\w-]{1,40})"
        r"(?:\W{1,4}Supported dtypes: (\[[^\]]{0,200}\]))?",
        _dtype_of_quantization,
        "supported for quantization method",
    ),
    cause(r"does not support float16|float16 is not supported", _dtype_of_model, "support float16", "float16 is not"),
    cause(r"Unknown dtype: ([\w.]{1,40})", _dtype_unknown, "unknown dtype"),
    cause(
        r"fp8e4nv not supported|fp8\w{0,12} (?:KV[- ]cache )?(?:is|data type is)? ?(?:not supported|only supported)",
        _fp8,
        "fp8",
    ),
    cause(
        r"illegal memory access|device-side assert|unspecified launch failure|Segfault encountered|Segmentation fault"
        r"|NCCL error[^\n]{0,60}|uncorrectable ECC error|Unable to determine the device handle|Illegal instruction",
        _crash,
        "illegal memory access",
        "device-side assert",
        "launch failure",
        "segfault",
        "segmentation fault",
        "nccl error",
        "ecc error",
        "device handle",
        "illegal instruction",
    ),
    cause(
        r"Timed out waiting for engine|did not (?:start|respond) .{0,30}in time",
        _timeout,
        "timed out waiting",
        "in time",
    ),
    cause(
        r"Failed to find C compiler|Python\.h: No such file|nvcc[^\n]{0,20}not found",
        _compiler,
        "c compiler",
        "python.h",
        "nvcc",
        weak=True,
    ),
)
