import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters import machine
from dsr1_tui.adapters.machine import LocalMachine, holds_vllm, parse_gpus, parse_meminfo
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


def test_gpus_are_asked_of_nvidia_smi(tmp_path: Path) -> None:
    said = "NVIDIA H200, 143771\\nNVIDIA GeForce RTX 4090, 24564"
    command(tmp_path / "bin", "nvidia-smi", f'test "$2" = "--format=csv,noheader,nounits" && printf "{said}\\n"')
    gpus = on(tmp_path).facts().gpus
    assert gpus == (Gpu("NVIDIA H200", 143771 * MIB), Gpu("NVIDIA GeForce RTX 4090", 24564 * MIB))


@pytest.mark.parametrize(
    "script",
    [
        "echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9",
        "echo 'NVIDIA H200, 1'; exit 1",
        "printf '\\377\\376'",
        "kill -9 $$",
    ],
)
def test_a_driver_in_trouble_is_no_gpu(tmp_path: Path, script: str) -> None:
    command(tmp_path / "bin", "nvidia-smi", script)
    assert on(tmp_path).facts().gpus == ()


def test_a_driver_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "GPU_LIMIT_S", 0.1)
    command(tmp_path / "bin", "nvidia-smi", "echo 'NVIDIA H200, 143771'; exec sleep 60")
    assert on(tmp_path).facts().gpus == ()


def test_a_file_that_cannot_be_run_is_no_gpu(tmp_path: Path) -> None:
    command(tmp_path / "bin", "nvidia-smi", "")
    (tmp_path / "bin" / "nvidia-smi").write_bytes(b"\x7fELF nonsense")
    assert on(tmp_path).facts().gpus == ()


def test_gpu_lines_of_another_form_are_skipped_and_names_are_made_safe() -> None:
    said = "NVIDIA GB10, [N/A]\nUnable to determine the device handle\n\nTesla \x1b[31mT4, 15360\n"
    assert parse_gpus(said) == (Gpu("NVIDIA GB10"), Gpu("Tesla [31mT4", 15360 * MIB))


@settings(deadline=None)
@given(st.text())
def test_whatever_a_driver_prints_is_taken(said: str) -> None:
    assert all(gpu.name.isprintable() for gpu in parse_gpus(said))


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
