"""Boxes named by flag, environment and file; the key rules hold for them too."""

import pytest

from dsr1_tui.domain.config import Config, EndpointConfig
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.ssh import SshPlace
from dsr1_tui.services.resolve import Resolved, TargetFlags, resolve_target

BOX = SshPlace(host="box", user="me")
LAB = Config(endpoints={"lab": EndpointConfig(base_url="ssh://me@box/8001", model="R1")})


def resolved(flags: TargetFlags, config: Config | None = None, **environ: str) -> Resolved:
    found = resolve_target(flags, environ, config or Config())
    assert found is not None
    return found


def test_a_flag_names_a_box() -> None:
    found = resolved(TargetFlags(ssh="me@box", model="m"), LAB)
    assert (found.target.base_url, found.target.via, found.source) == ("ssh://me@box", BOX, "--ssh")
    assert (found.target.model, found.target.needs_tunnel) == ("m", True)


def test_the_file_names_a_box() -> None:
    target = resolved(TargetFlags(), LAB).target
    assert (target.via, target.name, target.model) == (SshPlace(host="box", user="me", remote_port=8001), "lab", "R1")


def test_the_port_there_may_be_given() -> None:
    target = resolved(TargetFlags(ssh="me@box", remote_port=9), LAB).target
    assert (target.base_url, target.via) == ("ssh://me@box/9", SshPlace(host="box", user="me", remote_port=9))
    assert resolved(TargetFlags(endpoint="lab", remote_port=9), LAB).target.base_url == "ssh://me@box/9"


def test_a_box_as_an_address() -> None:
    assert resolved(TargetFlags(base_url="ssh me@box")).target.via == BOX
    assert resolved(TargetFlags(), DSR1_BASE_URL="ssh://me@box").target.via == BOX


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (TargetFlags(ssh="box", base_url="gpu:1"), "--base-url and --ssh name two addresses."),
        (TargetFlags(ssh="box", endpoint="lab"), "--ssh and --endpoint name two addresses."),
        (TargetFlags(base_url="gpu:1", remote_port=8000), "--remote-port needs --ssh."),
        (TargetFlags(ssh="-oProxyCommand=x"), "is not an ssh address"),
    ],
)
def test_contradictions_are_told(flags: TargetFlags, words: str) -> None:
    with pytest.raises(FaultError) as caught:
        resolve_target(flags, {}, LAB)
    assert words in caught.value.fault.message


def test_flags_after_the_command_replace_the_address_before_it() -> None:
    both = TargetFlags(ssh="box").over(TargetFlags(base_url="gpu:1", remote_port=7))
    assert (both.ssh, both.base_url, both.remote_port) == ("box", None, 7)
    assert TargetFlags(base_url="gpu:1").over(TargetFlags(ssh="box")).ssh is None


def test_a_key_for_another_address_does_not_go_to_the_box() -> None:
    alone = resolved(TargetFlags(ssh="me@box"), DSR1_API_KEY="k")
    other = resolved(TargetFlags(ssh="me@box"), DSR1_API_KEY="k", DSR1_BASE_URL="gpu:8000")
    same = resolved(TargetFlags(base_url="ssh://me@box"), DSR1_API_KEY="k", DSR1_BASE_URL="ssh://me@elsewhere")
    assert (alone.target.api_key, other.target.api_key, same.target.api_key) == ("k", None, None)
