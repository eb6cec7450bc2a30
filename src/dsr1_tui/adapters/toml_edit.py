"""Edits the text of a TOML file in place with tomlkit: comments, order and the writing of unchanged values stay."""

from collections.abc import MutableMapping
from dataclasses import fields

import tomlkit
from tomlkit.items import Item

from dsr1_tui.domain.sampling import SamplingLayer, Unset, Value

Table = MutableMapping[str, object]


def with_sampling(text: str, layer: SamplingLayer) -> str:
    """`text`, valid TOML, with `[sampling]` saying `layer`: *inherit* removes a key, *server* is written as such."""
    document = tomlkit.parse(text if not text or text.endswith("\n") else text + "\n")
    wanted = {field.name: _written(layer.get(field.name)) for field in fields(layer)}
    found = document.get("sampling")
    if found is None:
        if any(value is not None for value in wanted.values()):
            _append(document, {name: value for name, value in wanted.items() if value is not None})
    else:
        for name, value in wanted.items():
            _set(found, name, value)
    return tomlkit.dumps(document)


def _written(value: Value | Unset) -> object:
    """The TOML value, or `None` where the key is not to stand in the file."""
    match value:
        case Unset.INHERIT:
            return None
        case Unset.SERVER:
            return Unset.SERVER.value
        case tuple():
            return list(value)
        case _:
            return value


def _append(document: tomlkit.TOMLDocument, wanted: dict[str, object]) -> None:
    table = tomlkit.table()
    for name, value in wanted.items():
        table.add(name, value)
    if document.as_string().strip():
        document.add(tomlkit.nl())
    document.add("sampling", table)


def _set(table: Table, name: str, value: object) -> None:
    if value is None:
        table.pop(name, None)
        return
    old = table.get(name)
    plain = old.unwrap() if isinstance(old, Item) else old
    if plain != value:  # 1 and 1.0 are the same setting: the user's own way of writing it stays
        table[name] = value
