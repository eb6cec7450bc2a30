"""Examines machine, files, servers and endpoint: all checks at once, each told as it ends, each with a limit."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.doctor import KINDS, Check, CheckId, failed, skipped
from dsr1_tui.domain.doctor_facts import Place
from dsr1_tui.domain.engine import NEEDS
from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.server.command import FoundVllm, VllmSource
from dsr1_tui.domain.server.model import ModelPlace
from dsr1_tui.domain.server.profile import HOST, PORT, ServerProfile
from dsr1_tui.domain.target import Target, is_loopback
from dsr1_tui.services.aside import aside
from dsr1_tui.services.doctor_files import (
    judge_config,
    judge_engine,
    judge_fit,
    judge_model,
    judge_orphans,
    judge_port,
    judge_quantization,
    judge_store,
)
from dsr1_tui.services.doctor_machine import (
    DiskUse,
    judge_disks,
    judge_driver,
    judge_gpus,
    judge_proxy,
    judge_python,
    judge_terminal,
)
from dsr1_tui.services.doctor_once import Once
from dsr1_tui.services.doctor_ports import DoctorPorts, DoctorWish
from dsr1_tui.services.doctor_trials import EndpointChecks
from dsr1_tui.services.plan_serve import Settled, Wish, settle_start

Work = Callable[[], Coroutine[None, None, Check]]

_LOOK: Final = "Look at it by hand, and please report it: DSR1_DEBUG=1 shows more."


async def examine(ports: DoctorPorts, wish: DoctorWish) -> AsyncGenerator[Check, None]:
    """Every check of `CheckId` once, in the order in which they end; never raises a fault.

    Closing the generator (or cancelling its task) ends what still runs; nothing was changed by any of it.
    """
    own = _Checks(ports, wish)
    endpoint = EndpointChecks(ports, wish)
    works: dict[CheckId, Work] = {**own.works(), **endpoint.works()}
    running = {asyncio.create_task(_limited(known, work)) for known, work in works.items()}
    try:
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        own.shared.cancel()
        await endpoint.aclose()


async def _limited(known: CheckId, work: Work) -> Check:
    """One check, whatever becomes of it."""
    limit = KINDS[known].limit_s
    try:
        async with asyncio.timeout(limit):
            return await work()
    except TimeoutError:
        return failed(known, f"it did not end within {limit:g} s", "Something hangs there: look at it by hand.")
    except FaultError as error:
        return failed(known, error.fault.message, error.fault.hint or _LOOK)
    except Exception as error:  # noqa: BLE001  the check's outermost edge: the others go on
        return failed(known, f"the check hit an error of its own ({type(error).__name__})", _LOOK)


@dataclass(frozen=True, slots=True)
class _Start:
    """The start that a profile would make, or why it cannot be settled."""

    settled: Settled | None
    fault: Fault | None = None


class _Checks:
    """The checks of this machine; what several of them need is looked up once."""

    def __init__(self, ports: DoctorPorts, wish: DoctorWish) -> None:
        self._ports = ports
        self._wish = wish
        self.shared = Once()

    def works(self) -> dict[CheckId, Work]:
        """All of them."""
        return {
            CheckId.PYTHON: self._python,
            CheckId.TERMINAL: self._terminal,
            CheckId.PROXY: self._proxy,
            CheckId.GPU: self._gpu,
            CheckId.DRIVER: self._driver,
            CheckId.DISK: self._disk,
            CheckId.CONFIG: self._config_file,
            CheckId.STORE: self._store,
            CheckId.ENGINE: self._engine,
            CheckId.ORPHANS: self._orphans,
            CheckId.PORT: self._port,
            CheckId.MODEL: self._model,
            CheckId.QUANTIZATION: self._quantization,
            CheckId.FIT: self._fit,
        }

    # What several checks need

    async def _config(self) -> Config:
        """The file; where it is broken its own check says so, and the others go by the defaults."""
        try:
            return await self.shared.get("config", lambda: aside(self._ports.config_file.load))
        except FaultError:
            return Config()

    async def _start(self) -> _Start:
        return await self.shared.get("start", self._settle)

    async def _settle(self) -> _Start:
        config, wish = await self._config(), self._wish
        asked = Wish(flags=ServerProfile(model=wish.model), name=wish.profile)
        try:
            return _Start(await aside(lambda: settle_start(self._ports.planner, config, asked, dry=True)))
        except FaultError as error:
            return _Start(None, error.fault)

    # The machine

    async def _python(self) -> Check:
        engine = await aside(self._ports.engine.python)
        return judge_python(tuple(sys.version_info[:3]), engine)

    async def _terminal(self) -> Check:
        ask = self._wish.ask_terminal
        return judge_terminal(await aside(lambda: self._ports.terminal.read(ask=ask)))

    async def _proxy(self) -> Check:
        return judge_proxy(self._ports.environ)

    async def _gpu(self) -> Check:
        reading = await self.shared.get("gpus", lambda: aside(self._ports.hardware.gpus))
        engines = await self.shared.get("engines", lambda: aside(self._ports.watch.engines))
        settled = (await self._start()).settled
        return judge_gpus(reading, engines, settled.profile.gpu_memory_utilization if settled else None)

    async def _driver(self) -> Check:
        return judge_driver(await self.shared.get("gpus", lambda: aside(self._ports.hardware.gpus)))

    async def _disk(self) -> Check:
        folders, settled = self._ports.folders, (await self._start()).settled
        engine = model = 0
        if settled is not None and settled.vllm.source is VllmSource.NOWHERE:
            engine = NEEDS["cpu" if settled.vllm.cpu else "cuda"]
        if settled is not None and settled.model.place is ModelPlace.ABSENT and self._serves(settled):
            model = (settled.model.facts.weight_bytes or 0) if settled.model.facts else 0
        places = (
            (Place("conversations", folders.data), 0),
            (Place("engine", folders.engine), engine),
            (Place("models", folders.hub), model),
        )
        hardware = self._ports.hardware
        return await aside(lambda: judge_disks([DiskUse(one, hardware.disk(one.folder), need) for one, need in places]))

    def _serves(self, settled: Settled) -> bool:
        """Whether a start here is likely: somebody named the model, or vLLM is installed."""
        return self._wish.model is not None or settled.vllm.source is not VllmSource.NOWHERE

    # Our own files

    async def _config_file(self) -> Check:
        path = self._ports.folders.config_file
        config = await self.shared.get("config", lambda: aside(self._ports.config_file.load))
        there = await aside(path.exists)
        return judge_config(path, config, there=there)

    async def _store(self) -> Check:
        return judge_store(self._ports.folders.database, await aside(self._ports.store.health))

    # Serving here

    async def _engine(self) -> Check:
        config = await self._config()
        reading = await self.shared.get("gpus", lambda: aside(self._ports.hardware.gpus))
        find, engine = self._ports.planner.find_vllm, self._ports.engine

        def look() -> Check:
            found: FoundVllm = find(config.vllm_command, gpu=bool(reading.gpus))
            return judge_engine(found, engine.record(), engine.version(found))

        return await aside(look)

    async def _orphans(self) -> Check:
        return judge_orphans(await self.shared.get("engines", lambda: aside(self._ports.watch.engines)))

    async def _port(self) -> Check:
        start = await self._start()
        port = (start.settled.profile.port if start.settled is not None else None) or PORT
        door = self._ports.door
        engines = await self.shared.get("engines", lambda: aside(self._ports.watch.engines))
        free = await aside(lambda: door.free_port(port))
        owner = None if free == port else await aside(lambda: door.owner(port))
        own = is_at(self._wish.target, port)
        return judge_port(port, owner, engines, free=free, endpoint=own)

    async def _model(self) -> Check:
        start = await self._start()
        if start.settled is None:
            assert start.fault is not None, "a start that is not settled has a fault"
            return failed(CheckId.MODEL, start.fault.message, start.fault.hint or "Give another: --model FOLDER")
        offline = self._ports.environ.get("HF_HUB_OFFLINE", "").strip().lower() in {"1", "true", "yes", "on"}
        return judge_model(start.settled.model, start.settled.concerns, hub_offline=offline and self._asked)

    @property
    def _asked(self) -> bool:
        return self._wish.model is not None or self._wish.profile is not None

    async def _quantization(self) -> Check:
        settled = (await self._start()).settled
        if settled is None:
            return skipped(CheckId.QUANTIZATION, "no model to look at", "Mend what “model files” says.")
        return judge_quantization(settled.profile, settled.model, settled.concerns)

    async def _fit(self) -> Check:
        settled = (await self._start()).settled
        if settled is None:
            return skipped(CheckId.FIT, "no model to look at", "Mend what “model files” says.")
        return judge_fit(settled.model, settled.concerns)


def is_at(target: Target | None, port: int) -> bool:
    """Whether an endpoint is on a port of this machine."""
    if target is None or target.via is not None or target.needs_tunnel:
        return False
    parts = urlsplit(target.base_url)
    return is_loopback(parts.hostname or HOST) and parts.port == port
