"""How the screens of a server of ours look, at the three sizes that matter."""

from collections.abc import AsyncGenerator, Callable

import pytest
from textual.app import App

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.discovery import FoundServer, Speech
from dsr1_tui.domain.server.diagnosis import Diagnosis, FlagChange, StartCode
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.progress import Phase, ServerFacts, StartProgress
from dsr1_tui.services.bring_up import BringEvent, BringPorts
from dsr1_tui.services.neighbours import Neighbour
from dsr1_tui.services.serving import Launched, Progressed
from dsr1_tui.tui.screens import starting
from dsr1_tui.tui.screens.quitting import QuitDialog
from dsr1_tui.tui.screens.serve import ServeDialog
from dsr1_tui.tui.screens.server_log import LogScreen
from dsr1_tui.tui.screens.start_failed import FailedDialog
from dsr1_tui.tui.screens.starting import NotUp, StartingDialog
from support.fake_kit import FakeClipboard, World
from support.fake_server_host import ServerScript
from support.serve_samples import MODEL, RECORD
from support.tui_hosts import DialogHost, settle

SnapCompare = Callable[..., bool]
SIZES = [(120, 40), (80, 24), (60, 20)]
SMALL = Diagnosis(
    code=StartCode.KV_CACHE_TOO_SMALL,
    cause="The KV cache is too small for a context of 32,768 tokens.",
    line="ValueError: (…) the estimated maximum model length is 11904.",
    remedy="Take a shorter context, or give the cache more memory.",
    flags=(FlagChange(flag="--max-model-len", value="11904"),),
)
LOG = (
    "(APIServer pid=1) INFO 11-22 02:44:14 [api_utils.py:286] non-default args: {'model_tag': 'r1', 'port': 8000}\n"
    "(APIServer pid=1) WARNING 11-22 02:44:14 [vllm.py:1703] Enforce eager set, disabling torch.compile\n"
    "(EngineCore pid=2) INFO 11-22 02:44:32 [core.py:133] Initializing a V1 LLM engine (v0.32.0)\n"
    "Loading safetensors checkpoint shards: 100% Completed | 1/1 [00:00<00:00, 76.79it/s]\n"
    "(EngineCore pid=2) ERROR 11-22 02:44:33 [core.py:1510] EngineCore failed to start.\n"
    "(EngineCore pid=2) ERROR 11-22 02:44:33 [core.py:1510] Traceback (most recent call last):\n"
    "(EngineCore pid=2) ERROR 11-22 02:44:33 [core.py:1510] ValueError: \x1b[31mtoo long\x1b[0m \u202e for the cache\n"
)


def ports(world: World) -> BringPorts:
    return BringPorts(
        engine=world.find_engine(), planner=world.plan.ports(), servers=world.servers.ports(), probe=world.probe
    )


def form() -> App[None]:
    world = World()
    world.probe.found[8000] = FoundServer(Speech.API, ("tiny-r1",))
    config = Config(
        servers={"long": ServerProfile(model=MODEL, max_model_len=131072, dtype="float16", quantization="awq")},
        server="long",
    )
    return DialogHost(ServeDialog(ports(world), config, now=7300.0))


def progress() -> App[None]:
    async def bringing() -> AsyncGenerator[BringEvent, None]:
        def told(phase: Phase, passed: tuple[Phase, ...], at: float, **more: object) -> Progressed:
            facts = ServerFacts(version="0.32.0", weights_gib=3.35, kv_cache_tokens=412_304, max_concurrency=12.58)
            line = "(EngineCore pid=2) INFO 11-22 02:44:32 [default_loader.py:501] Loading weights took 0.02 seconds"
            return Progressed(StartProgress(phase=phase, passed=passed, facts=facts, **more), at, line)  # type: ignore[arg-type]  # done, total, unit

        yield Launched(RECORD, 19.0)
        yield told(Phase.RESOLVING, (Phase.STARTING,), 2.0)
        yield told(Phase.DOWNLOADING, (Phase.STARTING, Phase.RESOLVING), 4.0, done=1.2e9, total=3.55e9, unit="B")
        passed = (Phase.STARTING, Phase.RESOLVING, Phase.DOWNLOADING)
        yield told(Phase.LOADING, passed, 45.0)
        yield told(Phase.LOADING, passed, 56.0, done=1, total=2, unit="shards")

    return DialogHost(StartingDialog(bringing, World().servers.ports(), FakeClipboard(), MODEL))


def failed() -> App[None]:
    neighbour = Neighbour(8000, "tiny-r1", None)
    why = NotUp(diagnosis=SMALL, record=RECORD, neighbour=neighbour)
    return DialogHost(FailedDialog(why, World().servers.ports(), FakeClipboard()))


def log() -> App[None]:
    world = World()
    world.servers.scripts.append(ServerScript(log=((0.0, LOG),), ends_s=0.0))
    record = world.servers.adopt(RECORD)
    return DialogHost(LogScreen(world.servers.ports(), record, FakeClipboard()))


def leaving() -> App[None]:
    return DialogHost(QuitDialog((RECORD,)))


SCREENS: dict[str, tuple[Callable[[], App[None]], list[str]]] = {
    "serve-form": (form, []),
    "serve-warned": (form, ["down", "down", "enter"]),
    "serve-progress": (progress, []),
    "serve-failed": (failed, []),
    "serve-log": (log, ["slash", *"engine", "enter"]),
    "serve-log-errors": (log, ["w", "w"]),
    "serve-quit": (leaving, ["r"]),
}
ONCE = {"serve-log-errors", "serve-warned"}
PICTURES = [(name, size) for name in SCREENS for size in SIZES if size == (80, 24) or name not in ONCE]


@pytest.mark.parametrize(
    ("name", "size"), PICTURES, ids=lambda part: part if isinstance(part, str) else f"{part[0]}x{part[1]}"
)
def test_it_looks_as_it_did(
    snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(starting, "SPIN_S", 1e6)  # nothing turns in a picture
    make, press = SCREENS[name]
    assert snap_compare(make(), press=press, terminal_size=size, run_before=settle)
