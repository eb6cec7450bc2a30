"""The user's named server profiles, from the values of a config file: checked strictly, so that a slip is told."""

import re
import shlex
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.profile_fields import BY_NAME, check
from dsr1_tui.domain.server.quantization import near

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
NAME_WORDS: Final = "1 to 40 of a-z, A-Z, 0-9, “.”, “-” and “_”"
_SERVER: Final = ("command", "profile", "on_quit")
_SECRET: Final = frozenset({"api_key", "apikey", "api-key", "key", "token", "secret", "password"})


class OnQuit(StrEnum):
    """What becomes of a server that the chat started when the chat is left."""

    ASK = "ask"
    KEEP = "keep"
    STOP = "stop"


class ServerTableError(FaultError):
    """A fault in `[server]` or `[servers.NAME]`; `where` is the key's path, so that its line can be named."""

    def __init__(self, where: tuple[str, ...], message: str, hint: str) -> None:
        super().__init__(Fault(FaultCode.CONFIG, message, hint))
        self.where = where


def profiles_from(tables: object) -> dict[str, ServerProfile]:
    """The profiles of `[servers]`, in the order of the file.

    Raises:
        ServerTableError: (config) a bad name, an unknown key, a value that does not fit; one plain line.
    """
    where = ("servers",)
    if not isinstance(tables, Mapping):
        raise ServerTableError(where, "servers must be a table.", "Write it as [servers.NAME].")
    return {str(name): _profile(str(name), table) for name, table in tables.items()}


def _profile(name: str, table: object) -> ServerProfile:
    where = ("servers", name)
    if NAME.fullmatch(name) is None:
        raise ServerTableError(where, f"A server profile's name is {NAME_WORDS}.", "Rename it.")
    if not isinstance(table, Mapping):
        raise ServerTableError(where, f"servers.{name} must be a table.", f"Write it as [servers.{name}].")
    profile = ServerProfile()
    for key, value in table.items():
        at = (*where, str(key))
        spec = BY_NAME.get(str(key))
        if spec is None:
            raise _unknown(at, str(key), tuple(BY_NAME))
        try:
            profile = profile.having(spec.name, check(spec, value))
        except (SettingError, OverflowError) as error:
            reason = str(error) if isinstance(error, SettingError) else f"{spec.name} must be {spec.bounds}"
            raise ServerTableError(at, f"{reason.rstrip('.')}.", spec.help) from None
    return profile


def server_from(table: object, profiles: Mapping[str, ServerProfile]) -> tuple[tuple[str, ...], str | None]:
    """The command and the default profile of `[server]`.

    Raises:
        ServerTableError: (config) as `profiles_from`.
    """
    where = ("server",)
    if not isinstance(table, Mapping):
        raise ServerTableError(where, "server must be a table.", "Write it as [server].")
    for key in table:
        if key not in _SERVER:
            raise _unknown((*where, str(key)), str(key), _SERVER)
    name = table.get("profile")
    if name is not None and (not isinstance(name, str) or name not in profiles):
        shown = str(name)[:40]
        hint = near(shown, profiles) if profiles else f"Add a table [servers.{shown}]."
        raise ServerTableError((*where, "profile"), f"profile = “{shown}” names no [servers.{shown}].", hint)
    return _command(table.get("command"), (*where, "command")), name


def on_quit_from(table: object) -> OnQuit:
    """`on_quit` of `[server]`.

    Raises:
        ServerTableError: (config) it is none of its words.
    """
    value = table.get("on_quit", OnQuit.ASK.value) if isinstance(table, Mapping) else OnQuit.ASK.value
    words = tuple(word.value for word in OnQuit)
    if value not in words:
        hint = f"One of: {', '.join(words)}."
        raise ServerTableError(("server", "on_quit"), f"on_quit has no “{str(value)[:40]}”.", hint)
    return OnQuit(value)


def _command(value: object, where: tuple[str, ...]) -> tuple[str, ...]:
    hint = 'Like command = "/opt/vllm/bin/vllm", or a list of words.'
    if value is None:
        return ()
    try:
        split = shlex.split(value) if isinstance(value, str) else value
    except ValueError:
        raise ServerTableError(where, "command has a quote that is not closed.", hint) from None
    words: list[object] = split if isinstance(split, list) else []
    texts = tuple(word for word in words if isinstance(word, str) and word)
    if not texts or len(texts) != len(words):
        raise ServerTableError(where, "command needs a text or a list of texts.", hint)
    return texts


def _unknown(where: tuple[str, ...], key: str, known: tuple[str, ...]) -> ServerTableError:
    if key.lower() in _SECRET:
        hint = 'Put it in an environment variable and name that: api_key_env = "NAME".'
        return ServerTableError(where, f"{key}: keys are never kept in this file.", hint)
    return ServerTableError(where, f"unknown key “{'.'.join(where)}”.", near(key, known))
