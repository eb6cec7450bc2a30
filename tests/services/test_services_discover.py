import asyncio
import threading

from dsr1_tui.domain.discovery import Findings, FoundServer, MachineFacts, Place, Speech
from dsr1_tui.services.discover import discover, look

PLACES = (Place("localhost", 1, "vLLM"), Place("localhost", 2, "Ollama"), Place("localhost", 3, "SGLang"))
API = FoundServer(Speech.API, ("tiny-r1",))


class Crowd:
    """Probes that all wait until as many are under way as were promised: only parallel ones get through."""

    def __init__(self, expected: int) -> None:
        self.barrier = asyncio.Barrier(expected)

    async def look(self, host: str, port: int) -> FoundServer | None:
        assert host == "localhost"
        async with asyncio.timeout(10):
            await self.barrier.wait()
        return API if port == 2 else None


class SlowMachine:
    """Facts that are held back until the test lets go."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.thread: threading.Thread | None = None

    def facts(self) -> MachineFacts:
        self.thread = threading.current_thread()
        assert self.release.wait(10)
        return MachineFacts(memory_bytes=1)


async def test_all_places_are_looked_at_at_once_and_told_in_their_order() -> None:
    looked = await look(Crowd(3), PLACES)
    assert [(item.place.port, item.found) for item in looked] == [(1, None), (2, API), (3, None)]


async def test_servers_are_told_before_a_machine_that_takes_its_time() -> None:
    machine = SlowMachine()
    told: list[Findings] = []
    async for findings in discover(machine, Crowd(3), configured=["lab"], places=PLACES):
        told.append(findings)
        if findings.servers is not None:
            machine.release.set()
    first, second, last = told
    assert (first.servers, first.machine, first.configured) == (None, None, ("lab",))
    assert second.servers is not None
    assert second.machine is None
    assert last == Findings(servers=second.servers, configured=("lab",), machine=MachineFacts(memory_bytes=1))
    assert machine.thread is not threading.main_thread()


async def test_leaving_early_is_clean() -> None:
    machine = SlowMachine()
    findings = discover(machine, Crowd(3), places=PLACES)
    assert await anext(findings) == Findings()
    assert (await anext(findings)).servers is not None
    await findings.aclose()
    machine.release.set()
