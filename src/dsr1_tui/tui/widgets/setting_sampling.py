"""The sampling settings as rows of the panel, from the one table of fields."""

from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.sampling import INHERIT, SERVER, Unset, Value
from dsr1_tui.domain.sampling_fields import FIELDS, FieldSpec, parse, shown, stepped
from dsr1_tui.tui.layers import Layers
from dsr1_tui.tui.widgets.panel_state import Banded, RowState, Source, advice_on, spoken
from dsr1_tui.tui.widgets.setting import Setting

_UNBOUNDED: Final = 1_000_000
"""A limit from here on only keeps nonsense out; it is not worth a reader's time."""
_R1_FILE: Final = {"temperature": "0.60", "top_p": "0.95"}
"""R1's own generation_config, which vLLM applies where a client sends nothing."""
_VLLM: Final = {
    "temperature": "1.00", "top_p": "1.00", "top_k": "off", "min_p": "0.00", "repetition_penalty": "1.00",
    "presence_penalty": "0.00", "frequency_penalty": "0.00",
}  # fmt: skip
"""vLLM's own defaults (documentation, SamplingParams), where the model's generation_config says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingSetting(Setting):
    """A field of the request."""

    spec: FieldSpec

    @property
    def cycles(self) -> bool:
        """Numbers and texts do not."""
        return False

    def state(self, layers: Layers) -> RowState:
        """Its value and band."""
        value, source = self._found(layers)
        text = shown(self.spec, value)
        return RowState(
            text=f"{text} {self.spec.unit}".rstrip() if value is not None else text,
            typed=text if value is not None else "",
            source=source,
            chosen=value is not None,
            band=Banded(spec=self.spec, value=value, preset=layers.preset) if layers.is_r1 else None,
            advice=advice_on(layers, self.name),
        )

    def typed(self, layers: Layers, text: str) -> Layers:
        """As typed; nothing is the server's default."""
        return self._having(layers, parse(self.spec, text))

    def stepped(self, layers: Layers, direction: int) -> Layers:
        """One step on; at the end of its range, as it is."""
        value = self._found(layers)[0]
        after = stepped(self.spec, value, direction)
        return layers if after is None or after == value else self._having(layers, after)

    def reset(self, layers: Layers) -> Layers:
        """Let the layers below decide."""
        return self._having(layers, INHERIT)

    def left_to_server(self, layers: Layers) -> Layers:
        """Send nothing."""
        return self._having(layers, SERVER)

    def origin(self, layers: Layers) -> str:
        """Where the value comes from, or what the server does where none is sent."""
        value, source = self._found(layers)
        said = Setting.origin(self, layers)
        if value is not None:
            return said
        if layers.is_r1 and self.name in _R1_FILE:
            default = f"Server default: {_R1_FILE[self.name]}, R1's own."
        elif self.name in _VLLM:
            default = f"Server default: {_VLLM[self.name]}, or the model's own."
        else:
            return said
        return default if source is Source.NOWHERE else f"{said} {default}"

    def _having(self, layers: Layers, value: Value | Unset) -> Layers:
        return layers.with_sampling(layers.own.sampling.having(self.name, value))

    def _found(self, layers: Layers) -> tuple[Value | None, Source]:
        for source, layer in spoken(layers):
            found = layer.sampling.get(self.name)
            if found is not INHERIT:
                return (None if isinstance(found, Unset) else found), source
        preset = layers.preset.layer(layers.rules).get(self.name)
        if preset is INHERIT:
            return None, Source.NOWHERE
        return (None if isinstance(preset, Unset) else preset), Source.PRESET


def _row(spec: FieldSpec) -> SamplingSetting:
    bounds = spec.bounds if spec.high < _UNBOUNDED else ""
    label = spec.name.removesuffix("_penalty")
    return SamplingSetting(name=spec.name, label=label, flag=spec.flag, help=spec.help, bounds=bounds, spec=spec)


SAMPLING_SETTINGS: Final[tuple[SamplingSetting, ...]] = tuple(_row(spec) for spec in FIELDS)
