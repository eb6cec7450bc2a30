"""What ssh's own words mean for the user, as a table: the same failure is told in one sentence wherever it comes up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.ssh import SshPlace

LONGEST: Final = 200
"""Characters kept of a line of ssh's that no row knows."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One kind of failure."""

    pattern: re.Pattern[str]
    """In a line that ssh wrote to stderr."""
    message: str
    hint: str
    user_needed: bool = False
    """Whether trying again without the user is in vain."""
    unasked: tuple[str, str] | None = None
    """Message and hint instead, where ssh could not ask anything (`BatchMode`)."""


def _row(
    pattern: str, message: str, hint: str, *, user_needed: bool = False, unasked: tuple[str, str] | None = None
) -> _Row:
    return _Row(re.compile(pattern, re.IGNORECASE), message, hint, user_needed, unasked)


_AGENT: Final = "Load the key with ssh-add, or connect from a terminal (in the chat: F6)."
_ROWS: Final = (
    # Never a hint to switch the check off: a changed key is what an attack looks like.
    _row(r"host identification has changed|host key .*has changed|offending .*key in",
         "The host key of {box} is not the one that is known: it was set up anew, or somebody listens in.",
         "Ask who runs it. If the change is right, forget the old key: ssh-keygen -R {known}.", user_needed=True),
    _row(r"host key is revoked|revoked host key|is marked as revoked",
         "The host key of {box} is revoked.", "Ask who runs it.", user_needed=True),
    _row(r"host key verification failed|no .*host key is known",
         "The host key of {box} was not accepted.", "Compare its fingerprint with who runs it, then try again.",
         user_needed=True,
         unasked=("The host key of {box} is not known yet.",
                  "Connect once from a terminal, where ssh shows it and asks.")),
    _row(r"could not resolve hostname|name or service not known|nodename nor servname",
         "The host {host} is not known.", "Check its name, or the Host entry in the ssh config."),
    _row(r"bad configuration option|bad owner or permissions|unsupported option|terminating, \d+ bad|: line \d+:",
         "ssh does not accept its own configuration: {line}.", "Correct that file.", user_needed=True),
    _row(r"connect to (?:host|address) .*connection refused",
         "{box} refused the ssh connection.", "Check that sshd runs there, and its port: --ssh user@box:PORT."),
    _row(r"timed out|timeout, server .* not responding",
         "{box} did not answer within the time.", "Check that it is up and reachable from here (VPN, firewall)."),
    _row(r"no route to host|network is unreachable|host is down",
         "{box} cannot be reached from here.", "Check the network (VPN, firewall)."),
    _row(r"too many authentication failures",
         "{box} gave up after too many keys were tried.",
         "Name the right one in the ssh config: IdentityFile and IdentitiesOnly yes.", user_needed=True),
    _row(r"permission denied",
         "{box} did not let the user in.", "Check the user name and the key.", user_needed=True,
         unasked=("{box} wants a key, a password or a second factor that could not be asked for.", _AGENT)),
    _row(r"administratively prohibited|port forwarding is disabled",
         "{box} does not allow a tunnel to its server.", "Ask who runs it for AllowTcpForwarding.", user_needed=True),
    _row(r"unix domain socket .* too long|path .* too long for unix",
         "The temporary folder's path is too long for ssh's socket.", "Set TMPDIR to a shorter one.", user_needed=True),
    _row(r"could not request local forwarding|port forwarding failed|address already in use",
         "ssh could not listen on this machine for the tunnel.", "Try again."),
    _row(r"kex_exchange_identification|connection (?:closed|reset) by|connection to .* closed|broken pipe",
         "{box} closed the ssh connection.", "Check that the port is sshd's; it may also be overloaded or block you."),
)  # fmt: skip
"""First match counts, over all lines: causes before their consequences."""


@dataclass(frozen=True, slots=True)
class SshFailure:
    """Why there is no connection."""

    fault: Fault
    user_needed: bool
    """Whether only the user can mend it; else trying again may help."""


def ssh_failure(lines: Sequence[str], place: SshPlace, *, asked: bool) -> SshFailure:
    """What ssh's stderr means; `asked`: whether ssh could ask the user (a terminal, no `BatchMode`)."""
    for row in _ROWS:
        line = next((line for line in lines if row.pattern.search(line)), None)
        if line is not None:
            message, hint = (row.message, row.hint) if asked or row.unasked is None else row.unasked
            words = {"box": place.label, "host": place.host, "known": _known(place), "line": _shown(line)}
            return SshFailure(Fault(FaultCode.SSH, message.format(**words), hint.format(**words)), row.user_needed)
    said = next((shown for line in reversed(lines) if (shown := _shown(line))), "")
    what = f"ssh to {place.label} failed" + (f": {said}." if said else ".")
    return SshFailure(Fault(FaultCode.SSH, what, f"Try it by hand: {_by_hand(place)}."), user_needed=False)


def _known(place: SshPlace) -> str:
    """The box's name among the known hosts, quoted where a shell needs it."""
    return place.host if place.port is None else f"'[{place.host}]:{place.port}'"


def _by_hand(place: SshPlace) -> str:
    port = "" if place.port is None else f" -p {place.port}"
    return f"ssh{port} {place.destination}"


def _shown(line: str) -> str:
    """A line without anything a terminal might obey, and without its last full stop."""
    return " ".join("".join(char if char.isprintable() else " " for char in line).split())[:LONGEST].rstrip(".")
