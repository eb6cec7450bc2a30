from collections.abc import Generator
from pathlib import Path

import pytest

from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.services.serve import ServePorts
from support.contract_server_host import HostContract
from support.fake_server_host import NEVER, FakeServers, ServerScript
from support.server_stage import ServerStage, standin_plan

SCRIPTS = {
    "serves": ServerScript(),
    "stubborn": ServerScript(log=((0.0, "core 7\n"),), heeds_s=NEVER),
    "fails": ServerScript(log=((0.0, "ValueError: the model does not fit\n"),), ends_s=1.0, ready_s=NEVER),
}


class TestRealServers(HostContract):
    @pytest.fixture
    def stage(self, tmp_path: Path) -> Generator["Real"]:
        stage = Real(tmp_path)
        yield stage
        stage.clear()


class Real(ServerStage):
    def plan(self, part: str, *, port: int | None = None, profile: str = "r1") -> ServerPlan:
        return standin_plan(part, port=port, profile=profile)


class TestFakeServers(HostContract):
    @pytest.fixture
    def stage(self) -> "Fake":
        return Fake()


class Fake:
    def __init__(self) -> None:
        self.servers = FakeServers()

    def ports(self) -> ServePorts:
        return self.servers.ports()

    def plan(self, part: str, *, port: int | None = None, profile: str = "r1") -> ServerPlan:
        self.servers.scripts.append(SCRIPTS[part])
        return standin_plan(part, port=port, profile=profile)
