"""The columns that hold JSON: every one says its version, and one that cannot be read is empty, never an error."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Final

from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Timings, Usage
from dsr1_tui.domain.sampling import INHERIT, SERVER, Sampling, SamplingLayer, Unset, Value
from dsr1_tui.domain.sampling_fields import FIELDS, FieldSpec, Kind
from dsr1_tui.domain.steering import ByPreset, ForcedThinking, LoopPolicy, Steering

VERSION: Final = 1

Json = Mapping[str, object]


def layer_to_json(layer: SamplingLayer) -> str:
    """A settings layer: a field that inherits is absent, one left to the server is null."""
    values = ((spec.name, layer.get(spec.name)) for spec in FIELDS)
    return _dumped({name: None if value is SERVER else value for name, value in values if value is not INHERIT})


def layer_from_json(text: str | None) -> SamplingLayer:
    """A settings layer."""
    found = _loaded(text)
    layer = SamplingLayer()
    for spec in FIELDS:
        if spec.name in found:
            raw = found[spec.name]
            value: Value | Unset | None = SERVER if raw is None else _value(spec, raw)
            layer = layer if value is None else layer.having(spec.name, value)
    return layer


def steering_to_json(steering: Steering) -> str | None:
    """How a conversation is steered; a field that is left to the layer below is absent."""
    values = {field.name: getattr(steering, field.name) for field in fields(steering)}
    said = {name: value for name, value in values.items() if value is not None}
    return _dumped(said) if said else None


def steering_from_json(text: str | None) -> Steering:
    """How a conversation is steered; a value that no longer means anything is left to the layer below."""
    found = _loaded(text)
    directive = found.get("directive")
    preset, instructions = found.get("preset"), found.get("instructions")
    return Steering(
        preset=preset if isinstance(preset, str) else None,
        instructions=instructions if isinstance(instructions, str) else None,
        thinking=next((kind for kind in ForcedThinking if kind == found.get("thinking")), None),
        directive=ByPreset.AUTO if directive == ByPreset.AUTO else directive if isinstance(directive, bool) else None,
        loop_policy=next((policy for policy in LoopPolicy if policy == found.get("loop_policy")), None),
        budget_tokens=_whole(found.get("budget_tokens")),
        budget_s=_number(found.get("budget_s")),
    )


def sampling_to_json(sampling: Sampling) -> str:
    """What a request sent; a field that was not sent is absent."""
    return _dumped(sampling.sent())


def sampling_from_json(text: str | None) -> Sampling:
    """What a request sent."""
    found = _loaded(text)
    values = {spec.name: _value(spec, found[spec.name]) for spec in FIELDS if spec.name in found}
    return Sampling(**values)  # type: ignore[arg-type]  # the field table ties name and type, and `_value` holds them


def usage_to_json(usage: Usage | None) -> str | None:
    """Token counts."""
    if usage is None:
        return None
    counts = {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
    }
    return _dumped({**counts, "exact": usage.exact})


def usage_from_json(text: str | None) -> Usage | None:
    """Token counts."""
    found = _loaded(text)
    if not found:
        return None
    return Usage(
        prompt_tokens=_whole(found.get("prompt_tokens")),
        completion_tokens=_whole(found.get("completion_tokens")) or 0,
        reasoning_tokens=_whole(found.get("reasoning_tokens")) or 0,
        exact=found.get("exact") is True,
    )


def timings_to_json(timings: Timings | None) -> str | None:
    """Seconds and rates."""
    if timings is None:
        return None
    return _dumped(
        {
            "ttft_s": timings.ttft_s,
            "thinking_s": timings.thinking_s,
            "total_s": timings.total_s,
            "tokens_per_s": timings.tokens_per_s,
        }
    )


def timings_from_json(text: str | None) -> Timings | None:
    """Seconds and rates."""
    found = _loaded(text)
    if not found:
        return None
    return Timings(
        ttft_s=_number(found.get("ttft_s")),
        thinking_s=_number(found.get("thinking_s")),
        total_s=_number(found.get("total_s")) or 0.0,
        tokens_per_s=_number(found.get("tokens_per_s")),
    )


def guards_to_json(guards: tuple[str, ...]) -> str | None:
    """What tripped."""
    return _dumped({"guards": guards}) if guards else None


def guards_from_json(text: str | None) -> tuple[str, ...]:
    """What tripped."""
    return _texts(_loaded(text).get("guards")) or ()


def fault_to_json(fault: Fault | None) -> str | None:
    """What broke an answer."""
    return None if fault is None else _dumped({"code": fault.code, "message": fault.message, "hint": fault.hint})


def fault_from_json(text: str | None) -> Fault | None:
    """What broke an answer."""
    found = _loaded(text)
    message, hint, code = found.get("message"), found.get("hint"), found.get("code")
    if not isinstance(message, str) or not isinstance(code, str):
        return None
    try:
        known = FaultCode(code)
    except ValueError:
        known = FaultCode.SERVER_ERROR
    return Fault(known, message, hint if isinstance(hint, str) else "")


def _dumped(fields: Json) -> str:
    return json.dumps({"v": VERSION, **fields}, separators=(",", ":"))


def _loaded(text: str | None) -> Json:
    """The fields of a column; none where it is empty, damaged or of a version that is not known."""
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("v") == VERSION else {}


def _value(spec: FieldSpec, raw: object) -> Value | None:
    """A setting of the right type; its range is checked where it is edited, and an old answer's is a fact."""
    match spec.kind:
        case Kind.FLOAT:
            return _number(raw)
        case Kind.INT:
            return _whole(raw)
        case Kind.STRINGS:
            return _texts(raw)


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        number = float(raw)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _whole(raw: object) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _texts(raw: object) -> tuple[str, ...] | None:
    if not isinstance(raw, Iterable) or isinstance(raw, str):
        return None
    texts = tuple(raw)
    return texts if all(isinstance(one, str) for one in texts) else None
