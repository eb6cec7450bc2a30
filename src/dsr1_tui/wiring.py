"""The one place where adapters are put into services; building touches no file and no network, heavy adapters wait."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dsr1_tui.adapters.clipboard import SystemClipboard
from dsr1_tui.adapters.config_toml import TomlConfigFile
from dsr1_tui.adapters.machine import LocalMachine
from dsr1_tui.adapters.paths import find_paths
from dsr1_tui.adapters.port_probe import PortProbe
from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.adapters.ssh_tunnels import PROBE_S, SshTunnels
from dsr1_tui.adapters.system_clock import SystemClock
from dsr1_tui.adapters.terminal import write_to_terminal
from dsr1_tui.adapters.tokenizer import LocalTokenizers
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import FullEndpoint, Judge
from dsr1_tui.render.safe import safe
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.resolve import TargetFlags, resolve_target

if TYPE_CHECKING:
    from dsr1_tui.services.bench_plan import BenchDesk
    from dsr1_tui.services.doctor_ports import DoctorPorts
    from dsr1_tui.services.engine import EnginePorts
    from dsr1_tui.services.plan_serve import PlanPorts
    from dsr1_tui.services.serve import ServePorts

DEMO_NAME: Final = "demo"
"""What the header and the history call the demo's endpoint."""


def build_kit(environ: Mapping[str, str], *, config: Path | None = None) -> Kit:
    """The ports of a front end; `config` names another config file than the default one.

    Raises:
        FaultError: (usage) a folder variable that cannot be one.
    """
    paths = find_paths(environ)
    clock = SystemClock()
    store = SqliteStore(paths.database, clock)
    config_file = find_config(environ, config)

    def find_target(text: str) -> Target:
        loaded = config_file.load()
        named = text.strip() in loaded.endpoints
        flags = TargetFlags(endpoint=text) if named else TargetFlags(base_url=text)
        resolved = resolve_target(flags, environ, loaded)
        assert resolved is not None, "flags that name an address always give one"
        return resolved.target

    tunnels = SshTunnels(environ, probe=PortProbe(PROBE_S), say=_pass_on)
    servers: list[ServePorts] = []

    def serve_ports() -> "ServePorts":
        if not servers:
            servers.append(find_server_host(environ))
        return servers[0]

    async def aclose() -> None:
        for ports in servers:
            await _end_servers(ports)
        await asyncio.to_thread(tunnels.close)
        await store.aclose()

    return Kit(
        clock=clock,
        open_endpoint=open_endpoint,
        conversations=store,
        messages=store,
        config_file=config_file,
        machine=LocalMachine(data_dir=paths.data, engine_dir=paths.engine),
        probe=PortProbe(),
        clipboard=SystemClipboard(write=write_to_terminal, environment=environ),
        tokenizers=LocalTokenizers(environ),
        open_demo=open_demo,
        find_target=find_target,
        open_judge=open_judge,
        tunnels=tunnels,
        find_engine=lambda: find_engine(environ),
        find_servers=serve_ports,
        find_planner=lambda: find_planner(environ),
        find_doctor=lambda: find_doctor(environ, config=config),
        aclose=aclose,
        warm_up=warm_up,
    )


def _pass_on(line: str) -> None:
    """What ssh says beside its questions, on stderr, where the user reads them."""
    sys.stderr.write(f"{safe(line)}\n")
    sys.stderr.flush()


def find_config(environ: Mapping[str, str], config: Path | None = None) -> TomlConfigFile:
    """The config file that is read: the one named, which must exist, or the default one, which need not."""
    if config is not None:
        return TomlConfigFile(config, required=True)
    return TomlConfigFile(find_paths(environ).config_file)


