"""Reads GPUs by `nvidia-smi`, where NVIDIA's library cannot be loaded."""

import csv
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dsr1_tui.adapters.doctor.gpu_nvml import parse_version
from dsr1_tui.adapters.doctor.process_name import printable, program_name
from dsr1_tui.adapters.doctor.tool import said_by
from dsr1_tui.domain.doctor_facts import GpuHolder, GpuReading, GpuState

_FORM: Final = "--format=csv,noheader,nounits"
_GPUS: Final = "--query-gpu=index,uuid,name,driver_version,memory.total,memory.free"
_APPS: Final = "--query-compute-apps=gpu_uuid,pid,used_memory,process_name"
_LIMIT_S: Final = 8.0
"""A driver in trouble can keep it for ever."""
MIB: Final = 1024**2


def read_by_smi(
    search_path: str | None = None, named: Callable[[int], str] = program_name, *, limit_s: float = _LIMIT_S
) -> GpuReading | None:
    """What the tool tells; `None` where there is no tool.

    Args:
        search_path: where it is looked for; `None` is the PATH.
        named: a process's name by its number.
        limit_s: longest wait for each of its two answers.
    """
    command = shutil.which("nvidia-smi", path=search_path)
    if command is None:
        return None
    told = said_by((command, _GPUS, _FORM), limit_s, os.environ)
    rows = [row for row in _rows(told or "") if len(row) == 6 and row[0].isdecimal()]  # noqa: PLR2004  as asked above
    if told is None or not rows:
        return GpuReading(source="nvidia-smi", trouble="nvidia-smi does not answer, or sees no GPU.")
    apps = list(_rows(said_by((command, _APPS, _FORM), limit_s, os.environ) or ""))
    gpus = tuple(
        GpuState(
            index=int(index),
            name=printable(name) or "a GPU",
            total_bytes=_bytes(total),
            free_bytes=_bytes(free),
            holders=tuple(_holders(apps, uuid, named)),
        )
        for index, uuid, name, _, total, free in rows
    )
    return GpuReading(source="nvidia-smi", gpus=gpus, driver=parse_version(rows[0][3]))


def _rows(told: str) -> Iterator[list[str]]:
    for row in csv.reader(told.splitlines()):
        yield [cell.strip() for cell in row]


def _holders(apps: Sequence[Sequence[str]], uuid: str, named: Callable[[int], str]) -> Iterator[GpuHolder]:
    for row in apps:
        if len(row) >= 4 and row[0] == uuid and row[1].isdecimal():  # noqa: PLR2004  as asked above
            pid = int(row[1])
            # The tool shows whole command lines of some processes, and “[Not Found]” of others'.
            words = [] if row[3].startswith("[") else row[3].split()
            yield GpuHolder(pid, named(pid) or printable(words[0].rsplit("/", 1)[-1] if words else ""), _bytes(row[2]))


def _bytes(cell: str) -> int | None:
    return int(cell) * MIB if cell.isdecimal() else None
