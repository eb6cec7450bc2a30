"""Tunnels through a real sshd on loopback, by the system's own ssh."""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.adapters.port_probe import PortProbe
from dsr1_tui.adapters.ssh_master import own_environment
from dsr1_tui.adapters.ssh_tunnel import LONGEST_PATH, SshTunnel, _private_folder
from dsr1_tui.adapters.ssh_tunnels import SshTunnels
from dsr1_tui.domain.discovery import FoundServer, Speech
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.ssh import parse_ssh
from dsr1_tui.domain.target import Target
from support.fault_server import FaultServer, Reply, json_reply, unused_port
from support.processes import all_end
from support.sshd import Box, eventually, running_box

MODELS = json_reply({"object": "list", "data": [{"id": "r1", "object": "model"}]})
PROBE = PortProbe(3.0)


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with running_box(tmp_path_factory.mktemp("box")) as box:
        yield box


@pytest.fixture
def box(sshd: Box) -> Iterator[Box]:
    """The box, left by the test as it was: no process, no socket."""
    yield sshd
    assert sshd.all_gone(), sshd.sockets


@pytest.fixture
def tunnels(box: Box) -> Iterator[SshTunnels]:
    made = SshTunnels(box.environ, probe=PROBE, say=unheard)
    yield made
    made.close()


@pytest.fixture
async def server() -> AsyncGenerator[FaultServer, None]:
    async with FaultServer(pages={"/v1/models": MODELS}) as running:
        yield running


def target(text: str, remote_port: int | None = None) -> Target:
    place = parse_ssh(text, remote_port=remote_port)
    return Target(base_url=place.url, via=place, model="r1")


def unheard(line: str) -> None:
    """What ssh says beside its questions goes nowhere."""


async def opened(tunnels: SshTunnels, wanted: Target) -> Target:
    """In a thread, because the server at its end runs in this loop."""

    return await asyncio.to_thread(tunnels.open, wanted, ask=False)


async def seen(at: Target) -> FoundServer | None:
    return await PROBE.look("127.0.0.1", int(at.root_url.rpartition(":")[2]))


@pytest.mark.parametrize("where", ["box", "behind"])
async def test_the_server_is_reached(tunnels: SshTunnels, server: FaultServer, where: str) -> None:
    wanted = target(where, server.port)
    reached = await opened(tunnels, wanted)
    assert reached == replace(wanted, base_url=reached.base_url)
    assert reached.base_url.startswith("http://127.0.0.1:")
    assert str(server.port) not in reached.base_url
    assert await seen(reached) == FoundServer(Speech.API, ("r1",))
    assert tunnels.trouble(reached) is None


async def test_a_tunnel_that_stands_is_used_again(tunnels: SshTunnels, server: FaultServer, box: Box) -> None:
    first = await opened(tunnels, target("box", server.port))
    held = box.masters()
    assert await opened(tunnels, target("box", server.port)) == first
    assert box.masters() == held
    assert len(held) == 2, "ssh and its keeper"
    assert os.getsid(0) not in map(os.getsid, held), "unasked, no ssh can reach a terminal, not even a jump host's"


async def test_the_server_is_found_among_the_usual_ports(box: Box, server: FaultServer) -> None:
    nothing = unused_port()
    page = FaultServer(pages={"/": Reply([b"<html>"])})
    async with page:
        tunnel = SshTunnel(
            str(box.folder / "bin" / "ssh"),
            parse_ssh("box"),
            own_environment(box.environ),
            PROBE,
            unheard,
            usual=(nothing, page.port, server.port),
        )
        try:
            await asyncio.to_thread(tunnel.open, ask=False)
            assert await PROBE.look("127.0.0.1", tunnel.local_port) == FoundServer(Speech.API, ("r1",))
        finally:
            tunnel.close()


async def test_no_server_is_told_with_the_ports(box: Box) -> None:
    ports = (unused_port(), unused_port())
    ssh, environ = str(box.folder / "bin" / "ssh"), own_environment(box.environ)
    tunnel = SshTunnel(ssh, parse_ssh("box"), environ, PROBE, unheard, usual=ports)
    with pytest.raises(FaultError, match=rf"No server was found on box \(looked on {ports[0]}, {ports[1]}\)"):
        tunnel.open(ask=False)
    assert not box.masters()
    tunnel.close()


