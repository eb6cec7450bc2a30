from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.domain.discovery import FoundServer, Speech
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.ports import PortOwner
from dsr1_tui.services.adopting import adopt_port, adopt_server
from support.fake_kit import FakeProbe
from support.fake_server_host import FakeServers, ServerScript
from support.server_stage import standin_plan

KEY_FILE = Path("/state/keys/r1")


async def test_a_server_of_ours_with_its_key() -> None:
    servers = FakeServers(scripts=[ServerScript(ready_s=2.0)], keys={KEY_FILE: "sk-kept"})
    record = servers.launch(replace(standin_plan("serves", port=8000), key_file=KEY_FILE), keep=True)
    early = await adopt_server(servers.ports(), record)
    assert (early.record, early.ready) == (record, False)
    servers.clock.advance(3)
    adopted = await adopt_port(servers.ports(), FakeProbe(), 8000)
    assert (adopted.record, adopted.ready) == (record, True)
    assert (adopted.target.base_url, adopted.target.model) == ("http://127.0.0.1:8000/v1", "tiny-r1")
    assert adopted.target.api_key == "sk-kept"


async def test_one_that_ended_is_told() -> None:
    servers = FakeServers()
    record = servers.launch(standin_plan("serves", port=8000), keep=True)
    servers.end(record, kill=True)
    with pytest.raises(FaultError, match="port 8000 runs no more") as caught:
        await adopt_server(servers.ports(), record)
    assert caught.value.fault.code is FaultCode.SERVER_START


@pytest.mark.parametrize(("models", "model"), [(("r1",), "r1"), (("r1", "lora"), None), ((), None)])
async def test_a_stranger_s_server_is_used_and_not_ours(models: tuple[str, ...], model: str | None) -> None:
    probe = FakeProbe({8000: FoundServer(Speech.API, models)})
    adopted = await adopt_port(FakeServers().ports(), probe, 8000)
    assert adopted.record is None
    assert adopted.target.model == model


async def test_what_cannot_be_used_is_told_with_whose_it_is() -> None:
    servers = FakeServers(strangers={8000: PortOwner(7, "nginx")})
    probe = FakeProbe({8000: FoundServer(Speech.OTHER)})
    with pytest.raises(FaultError, match=r"port 8000 \(nginx, process 7\) does not speak") as caught:
        await adopt_port(servers.ports(), probe, 8000)
    assert caught.value.fault.code is FaultCode.NOT_AN_API
    with pytest.raises(FaultError, match="Nothing listens on port 9000") as caught:
        await adopt_port(servers.ports(), probe, 9000)
    assert caught.value.fault.code is FaultCode.UNREACHABLE