def find_engine(environ: Mapping[str, str]) -> "EnginePorts":
    """What the engine's verbs need; nothing is looked for before they are called.

    Raises:
        FaultError: (usage) a folder variable that cannot be one.
    """
    from dsr1_tui.adapters.engine_env import LocalEngineHost, shipped_files  # noqa: PLC0415  few commands need it
    from dsr1_tui.adapters.engine_folder import EngineFolder  # noqa: PLC0415  as above
    from dsr1_tui.services.engine import EnginePorts  # noqa: PLC0415  as above

    folder = find_paths(environ).engine
    host, home = LocalEngineHost(environ=environ), EngineFolder(folder)
    return EnginePorts(host=host, home=home, clock=SystemClock(), folder=folder, files=shipped_files())


def find_planner(environ: Mapping[str, str]) -> "PlanPorts":
    """What settling the start of a server needs; nothing is looked for before it is asked.

    Raises:
        FaultError: (usage) a folder variable that cannot be one.
    """
    from functools import partial  # noqa: PLC0415  few commands need it

    from dsr1_tui.adapters.api_keys import KeyFolder  # noqa: PLC0415  as above
    from dsr1_tui.adapters.find_vllm import EngineFirst  # noqa: PLC0415  as above
    from dsr1_tui.adapters.hub_reach import why_out_of_reach  # noqa: PLC0415  as above
    from dsr1_tui.adapters.model_files import read_model  # noqa: PLC0415  as above
    from dsr1_tui.services.plan_serve import PlanPorts  # noqa: PLC0415  as above

    paths = find_paths(environ)
    return PlanPorts(
        machine=LocalMachine(data_dir=paths.data, engine_dir=paths.engine),
        find_vllm=EngineFirst(engine=paths.engine, environ=environ),
        read_model=partial(read_model, environ=environ),
        keys=KeyFolder(paths.state / "keys"),
        environ=environ,
        hub=partial(why_out_of_reach, environ=environ),
    )


def find_server_host(environ: Mapping[str, str]) -> "ServePorts":
    """What the verbs on servers need; those that it starts end with the process unless they are kept.

    Raises:
        FaultError: (usage) a folder variable that cannot be one.
    """
    from dsr1_tui.adapters.server_host.door import LocalDoor  # noqa: PLC0415  few commands need it
    from dsr1_tui.adapters.server_host.folder import ServerFolder  # noqa: PLC0415  as above
    from dsr1_tui.adapters.server_host.host import LocalServerHost  # noqa: PLC0415  as above
    from dsr1_tui.adapters.server_host.logs import LocalServerLogs  # noqa: PLC0415  as above
    from dsr1_tui.adapters.server_host.memory import memory_of  # noqa: PLC0415  as above
    from dsr1_tui.services.serve import ServePorts  # noqa: PLC0415  as above

    folder = ServerFolder(find_paths(environ).state / "servers")
    host = LocalServerHost(folder, environ)
    return ServePorts(
        host=host,
        own=host,
        logs=LocalServerLogs(folder, host),
        door=LocalDoor(),
        clock=SystemClock(),
        memory=memory_of,
    )


async def _end_servers(ports: "ServePorts") -> None:
    """End the servers that this run started and nobody kept."""
    from dsr1_tui.services.serve import end_own  # noqa: PLC0415  few runs start a server

    await end_own(ports)


