"""Writes what is said of servers into the text of a TOML file; comments, order and unchanged values stay."""

import tomlkit
from tomlkit.items import InlineTable, Item

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.profile_fields import BY_NAME, SPECS, FieldKind, ProfileSpec, Setting
from dsr1_tui.domain.server.profile_file import NAME, NAME_WORDS, OnQuit


def checked_name(name: str) -> str:
    """The name.

    Raises:
        FaultError: (usage) it cannot be a profile's.
    """
    if NAME.fullmatch(name) is None:
        raise fail(FaultCode.USAGE, f"“{name[:40]}” cannot name a server profile.", f"Take {NAME_WORDS}.")
    return name


def with_server(text: str, name: str, profile: ServerProfile) -> str:
    """`text`, valid TOML, with `[servers.NAME]` saying `profile` and nothing else."""
    document = tomlkit.parse(text if not text or text.endswith("\n") else text + "\n")
    wanted = {key: _written(BY_NAME[key], value) for key, value in profile.said.items()}
    servers = document.get("servers")
    table = None if servers is None else servers.get(name)
    if table is None:
        # Within `servers = {…}` only tables of that form can stand.
        made = tomlkit.inline_table() if isinstance(servers, InlineTable) else tomlkit.table()
        for key, value in wanted.items():
            made.add(key, value)
        if servers is None:
            parent = tomlkit.table(is_super_table=True)
            parent.add(name, made)
            if document.as_string().strip():
                document.add(tomlkit.nl())
            document.add("servers", parent)
        else:
            servers[name] = made
        return tomlkit.dumps(document)
    for spec in SPECS:
        if spec.name not in wanted:
            table.pop(spec.name, None)
            continue
        old = table.get(spec.name)
        if (old.unwrap() if isinstance(old, Item) else old) != wanted[spec.name]:
            table[spec.name] = wanted[spec.name]
    return tomlkit.dumps(document)


def with_on_quit(text: str, choice: OnQuit) -> str:
    """`text`, valid TOML, with `on_quit` of `[server]` saying `choice`."""
    document = tomlkit.parse(text if not text or text.endswith("\n") else text + "\n")
    table = document.get("server")
    if table is None:
        table = tomlkit.table()
        if document.as_string().strip():
            document.add(tomlkit.nl())
        document.add("server", table)
        table = document["server"]
    table["on_quit"] = choice.value
    return tomlkit.dumps(document)


def _written(spec: ProfileSpec, value: Setting) -> object:
    """The TOML value."""
    if not isinstance(value, tuple):
        return value
    numbers = spec.kind is FieldKind.GPUS
    return [int(item) if numbers and item.isdecimal() else item for item in value]
