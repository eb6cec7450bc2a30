"""Settles where to connect and with which key, from flags, environment and file; pure, so that a table can test it.

The address: flags (`--base-url`, `--ssh` or `--endpoint`) > `DSR1_BASE_URL` > the file's `endpoint`, or its only
endpoint > a default the caller may give. The model: `--model` > the named endpoint's own.

The key, so that one meant for one host is never sent to another unasked:

- `--api-key-env NAME` goes wherever this run connects;
- an endpoint of the file gets the key its own `api_key_env` names, and no other;
- `DSR1_API_KEY` goes to `DSR1_BASE_URL`, and to `--base-url` where `DSR1_BASE_URL` is not set or is the same server.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.ssh import SshPlace, parse_ssh
from dsr1_tui.domain.target import Target, normalise_base_url, parse_address

BASE_URL: Final = "DSR1_BASE_URL"
API_KEY: Final = "DSR1_API_KEY"
LOCAL_VLLM: Final = "http://127.0.0.1:8000"
"""Where `vllm serve` listens if not told otherwise: what headless commands try when nothing names an endpoint."""

DEFAULT: Final = "default"
"""The `source` of an address that nobody named."""

_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
"""Names shown in an error. Anything else may be a key, put by mistake where its variable's name belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFlags:
    """What the command line says about the connection."""

    base_url: str | None = None
    ssh: str | None = None
    """A box to reach by ssh: `user@box[:port]`."""
    remote_port: int | None = None
    """Where the server listens on the box."""
    endpoint: str | None = None
    model: str | None = None
    api_key_env: str | None = None
    """Name of the variable that holds the key."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The flags among these that say where to connect; two contradict each other."""
        given = {"--base-url": self.base_url, "--ssh": self.ssh, "--endpoint": self.endpoint}
        return tuple(flag for flag, text in given.items() if text is not None)

    def over(self, below: "TargetFlags") -> "TargetFlags":
        """These flags, given after the sub-command, laid over those before it; an address replaces an address."""
        addressed = self if self.addresses else below
        return TargetFlags(
            base_url=addressed.base_url,
            ssh=addressed.ssh,
            remote_port=below.remote_port if self.remote_port is None else self.remote_port,
            endpoint=addressed.endpoint,
            model=below.model if self.model is None else self.model,
            api_key_env=below.api_key_env if self.api_key_env is None else self.api_key_env,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A target, and who named it."""

    target: Target
    source: str
    """`--base-url`, `DSR1_BASE_URL`, `[endpoints.lab]` or `default`."""
    key_env: str | None = None
    """Name of the variable the key came from; `None` where no key is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    base_url: str
    source: str
    name: str | None = None
    model: str | None = None
    key_env: str | None = None
    """The variable whose key belongs to this address."""
    key_needed: bool = False
    """Whether its absence is an error: a file that names a variable means it."""
    via: SshPlace | None = None


def resolve_target(
    flags: TargetFlags, environ: Mapping[str, str], config: Config, *, default: str | None = None
) -> Resolved | None:
    """The endpoint to connect to, or `None` where nothing names one and there is no `default` address.

    Raises:
        FaultError: (usage) contradicting flags, an unknown endpoint, a bad URL, a key variable that is not set.
    """
    address = _flagged(flags, environ, config) or _from_environment(environ) or _from_file(config)
    if address is None:
        if default is None:
            return None
        address = _Address(base_url=normalise_base_url(default), source=DEFAULT)
    if flags.api_key_env is not None:
        key_env, key = flags.api_key_env.strip(), _key(flags.api_key_env.strip(), environ, "--api-key-env")
    elif address.key_env is not None and (address.key_needed or environ.get(address.key_env, "").strip()):
        key_env, key = address.key_env, _key(address.key_env, environ, address.source)
    else:
        key_env, key = None, None
    model = _given(flags.model) or address.model
    target = Target(base_url=address.base_url, model=model, name=address.name, api_key=key, via=address.via)
    target = _reached(target, flags.remote_port)
    return Resolved(target=target, source=address.source, key_env=key_env)


def _flagged(flags: TargetFlags, environ: Mapping[str, str], config: Config) -> _Address | None:
    if len(flags.addresses) > 1:
        message = f"{flags.addresses[0]} and {flags.addresses[1]} name two addresses."
        raise fail(FaultCode.USAGE, message, "Give one of them.")
    if flags.ssh is not None:
        place = parse_ssh(flags.ssh)
        # No other address is the box's server as seen from here: a key for DSR1_BASE_URL is never meant for it.
        own = None if _given(environ.get(BASE_URL)) else API_KEY
        return _Address(base_url=place.url, via=place, source="--ssh", key_env=own)
    if flags.endpoint is not None:
        return _named(flags.endpoint.strip(), config)
    if flags.base_url is None:
        return None
    base_url, via = parse_address(flags.base_url)
    own = API_KEY if _owns_the_key(base_url, environ) else None
    return _Address(base_url=base_url, via=via, source="--base-url", key_env=own)


def _reached(target: Target, remote_port: int | None) -> Target:
    """The target with the box's port laid over the address's own."""
    if remote_port is None:
        return target
    if target.via is None:
        hint = "It is the port of a server behind ssh; give a base URL its port as http://host:PORT."
        raise fail(FaultCode.USAGE, "--remote-port needs --ssh.", hint)
    place = parse_ssh(target.via.url, remote_port=remote_port)
    return replace(target, base_url=place.url, via=place)


def _owns_the_key(base_url: str, environ: Mapping[str, str]) -> bool:
    """Whether `DSR1_API_KEY` is meant for this address: no other, or the same server, is named beside it."""
    other = _given(environ.get(BASE_URL))
    if other is None:
        return True
    try:
        return _origin(parse_address(other)[0]) == _origin(base_url)
    except FaultError:
        return False  # whatever it names, it is not this


def _from_environment(environ: Mapping[str, str]) -> _Address | None:
    text = _given(environ.get(BASE_URL))
    if text is None:
        return None
    try:
        base_url, via = parse_address(text)
    except FaultError as error:
        raise fail(FaultCode.USAGE, f"{BASE_URL}: {error.fault.message}", error.fault.hint) from None
    return _Address(base_url=base_url, via=via, source=BASE_URL, key_env=API_KEY)


def _from_file(config: Config) -> _Address | None:
    if config.endpoint is not None:
        return _named(config.endpoint, config)
    if len(config.endpoints) == 1:
        return _named(next(iter(config.endpoints)), config)
    return None


def _named(name: str, config: Config) -> _Address:
    found = config.endpoints.get(name)
    if found is None:
        known = ", ".join(config.endpoints) or "none"
        raise fail(FaultCode.USAGE, f"The config file has no endpoint “{name[:60]}”.", f"It has: {known}.")
    base_url, via = parse_address(found.base_url)
    return _Address(
        base_url=base_url,
        via=via,
        source=f"[endpoints.{name}]",
        name=name,
        model=found.model,
        key_env=found.api_key_env,
        key_needed=True,
    )


def _key(variable: str, environ: Mapping[str, str], asked_by: str) -> str:
    """The key in a variable; it is never part of what is raised."""
    shown = variable if _VARIABLE.fullmatch(variable) else "named there"
    key = environ.get(variable, "").strip()
    if not key:
        hint = "Set it to the key; the name of the variable is wanted, not the key itself."
        raise fail(FaultCode.USAGE, f"{asked_by}: the environment variable {shown} is not set.", hint)
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise fail(FaultCode.USAGE, f"The key in {shown} holds characters no key has.", "Check the variable.")
    return key


def _given(text: str | None) -> str | None:
    stripped = (text or "").strip()
    return stripped or None


def _origin(base_url: str) -> tuple[str, str, int]:
    parts = urlsplit(base_url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