def find_doctor(environ: Mapping[str, str], *, config: Path | None = None) -> "DoctorPorts":
    """What the doctor looks at; nothing is looked at before it is asked.

    Args:
        environ: the user's.
        config: another config file than the default one.

    Raises:
        FaultError: (usage) a folder variable that cannot be one.
    """
    from dsr1_tui.adapters.doctor.endpoint_probe import LiveEndpointProbe  # noqa: PLC0415  few runs ask the doctor
    from dsr1_tui.adapters.doctor.engine_facts import LocalEngines  # noqa: PLC0415  as above
    from dsr1_tui.adapters.doctor.hardware import LocalHardware  # noqa: PLC0415  as above
    from dsr1_tui.adapters.doctor.our_engines import LocalEngineWatch  # noqa: PLC0415  as above
    from dsr1_tui.adapters.doctor.store_check import LocalStoreReader  # noqa: PLC0415  as above
    from dsr1_tui.adapters.doctor.terminal_facts import LocalTerminal  # noqa: PLC0415  as above
    from dsr1_tui.adapters.hub_cache import hub_cache  # noqa: PLC0415  as above
    from dsr1_tui.adapters.server_host.folder import ServerFolder  # noqa: PLC0415  as above
    from dsr1_tui.services.doctor_ports import DoctorFolders, DoctorPorts  # noqa: PLC0415  as above

    paths = find_paths(environ)
    servers = find_server_host(environ)
    file = find_config(environ, config)
    return DoctorPorts(
        hardware=LocalHardware(environ.get("PATH")),
        watch=LocalEngineWatch(ServerFolder(paths.state / "servers")),
        terminal=LocalTerminal(environ=environ),
        store=LocalStoreReader(paths.database),
        door=servers.door,
        servers=servers.host,
        engine=LocalEngines(paths.engine),
        planner=find_planner(environ),
        config_file=file,
        open_endpoint=open_endpoint,
        probe=LiveEndpointProbe,
        folders=DoctorFolders(
            data=paths.data,
            engine=paths.engine,
            hub=hub_cache(environ),
            config_file=file.path,
            database=paths.database,
        ),
        environ=environ,
    )


def open_endpoint(target: Target) -> FullEndpoint:
    """An endpoint for `target`; its client is imported with its first request, or by `warm_up`."""
    from dsr1_tui.adapters.openai_api import OpenAIEndpoint  # noqa: PLC0415  a chat without a server needs none

    return OpenAIEndpoint(target)


def open_endpoint_exact(target: Target) -> FullEndpoint:
    """An endpoint that gives every token its own time, for measurements; it takes twice the CPU."""
    from dsr1_tui.adapters.openai_api import OpenAIEndpoint  # noqa: PLC0415  as above

    return OpenAIEndpoint(target, pause_s=0)


def find_bench(environ: Mapping[str, str]) -> "BenchDesk":
    """What `bench` reads and writes; nothing is touched before it is asked.

    Raises:
        FaultError: (usage) a folder variable that cannot be one.
    """
    from dsr1_tui.adapters.bench_file import RunFolder, write_report  # noqa: PLC0415  only `bench` needs it
    from dsr1_tui.adapters.question_files import read_questions, shipped_questions  # noqa: PLC0415  as above
    from dsr1_tui.services.bench_plan import BenchDesk  # noqa: PLC0415  as above

    return BenchDesk(
        runs=RunFolder(find_paths(environ).data / "bench"),
        shipped=shipped_questions,
        read_set=read_questions,
        write_report=write_report,
        open_endpoint=open_endpoint_exact,
    )


def open_judge() -> Judge:
    """The judge of boxed answers; its process starts with the first pair that needs it."""
    from dsr1_tui.adapters.maths_judge import MathsJudge  # noqa: PLC0415  only a vote needs it

    return MathsJudge()


async def warm_up() -> None:
    """Import what the first question needs (openai, the Markdown parser: up to a second), in a thread."""
    from dsr1_tui.adapters import openai_api  # noqa: PLC0415  as above
    from dsr1_tui.render import markdown  # noqa: PLC0415  as above

    await openai_api.warm_up()
    await asyncio.to_thread(markdown.warm_up)


@asynccontextmanager
async def open_demo() -> AsyncGenerator[Target, None]:
    """The demo's endpoint on a free port of loopback, at a human pace, while the context is open."""
    from dsr1_tui.adapters.demo.library import load  # noqa: PLC0415  few runs show the demo
    from dsr1_tui.adapters.demo.pace import HumanPace  # noqa: PLC0415  as above
    from dsr1_tui.adapters.demo.server import DemoServer  # noqa: PLC0415  as above

    async with DemoServer(load(), pace=HumanPace()) as server:
        yield Target(base_url=server.base_url, name=DEMO_NAME)
