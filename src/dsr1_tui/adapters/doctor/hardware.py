"""GPUs and disks of this machine."""

import ctypes
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dsr1_tui.adapters.doctor.gpu_nvml import Loader, read_by_nvml
from dsr1_tui.adapters.doctor.gpu_smi import read_by_smi
from dsr1_tui.domain.doctor_facts import Disk, GpuReading


@dataclass(frozen=True, slots=True)
class LocalHardware:
    """Satisfies `ports.Hardware`."""

    search_path: str | None = None
    """Where nvidia-smi is looked for; `None` is the PATH."""
    load: Loader = ctypes.CDLL

    def gpus(self) -> GpuReading:
        """By the library if it is there, by the tool else."""
        by_library = read_by_nvml(self.load)
        if by_library is not None and not by_library.trouble:
            return by_library
        return read_by_smi(self.search_path) or by_library or GpuReading()

    def disk(self, folder: Path) -> Disk | None:
        """By the nearest folder above it that exists."""
        for place in (folder, *folder.parents):
            with suppress(OSError):
                device = place.stat().st_dev
                return Disk(shutil.disk_usage(place).free, device, os.access(place, os.W_OK | os.X_OK))
        return None
