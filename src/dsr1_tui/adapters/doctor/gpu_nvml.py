"""Reads GPUs by NVIDIA's management library, which knows more than its tool, and sooner."""

import ctypes
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from dsr1_tui.adapters.doctor.process_name import printable, program_name
from dsr1_tui.domain.doctor_facts import GpuHolder, GpuReading, GpuState

LIBRARY: Final = "libnvidia-ml.so.1"
_NAME: Final = 96
"""Bytes (`NVML_DEVICE_NAME_V2_BUFFER_SIZE`)."""
_VERSION: Final = 80
"""Bytes (`NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE`)."""
_NO_FIGURE: Final = 2**64 - 1
"""`NVML_VALUE_NOT_AVAILABLE`."""
_TOO_SMALL: Final = 7
"""`NVML_ERROR_INSUFFICIENT_SIZE`."""
_MOST: Final = 1024
"""Processes on one GPU that are counted."""
_WHY: Final = {
    9: "The NVIDIA driver is not loaded.",
    4: "No permission to ask the NVIDIA driver.",
    18: "The NVIDIA driver and its library are of different versions.",
    15: "A GPU has fallen off the bus.",
}
"""`nvmlReturn_t`, nvml.h."""

Loader = Callable[[str], Any]
"""Gives the library, as `ctypes.CDLL` does; raises OSError where there is none."""


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class _Process(ctypes.Structure):
    """`nvmlProcessInfo_v2_t`, of which the third version of the call takes an array too."""

    _fields_ = (
        ("pid", ctypes.c_uint),
        ("used", ctypes.c_ulonglong),
        ("gpu_instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    )


def read_by_nvml(load: Loader = ctypes.CDLL, named: Callable[[int], str] = program_name) -> GpuReading | None:
    """What the library tells; `None` where there is no library.

    Args:
        load: opens it.
        named: a process's name by its number.
    """
    try:
        nvml = load(LIBRARY)
        code = nvml.nvmlInit_v2()
    except (OSError, AttributeError):
        return None
    if code:
        return GpuReading(source="NVML", trouble=_WHY.get(code, f"NVIDIA's library gives error {code}."))
    try:
        count = ctypes.c_uint()
        if nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)):
            return GpuReading(source="NVML", trouble="NVIDIA's library does not count the GPUs.")
        gpus = tuple(_gpu(nvml, index, named) for index in range(count.value))
        return GpuReading(source="NVML", gpus=gpus, driver=_driver(nvml))
    finally:
        nvml.nvmlShutdown()


def _driver(nvml: Any) -> tuple[int, ...] | None:
    text = ctypes.create_string_buffer(_VERSION)
    if nvml.nvmlSystemGetDriverVersion(text, _VERSION):
        return None
    return parse_version(text.value.decode("ascii", "replace"))


def parse_version(text: str) -> tuple[int, ...] | None:
    """`580.65.06` as numbers."""
    match = re.match(r"\s*(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match[1].split(".")) if match else None


def _gpu(nvml: Any, index: int, named: Callable[[int], str]) -> GpuState:
    device = ctypes.c_void_p()
    if nvml.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(device)):
        return GpuState(index=index, name="a GPU that cannot be opened")
    text = ctypes.create_string_buffer(_NAME)
    name = "" if nvml.nvmlDeviceGetName(device, text, _NAME) else printable(text.value.decode("utf-8", "replace"))
    memory = _Memory()
    known = nvml.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory)) == 0
    return GpuState(
        index=index,
        name=name or "a GPU",
        total_bytes=int(memory.total) if known else None,
        free_bytes=int(memory.free) if known else None,
        holders=tuple(_holders(nvml, device, named)),
    )


def _holders(nvml: Any, device: ctypes.c_void_p, named: Callable[[int], str]) -> Iterator[GpuHolder]:
    try:
        ask = nvml.nvmlDeviceGetComputeRunningProcesses_v3
    except AttributeError:  # a driver before 510
        return
    count = ctypes.c_uint(0)
    if ask(device, ctypes.byref(count), None) not in {0, _TOO_SMALL}:
        return
    if not count.value:
        return
    count.value = min(count.value + 8, _MOST)  # some more may begin meanwhile
    found = (_Process * count.value)()
    if ask(device, ctypes.byref(count), found):
        return
    for process in found[: count.value]:
        used = int(process.used)
        yield GpuHolder(int(process.pid), named(int(process.pid)), None if used == _NO_FIGURE else used)
