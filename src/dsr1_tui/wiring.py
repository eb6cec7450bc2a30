"""The one place where adapters are put into services; building touches no file and no network, heavy adapters wait."""

import asyncio
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
from dsr1_tui.adapters.system_clock import SystemClock
from dsr1_tui.adapters.terminal import write_to_terminal
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import FullEndpoint, LocalServer
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.resolve import TargetFlags, resolve_target

if TYPE_CHECKING:
    from dsr1_tui.services.engine import EnginePorts

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

    servers: list[LocalServer] = []

    def local_server() -> LocalServer:
        from dsr1_tui.adapters.local_server import ChatServer  # noqa: PLC0415  few runs start a server

        if not servers:
            servers.append(ChatServer(log=paths.state / "vllm.log", environ=environ))
        return servers[0]

    async def aclose() -> None:
        for server in servers:
            await server.stop()
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
        open_demo=open_demo,
        find_target=find_target,
        find_engine=lambda: find_engine(environ),
        local_server=local_server,
        aclose=aclose,
        warm_up=warm_up,
    )


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


def open_endpoint(target: Target) -> FullEndpoint:
    """An endpoint for `target`; its client is imported with its first request, or by `warm_up`."""
    from dsr1_tui.adapters.openai_api import OpenAIEndpoint  # noqa: PLC0415  a chat without a server needs none

    return OpenAIEndpoint(target)


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
