"""Judges this machine: Python, the terminal, proxy variables, GPUs, the driver, disks. Pure."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.doctor import Check, CheckId, failed, passed, skipped, warned
from dsr1_tui.domain.doctor_facts import Disk, EngineProcesses, GpuReading, GpuState, Multiplexed, Place, TerminalFacts
from dsr1_tui.domain.engine import CUDA_WHEELS, PYTHONS
from dsr1_tui.domain.server.preflight import UTILIZATION

GIB: Final = 1024**3
GB: Final = 10**9
_TRUE: Final = 2**24
_LEAST_CELLS: Final = (60, 20)
_FEW_COLOURS: Final = 256
_LOOPBACK: Final = ("127.0.0.1", "localhost")
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy")
_LOW: Final = GB
"""Bytes free below which a disk is nearly full."""
_FULL: Final = GB // 10


def judge_python(own: tuple[int, ...], engine: str | None) -> Check:
    """This interpreter, and the engine's.

    Args:
        own: `sys.version_info` as far as it is numbers.
        engine: version of the engine's, as its environment tells it; `None` where there is no engine.
    """
    first, last = ((".".join(map(str, version))) for version in PYTHONS)
    shown = f"{'.'.join(map(str, own[:3]))} ({sys.platform})" + (f"; the engine's {engine}" if engine else "")
    numbers = tuple(int(part) for part in (engine or "").split(".")[:2] if part.isdecimal())
    if not PYTHONS[0] <= own[:2] <= PYTHONS[1]:
        return warned(
            CheckId.PYTHON, shown, f"dsr1-chat is tested with {first} to {last}: install it with one of them."
        )
    if engine and not PYTHONS[0] <= numbers <= PYTHONS[1]:
        remedy = f"vLLM's wheels need {first} to {last}: dsr1-chat engine remove, then engine install."
        return warned(CheckId.PYTHON, shown, remedy)
    return passed(CheckId.PYTHON, shown)


def judge_terminal(facts: TerminalFacts) -> Check:
    """Whether the chat can be drawn, and what of it works less well."""
    if not facts.on_terminal:
        remedy = "Run dsr1-chat doctor without a pipe, in the terminal that you mean."
        return skipped(CheckId.TERMINAL, "the output does not go to a terminal", remedy)
    remedies, bad = _terminal_faults(facts)
    name = facts.term + (f" ({facts.program})" if facts.program else "")
    size = f"{facts.columns}×{facts.lines}"
    shades = "16.7 million colours" if facts.colours >= _TRUE else f"{facts.colours} colours"
    found = ", ".join([name or "no TERM", size, shades, facts.encoding or "no locale"])
    detail = (*_way(facts), _clipboard(facts), _keys(facts))
    if not remedies:
        return passed(CheckId.TERMINAL, found, *detail)
    return (failed if bad else warned)(CheckId.TERMINAL, found, " ".join(remedies), *detail)


def _terminal_faults(facts: TerminalFacts) -> tuple[list[str], bool]:
    remedies, bad = [], False
    if not facts.colours:
        remedies.append("Name the terminal: export TERM=xterm-256color.")
        bad = True
    elif facts.colours < _FEW_COLOURS:
        remedies.append("For more colours: export COLORTERM=truecolor, if the terminal has them.")
    if "utf" not in facts.encoding.lower():
        remedies.append("Set a UTF-8 locale: export LANG=C.UTF-8.")
        bad = True
    if 0 < facts.columns < _LEAST_CELLS[0] or 0 < facts.lines < _LEAST_CELLS[1]:
        remedies.append(f"Make the window larger: {_LEAST_CELLS[0]}×{_LEAST_CELLS[1]} cells at least.")
    if facts.around is Multiplexed.TMUX and facts.tmux_clipboard == "off":
        remedies.append("To copy through tmux: tmux set -g set-clipboard on.")
    return remedies, bad


def _way(facts: TerminalFacts) -> tuple[str, ...]:
    parts = [*(["over SSH"] if facts.ssh else []), *([f"inside {facts.around.value}"] if facts.around.value else [])]
    return (" ".join(parts),) if parts else ()


def _clipboard(facts: TerminalFacts) -> str:
    tmux = f"; tmux's set-clipboard is {facts.tmux_clipboard}" if facts.tmux_clipboard else ""
    if facts.clipboard:
        return f"copying by OSC 52: the terminal says that it takes it{tmux}"
    return f"copying by OSC 52: not told, most terminals take it{tmux}"


def _keys(facts: TerminalFacts) -> str:
    if facts.kitty_keys is None:
        return "kitty's keyboard protocol: not known; ctrl+j makes a new line everywhere"
    if facts.kitty_keys:
        return "kitty's keyboard protocol: yes, shift+enter makes a new line"
    return "kitty's keyboard protocol: no; ctrl+j makes a new line"


def judge_proxy(environ: Mapping[str, str]) -> Check:
    """Whether a proxy would catch what is meant for this machine. Addresses are not told: they may hold passwords."""
    given = [name for known in _PROXIES for name in (known, known.upper()) if environ.get(name, "").strip()]
    if not given:
        return passed(CheckId.PROXY, "none set")
    spared = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    names = {part.strip().lower() for part in spared.split(",")}
    caught = [] if "*" in names else [host for host in _LOOPBACK if host not in names]
    listed = ", ".join(given)
    if not caught:
        return passed(CheckId.PROXY, f"{listed}; NO_PROXY spares this machine")
    found = f"{listed} would catch {' and '.join(caught)} (dsr1-chat itself goes there directly)"
    return warned(CheckId.PROXY, found, "For other programs: export NO_PROXY=localhost,127.0.0.1,::1")


def judge_gpus(reading: GpuReading, engines: EngineProcesses, utilization: float | None) -> Check:
    """Free memory, and who holds the rest.

    Args:
        reading: what the library or tool tells.
        engines: marks the processes that are ours.
        utilization: `--gpu-memory-utilization` of the profile; `None`: vLLM's default.
    """
    if reading.trouble:
        return failed(CheckId.GPU, reading.trouble, "Look at nvidia-smi; a driver that was updated needs a restart.")
    if not reading.gpus:
        remedy = "With an NVIDIA GPU, install its driver; without one, vLLM's CPU build or a server elsewhere will do."
        return skipped(CheckId.GPU, "no NVIDIA GPU is seen here", remedy)
    share = UTILIZATION if utilization is None else utilization
    lines = [line for gpu in reading.gpus for line in _gpu_lines(gpu, engines)]
    tight = [gpu for gpu in reading.gpus if _is_tight(gpu, share)]
    if not tight:
        found = f"{len(reading.gpus)} × {reading.gpus[0].name}, room for {share:.0%} on each ({reading.source})"
        return passed(CheckId.GPU, found, *lines)
    found = f"{len(tight)} of {len(reading.gpus)} without room for {share:.0%} of the memory ({reading.source})"
    judge = failed if len(tight) == len(reading.gpus) else warned
    return judge(CheckId.GPU, found, _room(reading.gpus, tight, engines), *lines)


def _is_tight(gpu: GpuState, share: float) -> bool:
    return bool(gpu.total_bytes) and gpu.free_bytes is not None and gpu.free_bytes < share * (gpu.total_bytes or 0)


def _gpu_lines(gpu: GpuState, engines: EngineProcesses) -> list[str]:
    free = f"{gpu.free_bytes / GIB:.1f}" if gpu.free_bytes is not None else "?"
    total = f"{gpu.total_bytes / GIB:.1f} GiB" if gpu.total_bytes else "an unknown amount"
    lines = [f"GPU {gpu.index} {gpu.name}: {free} of {total} free"]
    for holder in gpu.holders:
        used = f", {holder.used_bytes / GIB:.1f} GiB" if holder.used_bytes is not None else ""
        own = f", ours: {engines.ours[holder.pid]}" if holder.pid in engines.ours else ""
        lines.append(
            f"  held by {holder.name or 'a process of another user or container'} (pid {holder.pid}{used}{own})"
        )
    return lines


def _room(gpus: Sequence[GpuState], tight: Sequence[GpuState], engines: EngineProcesses) -> str:
    own = sorted({engines.ours[one.pid] for gpu in tight for one in gpu.holders if one.pid in engines.ours})
    if own:
        return f"End the server of ours that holds it: dsr1-chat serve stop {own[0]}"
    roomy = [str(gpu.index) for gpu in gpus if gpu not in tight]
    if roomy:
        return f"Take the others: --gpus {','.join(roomy)}; or end what holds the memory."
    best = max(tight, key=lambda gpu: gpu.free_bytes or 0)
    share = (best.free_bytes or 0) / (best.total_bytes or 1) - 0.02
    smaller = f" or start with --gpus {best.index} --gpu-memory-utilization {share:.2f}" if share >= 0.1 else ""  # noqa: PLR2004  less serves nobody
    return f"End what holds the memory{smaller}."


def judge_driver(reading: GpuReading) -> Check:
    """NVIDIA's driver against what vLLM's wheels need."""
    if reading.driver is None:
        remedy = "With an NVIDIA GPU, install its driver; the CPU build needs none."
        return skipped(CheckId.DRIVER, "no NVIDIA driver is seen here", remedy)
    shown = ".".join(map(str, reading.driver))
    (newest, _), (oldest, wheel) = CUDA_WHEELS[0], CUDA_WHEELS[-1]
    if reading.driver >= newest:
        return passed(CheckId.DRIVER, f"{shown}, runs the newest vLLM")
    if reading.driver >= oldest:
        return warned(CheckId.DRIVER, f"{shown}, runs {wheel} only", f"Update it to {newest[0]} or newer.")
    remedy = f"Update it to {newest[0]} or newer, or take the CPU build: dsr1-chat engine install --cpu."
    return failed(CheckId.DRIVER, f"{shown} is too old for vLLM, which needs {oldest[0]} or newer", remedy)


@dataclass(frozen=True, slots=True)
class DiskUse:
    """A folder, its disk, and what is still to be written there."""

    place: Place
    disk: Disk | None
    needed_bytes: int = 0


def judge_disks(uses: Sequence[DiskUse]) -> Check:
    """Whether what is to be written will fit; folders on one disk share it."""
    needed: dict[int, int] = {}
    for use in uses:
        if use.disk is not None:
            needed[use.disk.device] = needed.get(use.disk.device, 0) + use.needed_bytes
    lines, short, low, locked = [], [], [], []
    for use in uses:
        label, disk = use.place.label, use.disk
        if disk is None:
            lines.append(f"{label}: {use.place.folder}: cannot be told")
            continue
        more = f", ≈{use.needed_bytes / GB:.1f} GB to come" if use.needed_bytes else ""
        lines.append(f"{label}: {disk.free_bytes / GB:,.1f} GB free in {use.place.folder}{more}")
        if not disk.writable:
            locked.append(label)
        if disk.free_bytes < max(needed[disk.device], _FULL):
            short.append(label)
        elif disk.free_bytes < needed[disk.device] + _LOW:
            low.append(label)
    found = ", ".join(lines[:1])
    move = "Set DSR1_DATA_DIR, DSR1_ENGINE_DIR or HF_HOME to a folder on another disk, or free some space."
    if locked:
        what = f"no permission to write: {', '.join(locked)}"
        return failed(CheckId.DISK, what, "Set DSR1_DATA_DIR, DSR1_ENGINE_DIR or HF_HOME to folders of yours.", *lines)
    if short:
        return failed(CheckId.DISK, f"not enough for: {', '.join(short)}", move, *lines)
    if low:
        return warned(CheckId.DISK, f"nearly full: {', '.join(low)}", move, *lines)
    return passed(CheckId.DISK, found, *lines[1:])
