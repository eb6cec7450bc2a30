"""ssh's own words (OpenSSH 9.2, and older and newer ones where they differ) and what we make of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.fault import ExitCode, FaultCode
from dsr1_tui.domain.ssh import SshPlace
from dsr1_tui.domain.ssh_faults import ssh_failure

BOX = SshPlace(host="box", user="me", port=2222)
CHANGED = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Offending ED25519 key in /home/me/.ssh/known_hosts:3
Host key for box has changed and you have requested strict checking.
Host key verification failed."""


@pytest.mark.parametrize(
    ("said", "words", "user_needed"),
    [
        ("ssh: Could not resolve hostname box: Name or service not known", "The host box is not known", False),
        ("ssh: Could not resolve hostname box: nodename nor servname provided", "The host box is not known", False),
        ("ssh: connect to host box port 2222: Connection refused", "refused the ssh connection", False),
        ("ssh: connect to host box port 2222: Connection timed out", "did not answer within the time", False),
        ("ssh: connect to host box port 2222: Operation timed out", "did not answer within the time", False),
        ("Connection timed out during banner exchange", "did not answer within the time", False),
        ("ssh: connect to host box port 2222: No route to host", "cannot be reached from here", False),
        ("ssh: connect to host box port 22: Network is unreachable", "cannot be reached from here", False),
        ("me@box: Permission denied (publickey,password).", "could not be asked for", True),
        ("Received disconnect from 1.2.3.4 port 22:2: Too many authentication failures", "too many keys", True),
        ("No ED25519 host key is known for box and you have requested strict checking.\nHost key verification failed.",
         "is not known yet", True),
        (CHANGED, "somebody listens in", True),
        ("channel 2: open failed: administratively prohibited: open failed", "does not allow a tunnel", True),
        ("kex_exchange_identification: Connection closed by remote host", "closed the ssh connection", False),
        ("kex_exchange_identification: read: Connection reset by peer\nConnection reset by 1.2.3.4 port 22",
         "closed the ssh connection", False),
        ("Timeout, server box not responding.", "did not answer within the time", False),
        ("/home/me/.ssh/config: line 3: Bad configuration option: hots", "its own configuration", True),
        ("Bad owner or permissions on /home/me/.ssh/config", "its own configuration", True),
        ('unix_listener: path "/very/long" too long for Unix domain socket', "too long for ssh's socket", True),
        ("something new.", "ssh to me@box:2222 failed: something new.", False),
        ("", "ssh to me@box:2222 failed.", False),
    ],
)  # fmt: skip
def test_each_failure_has_its_sentence(said: str, words: str, user_needed: bool) -> None:
    failure = ssh_failure(said.splitlines(), BOX, asked=False)
    assert words in failure.fault.line
    assert failure.user_needed is user_needed
    assert (failure.fault.code, failure.fault.exit_code) == (FaultCode.SSH, ExitCode.UNREACHABLE)


def test_the_cause_counts_not_what_follows_from_it() -> None:
    said = ["Warning: Permanently added 'box' (ED25519) to the list of known hosts.",
            "Connection closed by 1.2.3.4 port 22", "me@box: Permission denied (publickey)."]  # fmt: skip
    assert "did not let the user in" in ssh_failure(said, BOX, asked=True).fault.message


def test_who_was_asked_is_told_otherwise() -> None:
    assert "was not accepted" in ssh_failure(["Host key verification failed."], BOX, asked=True).fault.message


def test_nobody_is_told_to_switch_the_check_off() -> None:
    line = ssh_failure(CHANGED.splitlines(), BOX, asked=True).fault.line
    assert "StrictHostKeyChecking" not in line
    assert "ssh-keygen -R '[box]:2222'" in line


@given(st.lists(st.text(max_size=300), max_size=5), st.booleans())
def test_whatever_ssh_says_is_told_in_one_safe_line(lines: list[str], asked: bool) -> None:
    fault = ssh_failure(lines, BOX, asked=asked).fault
    assert fault.line.isprintable()
    assert len(fault.line) < 500
