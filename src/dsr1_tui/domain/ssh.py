"""A remote box as a person types it (`user@box[:port]`), checked so that nothing in it passes for an option of ssh."""

import ipaddress
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.fault import FaultCode, FaultError, fail

SCHEME: Final = "ssh://"
MOST: Final = 300
"""Characters of an address; longer ones are no host's."""
HIGHEST_PORT: Final = 65535
_FORBIDDEN: Final = frozenset("\"'`$\\;&<>|(){}[]*?!,#=^~/")
"""What means something to a shell, through which ssh may hand host and user on (`ProxyCommand`, `Match exec`)."""
_HINT: Final = "Give it like user@box, user@box:2222 or [fe80::1]:22."


@dataclass(frozen=True, slots=True, kw_only=True)
class SshPlace:
    """A box to reach by ssh, and the port its server listens on there."""

    host: str
    """A host name, an alias of the user's ssh config, or an address; IPv6 without brackets."""
    user: str | None = None
    """`None` leaves it to the user's ssh config."""
    port: int | None = None
    """Where sshd listens; `None` leaves it to the user's ssh config."""
    remote_port: int | None = None
    """Where the server listens on the box; `None` looks at the usual ports."""

    @property
    def destination(self) -> str:
        """What the ssh command is given as the destination; the port goes with `-p`."""
        return self.host if self.user is None else f"{self.user}@{self.host}"

    @property
    def label(self) -> str:
        """The box as the header shows it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        whole = host if self.user is None else f"{self.user}@{host}"
        return whole if self.port is None else f"{whole}:{self.port}"

    @property
    def url(self) -> str:
        """The whole as one text, `ssh://user@box:22/8000`; `parse_ssh` reads it back."""
        return f"{SCHEME}{self.label}" + ("" if self.remote_port is None else f"/{self.remote_port}")


def is_ssh(text: str) -> bool:
    """Whether an address is meant for ssh: `ssh://box` or `ssh box`."""
    return text.strip().lower().startswith((SCHEME, "ssh "))


def parse_ssh(text: str, *, remote_port: int | None = None) -> SshPlace:
    """The box named by `user@box[:port]`, `box`, `[ipv6]:port`, `ssh user@box` or `ssh://user@box:port[/REMOTE]`.

    `remote_port` is laid over the one in the text.

    Raises:
        FaultError: (usage) when it cannot be one.
    """
    typed = text.strip()
    rest, inside = typed, None
    if typed.lower().startswith(SCHEME):
        rest, _, path = typed[len(SCHEME) :].partition("/")
        inside = _port(path, text) if path else None
    elif typed.lower().startswith("ssh "):
        rest = typed[4:].strip()
    if not rest or len(rest) > MOST or not rest.isprintable() or " " in rest:
        raise _no_address(text)
    user, at, where = rest.rpartition("@")
    if ":" in user:
        raise fail(FaultCode.USAGE, "An ssh address must not hold a password.", "ssh asks for it.")
    host, port = _host_and_port(where, text)
    if (at and not user) or _unfit(user) or (_unfit(host) and not _is_ipv6(host)):
        raise _no_address(text)
    if remote_port is not None and not 0 < remote_port <= HIGHEST_PORT:
        raise _bad_port(remote_port)
    return SshPlace(host=host, user=user or None, port=port, remote_port=inside if remote_port is None else remote_port)


def _host_and_port(where: str, text: str) -> tuple[str, int | None]:
    if where.startswith("["):
        host, closed, behind = where[1:].partition("]")
        if not closed or not _is_ipv6(host) or (behind and not behind.startswith(":")):
            raise _no_address(text)
        return host, _port(behind[1:], text) if behind else None
    if _is_ipv6(where):
        return where, None
    host, colon, port = where.partition(":")
    if not host:
        raise _no_address(text)
    return host, _port(port, text) if colon else None


def _is_ipv6(host: str) -> bool:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return address.scope_id is None or not _unfit(address.scope_id)


def _unfit(name: str) -> bool:
    """Whether a user or host could be taken for an option, or for more than a name."""
    return name.startswith("-") or not _FORBIDDEN.isdisjoint(name) or "%" in name or ":" in name


def _port(digits: str, text: str) -> int:
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(HIGHEST_PORT)):
        raise _no_address(text)
    port = int(digits)
    if not 0 < port <= HIGHEST_PORT:
        raise _bad_port(port)
    return port


def _bad_port(port: int) -> FaultError:
    return fail(FaultCode.USAGE, f"{port} is no port.", f"A port is from 1 to {HIGHEST_PORT}.")


def _no_address(text: str) -> FaultError:
    shown = "".join(char for char in text if char.isprintable())[:60]
    return fail(FaultCode.USAGE, f"“{shown}” is not an ssh address.", _HINT)
