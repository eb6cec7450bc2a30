"""The user's own presets, from the values of a config file: checked strictly, so that a slip is told."""

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.presets import AUTO_NAME, BUILT_IN, Preset, Presets
from dsr1_tui.domain.sampling import SERVER
from dsr1_tui.domain.sampling_fields import BY_NAME, SettingError, check

WORDS: Final = ("title", "suffix", "suffix_en", "suffix_zh", "leads", "directive", "amber_up_to")
"""Keys beside the sampling fields; `suffix` sets both languages."""
KEYS: Final = (*BY_NAME, *WORDS)
LONGEST_TEXT: Final = 4_000
"""Code points of a suffix: it goes with every question."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class PresetError(FaultError):
    """A fault in a user's preset; `where` is the path of the key, so that the reader of the file can name its line."""

    def __init__(self, where: tuple[str, ...], message: str, hint: str) -> None:
        super().__init__(Fault(FaultCode.CONFIG, message, hint))
        self.where = where


def with_own(tables: Mapping[str, object]) -> Presets:
    """The built-in presets and the user's own (`[presets.NAME]`), his in the order of the file.

    A table that bears a built-in preset's name changes what it says and leaves the rest of that preset.

    Raises:
        PresetError: (config) a bad name, an unknown key, a value out of range; one plain line.
    """
    by_name = {preset.name: preset for preset in BUILT_IN}
    for name, table in tables.items():
        by_name[name] = preset_from(name, table)
    return Presets(tuple(by_name.values()))


def preset_from(name: str, table: object) -> Preset:
    """One preset from its table of values.

    Raises:
        PresetError: as `with_own`.
    """
    where = ("presets", name)
    if _NAME.fullmatch(name) is None:
        raise PresetError(where, "A preset's name is 1 to 32 of a-z, 0-9, - and _.", "Rename it.")
    if name == AUTO_NAME:
        raise PresetError(where, "“auto” goes by the model and cannot be changed.", "Give the preset another name.")
    if not isinstance(table, Mapping):
        raise PresetError(where, f"presets.{name} must be a table.", f"Write it as [presets.{name}].")
    preset = next((built for built in BUILT_IN if built.name == name), _fresh(name))
    for key, value in table.items():
        preset = _with(preset, str(key), value)
    return preset


def _fresh(name: str) -> Preset:
    return Preset(name=name, title="Your own", directive=None)


def _with(preset: Preset, key: str, value: object) -> Preset:
    """The preset with one key's value."""
    slip = _Slip(preset.name, key)
    if key in BY_NAME:
        return replace(preset, sampling=preset.sampling.having(key, SERVER if value == "server" else slip.field(value)))
    match key:
        case "title":
            return replace(preset, title=slip.text(value))
        case "suffix":
            text = slip.text(value)
            return replace(preset, suffix_en=text, suffix_zh=text, said="")
        case "suffix_en":
            return replace(preset, suffix_en=slip.text(value), said="")
        case "suffix_zh":
            return replace(preset, suffix_zh=slip.text(value), said="")
        case "leads":
            return replace(preset, leads=slip.truth(value))
        case "directive":
            return replace(preset, directive=None if value == "auto" else slip.truth(value, ' or "auto"'))
        case "amber_up_to":
            temperature = slip.field(value, "temperature")
            assert isinstance(temperature, float)
            return replace(preset, amber_up_to=temperature)
        case _:
            near = get_close_matches(key, KEYS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(KEYS)}."
            raise slip.error(f"unknown key “{_shown(key)}” in the preset “{preset.name}”", hint)


class _Slip:
    """Checks one key's value and says what is wrong with it."""

    __slots__ = ("_key", "_name")

    def __init__(self, name: str, key: str) -> None:
        self._name = name
        self._key = key

    def error(self, message: str, hint: str) -> PresetError:
        return PresetError(("presets", self._name, self._key), f"{message}.", hint)

    def _wrong(self, reason: str, hint: str) -> PresetError:
        return self.error(f"preset “{self._name}”: {reason}", hint)

    def field(self, value: object, name: str | None = None) -> float | int | tuple[str, ...]:
        spec = BY_NAME[name or self._key]
        try:
            return check(spec, value)
        except SettingError as error:
            raise self._wrong(str(error).replace(spec.name, self._key, 1), "Correct the value.") from None

    def text(self, value: object) -> str:
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise self._wrong(f"{self._key} needs a text of at most {LONGEST_TEXT:,} characters", "Put it in quotes.")
        return value.strip()

    def truth(self, value: object, besides: str = "") -> bool:
        if not isinstance(value, bool):
            raise self._wrong(f"{self._key} is true or false{besides}", "Without quotes.")
        return value


def _shown(key: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in key[:40])
