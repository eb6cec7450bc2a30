"""The user's TOML file: read strictly, so that a slip is told with its line, and edited without losing a comment."""

import os
import tomllib
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from dsr1_tui.adapters.paths import make_private
from dsr1_tui.adapters.private_file import replace_file
from dsr1_tui.adapters.toml_lines import line_of_key, syntax_reason
from dsr1_tui.domain.budget import budget_layer, leaves_no_room
from dsr1_tui.domain.config import Config, EndpointConfig
from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.presets import Presets
from dsr1_tui.domain.presets_own import PresetError, with_own
from dsr1_tui.domain.sampling import SERVER, SamplingLayer
from dsr1_tui.domain.sampling_fields import BY_NAME, SettingError, check
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.profile_file import OnQuit, ServerTableError, on_quit_from, profiles_from, server_from
from dsr1_tui.domain.ssh import parse_ssh
from dsr1_tui.domain.steering import ByPreset, ForcedThinking, LoopPolicy, Steering
from dsr1_tui.domain.target import parse_address

MAX_BYTES: Final = 1_000_000
"""A larger file is no config; it is refused before it is parsed."""

_TOP: Final = ("endpoint", "endpoints", "sampling", "chat", "presets", "server", "servers")
_CHAT: Final = ("preset", "instructions", "thinking", "directive", "loop_policy", "thinking_budget")
_ENDPOINT: Final = (*(field.name for field in fields(EndpointConfig)), "ssh", "remote_port")
_SECRET: Final = frozenset({"api_key", "apikey", "api-key", "key", "token", "secret", "password", "authorization"})

E = TypeVar("E", bound=StrEnum)


class TomlConfigFile:
    """Satisfies `services.kit.ConfigFile`."""

    def __init__(self, path: Path, *, required: bool = False) -> None:
        """`required`: the user named this file, so that its absence is an error."""
        self.path = path
        self._required = required

    def load(self) -> Config:
        """Read and check the file; a missing file is an empty config.

        Raises:
            FaultError: (config) with file and line.
        """
        return _Reader(self.path, self._read(required=self._required)).config()

    def _read(self, *, required: bool) -> str:
        try:
            with self.path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            if required:
                raise fail(FaultCode.CONFIG, f"There is no config file {self.path}.", "Check --config.") from None
            return ""
        except OSError as error:
            reason = error.strerror or type(error).__name__
            hint = "Make it readable or name another file with --config."
            raise fail(FaultCode.CONFIG, f"The config file {self.path} cannot be read: {reason}.", hint) from None
        if len(raw) > MAX_BYTES:
            raise fail(FaultCode.CONFIG, f"The config file {self.path} is over {MAX_BYTES:,} bytes.", "Check --config.")
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise fail(FaultCode.CONFIG, f"{self.path}:{line}: not UTF-8 text.", "Save it as UTF-8.") from None

    def save_defaults(self, sampling: SamplingLayer, steering: Steering) -> None:
        """Write `[sampling]` and `[chat]`, leaving the rest of the file and all comments; the file becomes 0600.

        Raises:
            FaultError: (config) when the file is broken (it is not touched then) or cannot be written.
        """
        from dsr1_tui.adapters.toml_edit import with_defaults  # noqa: PLC0415  tomlkit takes 50 ms; few runs save

        text = self._read(required=False)
        before = _Reader(self.path, text).config()
        wanted = replace(before, sampling=sampling, steering=steering)
        self._replace(with_defaults(text, sampling, steering), wanted)

    def save_server(self, name: str, profile: ServerProfile) -> None:
        """Write `[servers.NAME]`, otherwise as `save_defaults`.

        Raises:
            FaultError: (usage) a name that cannot be one; (config) as `save_defaults`.
        """
        from dsr1_tui.adapters.toml_servers import checked_name, with_server  # noqa: PLC0415  as above

        text = self._read(required=False)
        before = _Reader(self.path, text).config()
        edited = with_server(text, checked_name(name), profile)
        self._replace(edited, replace(before, servers={**before.servers, name: profile}))

    def save_on_quit(self, choice: OnQuit) -> None:
        """Write `on_quit` of `[server]`, otherwise as `save_defaults`.

        Raises:
            FaultError: (config) as `save_defaults`.
        """
        from dsr1_tui.adapters.toml_servers import with_on_quit  # noqa: PLC0415  as above

        text = self._read(required=False)
        before = _Reader(self.path, text).config()
        self._replace(with_on_quit(text, choice), replace(before, on_quit=choice))

    def _replace(self, edited: str, wanted: Config) -> None:
        """Put an edited text in the file's place, if it says what is wanted."""
        # A dotfile is often a link into a repository: the file behind the link is written, the link stays.
        real = Path(os.path.realpath(self.path))
        if _Reader(self.path, edited).config() != wanted:
            hint = "Set them by hand there."
            raise fail(FaultCode.CONFIG, f"The settings cannot be written into {self.path} without harm.", hint)
        make_private(real.parent, code=FaultCode.CONFIG)
        replace_file(real, edited, code=FaultCode.CONFIG)


