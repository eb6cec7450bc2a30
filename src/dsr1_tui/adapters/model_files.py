"""Looks at a model's files, in a folder or the hub's cache, without a network: what it is, whether it is whole."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.hub_cache import hub_cache, snapshot
from dsr1_tui.adapters.safetensors_file import fault_of
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.domain.server.model import ModelFacts, ModelPlace, ModelProblem, ModelState, facts_from, known_facts

LARGEST_JSON: Final = 50_000_000
"""Bytes; an index of the largest models has some 10 MB."""
SHOWN: Final = 3
_INDEX: Final = "model.safetensors.index.json"
_TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model", "vocab.json", "tekken.json", "tiktoken.model")
_MADE: Final = (("quantize_config.json", "gptq"), ("quant_config.json", "awq"))
"""Files in which older quantized models tell how they were made."""


def read_model(model: str, environ: Mapping[str, str]) -> ModelState:
    """What there is of a model on this machine; reads no more than headers and small files, and no network.

    Args:
        model: a folder, or a name on the hub.
        environ: tells where the hub's cache is.

    Raises:
        FaultError: (usage) it names a folder that does not exist, or cannot be a hub name.
    """
    folder = _folder(model)
    if folder is not None:
        return _state(model, ModelPlace.FOLDER, folder)
    found = snapshot(model, hub_cache(environ))
    if found is not None:
        return _state(model, ModelPlace.CACHE, found)
    return ModelState(model=model, place=ModelPlace.ABSENT, facts=known_facts(model))


def _folder(model: str) -> Path | None:
    try:
        path = Path(model).expanduser()
        there = path.is_dir()
    except (OSError, RuntimeError, ValueError):
        path, there = Path(model), False
    if there:
        return path.resolve()
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        what = "is a file, not a folder" if path.is_file() else "does not exist"
        raise fail(FaultCode.USAGE, f"The model folder {model} {what}.", "Give a folder or a hub name like org/name.")
    return None


def _state(model: str, place: ModelPlace, folder: Path) -> ModelState:
    config = _json(folder / "config.json")
    problems: list[ModelProblem] = []
    if config is None:
        there = (folder / "config.json").exists()
        message = f"{folder / 'config.json'} is damaged." if there else f"{folder} has no config.json."
        problems.append(_problem(StartCode.CONFIG_MISSING, message, "Is it a model's folder? Download it anew."))
    if not any((folder / name).exists() for name in _TOKENIZERS):
        hint = "Copy tokenizer.json and tokenizer_config.json from the model."
        problems.append(_problem(StartCode.CONFIG_MISSING, f"{folder} has no tokenizer.", hint))
    weights, found = _weights(folder)
    problems += found
    facts = _facts(folder, config, weights) if config is not None else known_facts(model)
    return ModelState(model=model, place=place, folder=folder, facts=facts, problems=tuple(problems))


def _facts(folder: Path, config: Mapping[str, object], weights: int | None) -> ModelFacts:
    for name, usual in _MADE:
        told = _json(folder / name)
        if told is not None:
            method = told.get("quant_method", usual)
            return facts_from(config, weights, str(method).lower())
    return facts_from(config, weights)


def _weights(folder: Path) -> tuple[int | None, list[ModelProblem]]:
    """Bytes of the weights (`None` where they are not all there to be counted), and what is wrong with them."""
    index = _json(folder / _INDEX)
    if index is None and (folder / _INDEX).exists():
        return None, [_problem(StartCode.WEIGHTS_DAMAGED, f"{folder / _INDEX} is damaged.", "Download it anew.")]
    if index is None:
        files = sorted(folder.glob("*.safetensors"))
        if not files:
            return _older(folder)
        return _checked(files)
    mapped = index.get("weight_map")
    names = sorted({str(name) for name in mapped.values()}) if isinstance(mapped, Mapping) else []
    lost = [name for name in names if not (folder / name).exists()]
    total: int | None
    total, problems = _checked(folder / name for name in names if name not in lost)
    if lost:
        message = f"{len(lost)} of {len(names)} weight files are missing: {_some(lost)}."
        problems.insert(0, _problem(StartCode.WEIGHTS_MISSING, message, "Download the model again."))
        told = index.get("metadata")
        size = told.get("total_size") if isinstance(told, Mapping) else None
        total = size if isinstance(size, int) else None
    return total, problems


def _older(folder: Path) -> tuple[int | None, list[ModelProblem]]:
    """Weights in another format than safetensors: counted, not looked into."""
    files = [*folder.glob("pytorch_model*.bin"), *folder.glob("*.gguf"), *folder.glob("consolidated*.pth")]
    empty = [file.name for file in files if _size(file) == 0]
    if empty:
        return None, [_problem(StartCode.WEIGHTS_DAMAGED, f"{_some(empty)} is empty.", "Download the model again.")]
    if files:
        return sum(_size(file) for file in files), []
    message = f"{folder} has no weights (*.safetensors)."
    return None, [_problem(StartCode.WEIGHTS_MISSING, message, "Download the model again.")]


def _checked(files: Iterable[Path]) -> tuple[int, list[ModelProblem]]:
    total, problems = 0, []
    for file in files:
        try:
            fault = fault_of(file)
        except OSError as error:
            fault = f"cannot be read ({error.strerror or type(error).__name__})"
        total += _size(file)
        if fault:
            hint = "Delete it and download the model again."
            problems.append(_problem(StartCode.WEIGHTS_DAMAGED, f"{file.name} {fault}.", hint))
    return total, problems


def _json(path: Path) -> dict[str, object] | None:
    """A JSON object from a file; `None` where there is none to be read."""
    try:
        if path.stat().st_size > LARGEST_JSON:
            return None
        read: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _problem(code: StartCode, message: str, hint: str) -> ModelProblem:
    return ModelProblem(code=code, message=message, hint=hint)