@pytest.mark.parametrize("end", ["box", "ssh", "keeper"])
async def test_it_comes_back_on_the_same_port(tunnels: SshTunnels, server: FaultServer, box: Box, end: str) -> None:
    reached = await opened(tunnels, target("box", server.port))
    keeper, ssh = sorted(box.masters())
    if end == "box":
        box.drop()
    else:
        os.kill(ssh if end == "ssh" else keeper, signal.SIGKILL)
    assert all_end(keeper, limit_s=10.0)

    def back() -> bool:
        return len(box.masters()) == 2 and keeper not in box.masters() and tunnels.trouble(reached) is None

    assert await asyncio.to_thread(eventually, back)
    assert await seen(reached) == FoundServer(Speech.API, ("r1",))


async def test_what_only_the_user_can_mend_is_told_and_waits(
    box: Box, tunnels: SshTunnels, server: FaultServer
) -> None:
    reached = await opened(tunnels, target("box", server.port))
    keys = (box.folder / "authorized_keys").read_text()
    try:
        box.reject_keys()
        box.drop()

        def told() -> bool:
            trouble = tunnels.trouble(reached)
            return trouble is not None and "could not be asked for" in trouble.message

        assert await asyncio.to_thread(eventually, told)
        assert not box.masters()
    finally:
        (box.folder / "authorized_keys").write_text(keys)
    assert await opened(tunnels, target("box", server.port)) == reached
    assert tunnels.trouble(reached) is None
    assert await seen(reached) == FoundServer(Speech.API, ("r1",))


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("stranger", "The host key of stranger is not known yet."),
        ("intruder", "intruder wants a key, a password or a second factor that could not be asked for."),
        ("no-such-host.invalid", "The host no-such-host.invalid is not known."),
        ("127.0.0.1:{closed}", "refused the ssh connection."),
    ],
)
def test_what_fails_is_one_sentence(tunnels: SshTunnels, where: str, words: str) -> None:
    with pytest.raises(FaultError) as caught:
        tunnels.open(target(where.format(closed=unused_port())), ask=False)
    assert words in caught.value.fault.message
    assert caught.value.fault.code is FaultCode.SSH
    assert "\n" not in caught.value.fault.line


def test_a_changed_host_key_is_refused(tunnels: SshTunnels, box: Box) -> None:
    known = (box.folder / "known_hosts").read_text()
    other = " ".join((box.folder / "user_key.pub").read_text().split()[:2])
    try:
        (box.folder / "known_hosts").write_text(f"box {other}\n")
        with pytest.raises(FaultError, match="somebody listens in"):
            tunnels.open(target("box"), ask=False)
    finally:
        (box.folder / "known_hosts").write_text(known)


def test_a_port_where_nothing_listens(tunnels: SshTunnels) -> None:
    port = unused_port()
    with pytest.raises(FaultError, match=f"Nothing listens on port {port} of box."):
        tunnels.open(target("box", port), ask=False)


async def test_a_server_that_is_still_loading_is_kept(tunnels: SshTunnels) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tunnels_port = silent.getsockname()[1]
        quick = SshTunnels(tunnels._environ, probe=PortProbe(0.3), say=unheard)
        try:
            assert (await opened(quick, target("box", tunnels_port))).needs_tunnel is False
        finally:
            quick.close()


def test_a_box_that_forbids_tunnels(tmp_path: Path) -> None:
    with running_box(tmp_path, options="AllowTcpForwarding no") as strict:
        tunnels = SshTunnels(strict.environ, probe=PROBE, say=unheard)
        with pytest.raises(FaultError, match="box does not allow a tunnel to its server"):
            tunnels.open(target("box"), ask=False)
        assert strict.all_gone()


def test_without_ssh(box: Box) -> None:
    tunnels = SshTunnels({"PATH": str(box.folder / "tmp")}, probe=PROBE, say=unheard)
    with pytest.raises(FaultError, match="There is no ssh command on the PATH"):
        tunnels.open(target("box"), ask=False)


def test_closing_gives_up_a_connection_that_is_being_made(box: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes the connection and never says a word
        ssh, environ = str(box.folder / "bin" / "ssh"), own_environment(box.environ)
        place = parse_ssh(f"127.0.0.1:{mute.getsockname()[1]}")
        tunnel = SshTunnel(ssh, place, environ, PROBE, unheard)
        caught: list[FaultError] = []

        def try_it() -> None:
            try:
                tunnel.open(ask=False)
            except FaultError as error:
                caught.append(error)

        trying = threading.Thread(target=try_it)
        trying.start()
        assert eventually(lambda: bool(box.masters()))
        tunnel.close()
        trying.join(10)
        assert len(caught) == 1


def test_the_socket_s_path_is_short(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    folder = _private_folder(str(deep))
    try:
        assert len(bytes(folder / "s")) <= LONGEST_PATH
        assert folder.stat().st_mode & 0o777 == 0o700
        assert list(deep.iterdir()) == []
    finally:
        folder.rmdir()