class _Reader:
    """Checks one parsed file; every complaint names file and line."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text

    def config(self) -> Config:
        root = self._parsed()
        self._only(root, _TOP, ())
        endpoints = {
            name: self._endpoint(name, self._table(table, ("endpoints", name)))
            for name, table in self._table(root.get("endpoints", {}), ("endpoints",)).items()
        }
        sampling = self._sampling(self._table(root.get("sampling", {}), ("sampling",)))
        presets = self._presets(root)
        steering = self._chat(self._table(root.get("chat", {}), ("chat",)), presets)
        longest = sampling.max_tokens if isinstance(sampling.max_tokens, int) else None
        if leaves_no_room(steering.budget_tokens, longest):
            reason = f"the thinking budget takes all of sampling.max_tokens ({longest:,})"
            self._complain(("chat", "thinking_budget"), reason, "Lower it, or raise max_tokens.")
        return replace(
            self._servers(root),
            endpoint=self._default(root, endpoints),
            endpoints=endpoints,
            sampling=sampling,
            presets=presets,
            steering=steering,
        )

    def _parsed(self) -> dict[str, object]:
        try:
            return tomllib.loads(self._text)
        except RecursionError:
            raise fail(FaultCode.CONFIG, f"{self._path}: nested too deeply.", "Check the brackets.") from None
        except ValueError as error:
            line, reason = syntax_reason(error, self._text)
            at = f"{self._path}:{line}" if line else f"{self._path}"
            raise fail(FaultCode.CONFIG, f"{at}: not valid TOML: {reason}.", "Correct that line.") from None

    def _default(self, root: dict[str, object], endpoints: dict[str, EndpointConfig]) -> str | None:
        name = self._text_at(root, "endpoint", ())
        if name is not None and name not in endpoints:
            known = ", ".join(endpoints) or "none"
            self._complain(("endpoint",), f"endpoint = “{name}” names no [endpoints.{name}]", f"Defined: {known}.")
        return name

    def _endpoint(self, name: str, table: dict[str, object]) -> EndpointConfig:
        where = ("endpoints", name)
        self._only(table, _ENDPOINT, where)
        return EndpointConfig(
            base_url=self._address(name, table),
            model=self._text_at(table, "model", where),
            api_key_env=self._text_at(table, "api_key_env", where),
        )

    def _address(self, name: str, table: dict[str, object]) -> str:
        """A URL, or the address of a box to reach by ssh: `ssh` (and `remote_port`) in place of `base_url`."""
        where = ("endpoints", name)
        base_url, ssh = self._text_at(table, "base_url", where), self._text_at(table, "ssh", where)
        remote_port = self._remote_port(table, where) if "remote_port" in table else None
        if base_url is None and ssh is None:
            self._complain(where, f"[endpoints.{name}] has no base_url", 'Add base_url = "http://host:8000".')
        if base_url is not None and ssh is not None:
            self._complain((*where, "ssh"), f"[endpoints.{name}] has a base_url and an ssh", "Give one of them.")
        try:
            return parse_address(base_url)[0] if base_url else parse_ssh(ssh or "", remote_port=remote_port).url
        except FaultError as error:
            key = "base_url" if ssh is None else "ssh"
            self._complain((*where, key), error.fault.message.rstrip("."), error.fault.hint)

    def _remote_port(self, table: dict[str, object], where: tuple[str, ...]) -> int:
        port = table["remote_port"]
        if "ssh" not in table or not isinstance(port, int) or isinstance(port, bool):
            message = "remote_port is the number of a port, beside ssh"
            self._complain((*where, "remote_port"), message, 'Like ssh = "user@box" and remote_port = 8001.')
        return port

    def _sampling(self, table: dict[str, object]) -> SamplingLayer:
        self._only(table, tuple(BY_NAME), ("sampling",))
        layer = SamplingLayer()
        for name, value in table.items():
            if value == SERVER.value:
                layer = layer.having(name, SERVER)
                continue
            try:
                layer = layer.having(name, check(BY_NAME[name], value))
            except (SettingError, OverflowError) as error:
                reason = str(error) if isinstance(error, SettingError) else f"{name} must be {BY_NAME[name].bounds}"
                self._complain(("sampling", name), reason, 'Or "server" for the server\'s own default.')
        return layer

    def _presets(self, root: dict[str, object]) -> Presets:
        try:
            return with_own(self._table(root.get("presets", {}), ("presets",)))
        except PresetError as error:
            self._complain(error.where, error.fault.message.rstrip("."), error.fault.hint)

    def _servers(self, root: dict[str, object]) -> Config:
        """A config that says what `[server]` and `[servers]` do."""
        try:
            profiles, table = profiles_from(root.get("servers", {})), root.get("server", {})
            command, name = server_from(table, profiles)
            return Config(servers=profiles, server=name, vllm_command=command, on_quit=on_quit_from(table))
        except ServerTableError as error:
            self._complain(error.where, error.fault.message.rstrip("."), error.fault.hint)

    def _chat(self, table: dict[str, object], presets: Presets) -> Steering:
        where = ("chat",)
        self._only(table, _CHAT, where)
        preset = self._text_at(table, "preset", where)
        if preset is not None and not presets.has(preset):
            names = tuple(known.name for known in presets.all)
            self._complain((*where, "preset"), f"there is no preset “{preset[:40]}”", _instead(preset, names))
        directive = table.get("directive")
        if directive is not None and not isinstance(directive, bool) and directive != ByPreset.AUTO:
            self._complain((*where, "directive"), 'directive is true or false or "auto"', "Without other quotes.")
        steering = Steering(
            preset=preset,
            instructions=self._text_at(table, "instructions", where),
            thinking=self._one_of(table, "thinking", ForcedThinking),
            directive=directive if isinstance(directive, bool) else ByPreset.AUTO if directive else None,
            loop_policy=self._one_of(table, "loop_policy", LoopPolicy),
        )
        if "thinking_budget" not in table:
            return steering
        try:
            return budget_layer(table["thinking_budget"]).over(steering)
        except SettingError as error:
            self._complain((*where, "thinking_budget"), str(error), 'Like thinking_budget = 2000, or "30s".')

    def _one_of(self, table: dict[str, object], key: str, kind: type[E]) -> E | None:
        text = self._text_at(table, key, ("chat",))
        if text is None:
            return None
        names = tuple(member.value for member in kind)
        if text not in names:
            self._complain(("chat", key), f"{key} has no “{text[:40]}”", _instead(text, names))
        return kind(text)

    def _text_at(self, table: dict[str, object], key: str, where: tuple[str, ...]) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self._complain((*where, key), f"{key} needs a text in quotes", f'Like {key} = "…".')
        return value.strip()

    def _table(self, value: object, where: tuple[str, ...]) -> dict[str, object]:
        if not isinstance(value, dict):
            name = ".".join(where)
            self._complain(where, f"{name} must be a table", f"Write it as [{name}].")
        return value

    def _only(self, table: dict[str, object], known: tuple[str, ...], where: tuple[str, ...]) -> None:
        for key in table:
            if key in known:
                continue
            if key.lower() in _SECRET:
                hint = 'Put it in an environment variable and name that: api_key_env = "NAME".'
                self._complain((*where, key), f"{key}: keys are never kept in this file", hint)
            self._complain((*where, key), f"unknown key “{'.'.join((*where, key))}”", _instead(key, known))

    def _complain(self, where: tuple[str, ...], message: str, hint: str) -> NoReturn:
        line = line_of_key(self._text, where)
        at = f"{self._path}:{line}" if line else f"{self._path}"
        raise fail(FaultCode.CONFIG, f"{at}: {message}.", hint)


def _instead(key: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only where something is wrong

    near = get_close_matches(key, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
