"""Edits the text of a TOML file in place with tomlkit: comments, order and the writing of unchanged values stay."""

from collections.abc import MutableMapping
from dataclasses import fields

import tomlkit
from tomlkit.items import Item

from dsr1_tui.domain.budget import budget_text
from dsr1_tui.domain.sampling import SamplingLayer, Unset, Value
from dsr1_tui.domain.steering import Steering

Table = MutableMapping[str, object]


def with_sampling(text: str, layer: SamplingLayer) -> str:
    """`text`, valid TOML, with `[sampling]` saying `layer`: *inherit* removes a key, *server* is written as such."""
    return _with_table(text, "sampling", {field.name: _written(layer.get(field.name)) for field in fields(layer)})


def with_steering(text: str, steering: Steering) -> str:
    """`text`, valid TOML, with `[chat]` saying `steering`; a field that is `None` removes its key."""
    wanted: dict[str, object] = {
        "preset": steering.preset,
        "instructions": steering.instructions,
        "thinking": None if steering.thinking is None else steering.thinking.value,
        "directive": steering.directive if isinstance(steering.directive, bool | None) else steering.directive.value,
        "loop_policy": None if steering.loop_policy is None else steering.loop_policy.value,
        "thinking_budget": _budget(steering),
    }
    return _with_table(text, "chat", wanted)


def with_defaults(text: str, sampling: SamplingLayer, steering: Steering) -> str:
    """`text` with both."""
    return with_steering(with_sampling(text, sampling), steering)


def _budget(steering: Steering) -> object:
    """Tokens as a number, seconds and “off” as a text."""
    return steering.budget_tokens or budget_text(steering)


def _with_table(text: str, name: str, wanted: dict[str, object]) -> str:
    """`text` with a table of these values; the keys of those that are `None` go."""
    document = tomlkit.parse(text if not text or text.endswith("\n") else text + "\n")
    found = document.get(name)
    if found is None:
        if any(value is not None for value in wanted.values()):
            _append(document, name, {key: value for key, value in wanted.items() if value is not None})
    else:
        for key, value in wanted.items():
            _set(found, key, value)
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


def _append(document: tomlkit.TOMLDocument, name: str, wanted: dict[str, object]) -> None:
    table = tomlkit.table()
    for key, value in wanted.items():
        table.add(key, value)
    if document.as_string().strip():
        document.add(tomlkit.nl())
    document.add(name, table)


def _set(table: Table, name: str, value: object) -> None:
    if value is None:
        table.pop(name, None)
        return
    old = table.get(name)
    plain = old.unwrap() if isinstance(old, Item) else old
    if plain != value:  # 1 and 1.0 are the same setting: the user's own way of writing it stays
        table[name] = value
