"""Where to connect: an endpoint's address, made whole from what a person types."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.ssh import SCHEME, SshPlace, is_ssh, parse_ssh


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One endpoint to talk to."""

    base_url: str
    """Normalised: scheme, host, port, path without a trailing slash, ending in `/v1`; `ssh://…` before the tunnel."""
    model: str | None = None
    """The model asked for; `None` takes the first the server lists."""
    name: str | None = None
    """The name in the config file, if it has one."""
    api_key: str | None = field(default=None, repr=False)
    """Never shown, logged or stored."""
    via: SshPlace | None = None
    """The box whose server it is, where that is reached through a tunnel."""

    @property
    def needs_tunnel(self) -> bool:
        """Whether it can be talked to only once its tunnel is open."""
        return self.base_url.startswith(SCHEME)

    @property
    def root_url(self) -> str:
        """The server's root, above `/v1`: `/health`, `/tokenize` and `/metrics` live there."""
        return self.base_url.removesuffix("/v1")

    @property
    def label(self) -> str:
        """Host and port as the header shows them, or the configured name; the box, not the tunnel's near end."""
        if self.name is None and self.via is not None:
            return self.via.label
        return self.name or urlsplit(self.base_url).netloc.rsplit("@", 1)[-1]

    @property
    def bypasses_proxy(self) -> bool:
        """Loopback (and so every tunnel) never goes through a proxy."""
        return is_loopback(urlsplit(self.base_url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's loopback."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def normalise_base_url(text: str) -> str:
    """A base URL ending in `/v1` from `host:8000`, `http://host:8000`, `http://host:8000/v1/` and the like.

    Raises:
        FaultError: (usage) when it cannot be one.
    """
    hint = "Give it like http://host:8000."
    typed = text.strip()
    if not typed or any(ch.isspace() or ord(ch) < ord(" ") for ch in typed):
        raise fail(FaultCode.USAGE, f"“{typed[:60]}” is not a base URL.", hint)
    whole = typed if "://" in typed else f"http://{typed}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        raise fail(FaultCode.USAGE, f"“{typed[:60]}” is not a base URL: bad port or address.", hint) from None
    if parts.scheme not in {"http", "https"}:
        raise fail(FaultCode.USAGE, f"“{parts.scheme}” is not a scheme dsr1-chat speaks.", hint)
    if not parts.hostname:
        raise fail(FaultCode.USAGE, f"“{typed[:60]}” names no host.", hint)
    if parts.username or parts.password:
        raise fail(FaultCode.USAGE, "A base URL must not hold a user name or password.", "Use --api-key-env NAME.")
    del port
    path = parts.path.rstrip("/")
    for tail in ("/chat/completions", "/completions", "/models"):
        path = path.removesuffix(tail)
    if not path.endswith("/v1"):
        path += "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def parse_address(text: str) -> tuple[str, SshPlace | None]:
    """Base URL and box of an address as typed: `ssh://user@box` and `ssh user@box` name a box, all else is a URL.

    Raises:
        FaultError: (usage) when it cannot be one.
    """
    if is_ssh(text):
        place = parse_ssh(text)
        return place.url, place
    return normalise_base_url(text), None
