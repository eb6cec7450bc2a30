import ipaddress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.ssh import SshPlace, is_ssh, parse_ssh
from dsr1_tui.domain.target import Target, parse_address

NAME = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True)
PORT = st.none() | st.integers(1, 65535)
IPV6 = st.integers(0, 2**128 - 1).map(lambda number: str(ipaddress.IPv6Address(number)))
PLACES = st.builds(SshPlace, host=NAME | IPV6, user=st.none() | NAME, port=PORT, remote_port=PORT)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("box", SshPlace(host="box")),
        (" me@box ", SshPlace(host="box", user="me")),
        ("me@box:2222", SshPlace(host="box", user="me", port=2222)),
        ("me@corp@gate", SshPlace(host="gate", user="me@corp")),
        ("::1", SshPlace(host="::1")),
        ("me@[fe80::1]:22", SshPlace(host="fe80::1", user="me", port=22)),
        ("[fe80::1%eth0]", SshPlace(host="fe80::1%eth0")),
        ("ssh me@box", SshPlace(host="box", user="me")),
        ("SSH://me@box:22", SshPlace(host="box", user="me", port=22)),
        ("ssh://me@box:22/", SshPlace(host="box", user="me", port=22)),
        ("ssh://box/8001", SshPlace(host="box", remote_port=8001)),
    ],
)
def test_what_a_person_types(text: str, place: SshPlace) -> None:
    assert parse_ssh(text) == place


@given(PLACES)
def test_the_url_says_it_all(place: SshPlace) -> None:
    assert parse_ssh(place.url) == place
    assert is_ssh(place.url)


@settings(max_examples=300)
@given(st.text(max_size=30) | st.from_regex(r"[-@:\[\]/%a1 ]{1,12}", fullmatch=True))
@example("-oProxyCommand=touch /tmp/x")
@example("me@-oProxyCommand=x")
@example("-l@box")
@example("ssh -lroot")
@example("a\nb")
@example("box;reboot")
@example("$(x)@box")
@example("[::1%-oX]")
def test_what_reaches_ssh_is_no_option_and_no_shell_word(text: str) -> None:
    try:
        place = parse_ssh(text)
    except FaultError as error:
        refused = error.fault
    else:
        for part in (place.destination, place.host, place.user or "x"):
            assert not part.startswith("-")
            assert part.isprintable()
            assert not set(part) & set(" \"'`$\\;&<>|(){}[]*?!")
        assert parse_ssh(place.url) == place
        return
    assert refused.code is FaultCode.USAGE
    assert refused.line.isprintable()


@pytest.mark.parametrize("text", ["", "@box", "me@", "box:", "box:x", "box:0", "box:65536", "box:²", "[::1", "[box]:1",
                                  "ssh://", "ssh://box/x", "a b", "ssh://box:1:2", "x" * 400])  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_ssh(text)
    assert caught.value.fault.code is FaultCode.USAGE


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(FaultError) as caught:
        parse_ssh("me:secret@box")
    assert "secret" not in caught.value.fault.line


def test_an_address_may_be_a_url_or_a_box() -> None:
    assert parse_address("gpu:8000") == ("http://gpu:8000/v1", None)
    assert parse_address("ssh me@box") == ("ssh://me@box", SshPlace(host="box", user="me"))


def test_a_target_is_called_by_its_box() -> None:
    place = SshPlace(host="box", user="me")
    before = Target(base_url=place.url, via=place)
    after = Target(base_url="http://127.0.0.1:4711/v1", via=place)
    assert (before.needs_tunnel, after.needs_tunnel) == (True, False)
    assert (before.label, after.label) == ("me@box", "me@box")
    assert after.bypasses_proxy
    assert Target(base_url=after.base_url, via=place, name="lab").label == "lab"
