import shutil
import sys
from pathlib import Path

import pytest

from dsr1_tui.adapters.doctor import gpu_smi
from dsr1_tui.adapters.machine import LocalMachine, holds_vllm, parse_meminfo
from dsr1_tui.domain.discovery import Gpu, VllmPlace

MIB = 1024**2


def command(folder: Path, name: str, script: str) -> None:
    """A program called `name` in `folder`."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def on(tmp_path: Path, *, meminfo: Path = Path("/proc/meminfo"), platform: str = sys.platform) -> LocalMachine:
    """A machine whose only programs are those in `bin`."""
    return LocalMachine(
        data_dir=tmp_path / "not" / "yet",
        engine_dir=tmp_path / "engine",
        search_path=str(tmp_path / "bin"),
        meminfo=meminfo,
        platform=platform,
    )


def test_a_machine_without_anything_has_memory_and_disk(tmp_path: Path) -> None:
    facts = on(tmp_path).facts()
    assert facts.gpus == ()
    assert facts.vllm is None
    assert facts.memory_bytes is not None
    assert facts.memory_bytes > 64 * MIB
    assert facts.disk_free_bytes == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.5)


ROWS = """\
0, GPU-a, NVIDIA H200, 580.65.06, 143771, 143000
1, GPU-b, NVIDIA H200, 580.65.06, 143771, 9000
2, GPU-c, NVIDIA GB10, 580.65.06, [N/A], [N/A]"""
APPS = """\
GPU-b, 4194305, 134000, /usr/bin/python3 serve
GPU-b, 4194306, [N/A], [Not Found]"""


def tool(folder: Path, rows: str, apps: str = "") -> None:
    """An `nvidia-smi` that prints these."""
    (folder / "rows").write_text(rows)
    (folder / "apps").write_text(apps)
    script = f'case "$1" in --query-gpu=*) cat "{folder}/rows";; *) cat "{folder}/apps";; esac'
    command(folder / "bin", "nvidia-smi", f"PATH=/usr/bin:/bin\n{script}")


def test_gpus_are_asked_of_nvidia_smi_with_what_is_free_and_who_holds_the_rest(tmp_path: Path) -> None:
    tool(tmp_path, ROWS, APPS)
    idle, busy, shared = on(tmp_path).facts().gpus
    assert (idle, shared) == (Gpu("NVIDIA H200", 143771 * MIB), Gpu("NVIDIA GB10"))
    assert idle == busy, "two of one kind, whatever they do"
    assert (idle.free_bytes, idle.holders) == (143000 * MIB, ())
    assert busy.free_bytes == 9000 * MIB
    assert [(one.pid, one.used_bytes) for one in busy.holders] == [(4194305, 134000 * MIB), (4194306, None)]
    assert busy.holders[0].name == "python3"
    assert shared.free_bytes is None


@pytest.mark.parametrize(
    "script",
    [
        "echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9",
        "echo '0, GPU-a, NVIDIA H200, 580.65, 1, 1'; exit 1",
        "printf '\\377\\376'",
        "kill -9 $$",
    ],
)
def test_a_driver_in_trouble_is_no_gpu(tmp_path: Path, script: str) -> None:
    command(tmp_path / "bin", "nvidia-smi", script)
    assert on(tmp_path).facts().gpus == ()


def test_a_driver_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_smi, "_LIMIT_S", 0.1)
    command(tmp_path / "bin", "nvidia-smi", "echo '0, GPU-a, NVIDIA H200, 580.65, 1, 1'; exec sleep 60")
    assert on(tmp_path).facts().gpus == ()


def test_a_file_that_cannot_be_run_is_no_gpu(tmp_path: Path) -> None:
    command(tmp_path / "bin", "nvidia-smi", "")
    (tmp_path / "bin" / "nvidia-smi").write_bytes(b"\x7fELF nonsense")
    assert on(tmp_path).facts().gpus == ()


def test_gpu_lines_of_another_form_are_skipped_and_names_are_made_safe(tmp_path: Path) -> None:
    tool(tmp_path, "Unable to determine the device handle\n\n0, GPU-a, Tesla \x1b[31mT4, 580.65, 15360, 15000\n")
    assert on(tmp_path).facts().gpus == (Gpu("Tesla [31mT4", 15360 * MIB),)


def test_memory_is_read_from_meminfo() -> None:
    assert parse_meminfo("MemTotal:       24567890 kB\nMemFree:  1 kB\n") == 24567890 * 1024
    assert parse_meminfo("") is None


def test_memory_that_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    assert on(tmp_path, meminfo=tmp_path / "none", platform="linux").facts().memory_bytes is None


def test_macos_is_asked_by_sysctl(tmp_path: Path) -> None:
    command(tmp_path / "bin", "sysctl", 'test "$*" = "-n hw.memsize" && echo 25769803776')
    assert on(tmp_path, platform="darwin").facts().memory_bytes == 24 * 1024**3
    command(tmp_path / "bin", "sysctl", "echo no such thing")
    assert on(tmp_path, platform="darwin").facts().memory_bytes is None


def test_vllm_is_found_in_its_engine_before_the_path(tmp_path: Path) -> None:
    command(tmp_path / "bin", "vllm", "")
    assert on(tmp_path).facts().vllm is VllmPlace.PATH
    package = tmp_path / "engine" / "lib" / "python3.12" / "site-packages" / "vllm"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    assert not holds_vllm(tmp_path / "engine")  # no Python: an installation that was broken off
    (tmp_path / "engine" / "bin").mkdir()
    (tmp_path / "engine" / "bin" / "python").touch()
    assert on(tmp_path).facts().vllm is VllmPlace.ENGINE


def test_vllm_is_found_in_this_environment_but_a_bare_folder_is_not_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "vllm"
    package.mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert on(tmp_path).facts().vllm is None
    (package / "__init__.py").write_text("raise RuntimeError('it is looked for, not imported')")
    assert on(tmp_path).facts().vllm is VllmPlace.HERE
