"""NVIDIA's library by a stand-in that is called as the real one is; its tool by a program on a PATH of its own."""

import ctypes
import os
from pathlib import Path
from typing import Any

import pytest

from dsr1_tui.adapters.doctor.gpu_nvml import LIBRARY, read_by_nvml
from dsr1_tui.adapters.doctor.gpu_smi import read_by_smi
from dsr1_tui.adapters.doctor.hardware import LocalHardware
from dsr1_tui.domain.doctor_facts import GpuHolder, GpuReading

GIB = 1024**3
UNKNOWN = 2**64 - 1


class Nvml:
    """Two GPUs; the second is held by two processes, of which one's memory is not told."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.open = 0

    def nvmlInit_v2(self) -> int:  # noqa: N802  the library's own name
        self.open += self.code == 0
        return self.code

    def nvmlShutdown(self) -> int:  # noqa: N802  as above
        self.open -= 1
        return 0

    def nvmlDeviceGetCount_v2(self, count: Any) -> int:  # noqa: N802  as above
        count._obj.value = 2
        return 0

    def nvmlSystemGetDriverVersion(self, text: Any, size: int) -> int:  # noqa: N802  as above
        assert size == len(text)
        text.value = b"580.65.06"
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index: int, device: Any) -> int:  # noqa: N802  as above
        device._obj.value = 1000 + index
        return 0

    def nvmlDeviceGetName(self, device: Any, text: Any, size: int) -> int:  # noqa: N802  as above
        assert device.value in {1000, 1001}
        assert size == len(text)
        text.value = b"NVIDIA \x1b[31mH200"
        return 0

    def nvmlDeviceGetMemoryInfo(self, device: Any, memory: Any) -> int:  # noqa: N802  as above
        free = {1000: 140, 1001: 20}[device.value]
        memory._obj.total, memory._obj.free = 141 * GIB, free * GIB
        return 0

    def nvmlDeviceGetComputeRunningProcesses_v3(self, device: Any, count: Any, found: Any) -> int:  # noqa: N802  as above
        if device.value == 1000:
            count._obj.value = 0
            return 0
        if found is None:
            count._obj.value = 2
            return 7
        assert len(found) >= 2
        found[0].pid, found[0].used = 41, 100 * GIB
        found[1].pid, found[1].used = 42, UNKNOWN
        count._obj.value = 2
        return 0


def names(pid: int) -> str:
    return f"program {pid}"


def test_the_library_tells_memory_and_holders() -> None:
    nvml, asked = Nvml(), []

    def load(name: str) -> Nvml:
        asked.append(name)
        return nvml

    reading = read_by_nvml(load, names)
    assert reading is not None
    assert asked == [LIBRARY]
    assert (reading.source, reading.driver, reading.trouble) == ("NVML", (580, 65, 6), "")
    first, second = reading.gpus
    assert first.name == "NVIDIA [31mH200"
    assert (first.total_bytes, first.free_bytes, first.holders) == (141 * GIB, 140 * GIB, ())
    assert second.holders == (GpuHolder(41, "program 41", 100 * GIB), GpuHolder(42, "program 42", None))
    assert nvml.open == 0, "it was closed again"


def test_without_a_library_nothing_is_told_and_a_driver_that_is_not_loaded_is() -> None:
    def load(name: str) -> Nvml:
        raise OSError(name)

    assert read_by_nvml(load) is None
    nvml = Nvml(code=9)
    reading = read_by_nvml(lambda _: nvml)
    assert reading is not None
    assert reading.trouble == "The NVIDIA driver is not loaded."
    assert (reading.gpus, nvml.open) == ((), 0)


def test_a_library_without_the_call_for_processes_still_tells_the_rest() -> None:
    class Older(Nvml):
        nvmlDeviceGetComputeRunningProcesses_v3 = property()  # noqa: N815  absent, as in ctypes

    reading = read_by_nvml(lambda _: Older())
    assert reading is not None
    assert [gpu.holders for gpu in reading.gpus] == [(), ()]


def test_what_is_no_such_library_is_none() -> None:
    assert read_by_nvml(lambda _: ctypes.CDLL(None)) is None


SMI = """#!/bin/sh
case "$1" in
--query-gpu=*)
    echo '0, GPU-aa, NVIDIA A100, 535.104.05, 81920, 70000'
    echo '1, GPU-bb, NVIDIA A100, 535.104.05, 81920, [N/A]';;
--query-compute-apps=*)
    echo 'GPU-aa, 41, 9000, /opt/x/python3 --api-key sk-secret'
    echo 'GPU-bb, 43, [N/A], [Not Found]';;
esac
"""


@pytest.fixture
def tools(tmp_path: Path) -> str:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(SMI)
    tool.chmod(0o755)
    return f"{tmp_path}{os.pathsep}{os.defpath}"


def test_the_tool_tells_the_same(tools: str) -> None:
    reading = read_by_smi(tools, lambda pid: "known" if pid == 43 else "")
    assert reading is not None
    assert (reading.source, reading.driver) == ("nvidia-smi", (535, 104, 5))
    first, second = reading.gpus
    assert (first.name, first.total_bytes, first.free_bytes) == ("NVIDIA A100", 81920 * 1024**2, 70000 * 1024**2)
    assert first.holders == (GpuHolder(41, "python3", 9000 * 1024**2),), "its arguments are not shown"
    assert second.free_bytes is None
    assert second.holders == (GpuHolder(43, "known", None),)


def test_a_tool_that_fails_is_trouble(tmp_path: Path) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed'; exit 9\n")
    tool.chmod(0o755)
    reading = read_by_smi(str(tmp_path))
    assert reading is not None
    assert reading.trouble


def _no_library(name: str) -> Nvml:
    raise OSError(name)


def test_the_library_goes_before_the_tool_and_nothing_is_nothing(tools: str, tmp_path: Path) -> None:
    assert LocalHardware(tools, lambda _: Nvml()).gpus().source == "NVML"
    assert LocalHardware(tools, _no_library).gpus().source == "nvidia-smi"
    assert LocalHardware(tools, lambda _: Nvml(code=18)).gpus().source == "nvidia-smi"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert LocalHardware(str(empty), _no_library).gpus() == GpuReading()
    assert "different versions" in LocalHardware(str(empty), lambda _: Nvml(code=18)).gpus().trouble


def test_the_disk_of_a_folder_that_is_not_there_yet_is_its_parents(tmp_path: Path) -> None:
    hardware = LocalHardware(None, _no_library)
    here, later = hardware.disk(tmp_path), hardware.disk(tmp_path / "a" / "b")
    assert here is not None
    assert later is not None
    assert here.device == later.device == tmp_path.stat().st_dev
    assert here.free_bytes > 0
    assert here.writable
