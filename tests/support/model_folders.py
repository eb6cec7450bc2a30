"""Model folders as small as they can be, in the true formats."""

import json
from pathlib import Path

CONFIG = {
    "architectures": ["Qwen2ForCausalLM"],
    "hidden_size": 192,
    "num_hidden_layers": 4,
    "num_attention_heads": 3,
    "num_key_value_heads": 1,
    "vocab_size": 960,
    "max_position_embeddings": 16_384,
    "torch_dtype": "bfloat16",
}


def safetensors(tensors: int = 1, length: int = 64) -> bytes:
    """A file with so many tensors of so many bytes."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    for number in range(tensors):
        offsets = [number * length, (number + 1) * length]
        header[f"layer.{number}"] = {"dtype": "BF16", "shape": [length // 2], "data_offsets": offsets}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(tensors * length)


def write_model(folder: Path, *, shards: int = 1, config: dict[str, object] | None = None) -> Path:
    """A whole model."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG if config is None else config))
    (folder / "tokenizer.json").write_text("{}")
    if shards == 1:
        (folder / "model.safetensors").write_bytes(safetensors())
        return folder
    names = [f"model-{number:05d}-of-{shards:05d}.safetensors" for number in range(1, shards + 1)]
    for name in names:
        (folder / name).write_bytes(safetensors())
    index = {"metadata": {"total_size": 64 * shards}, "weight_map": {f"t{n}": name for n, name in enumerate(names)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return folder


def write_cached(cache: Path, model: str, commit: str = "c0ffee", **more: int) -> Path:
    """A model in the hub's cache: its snapshot's folder."""
    home = cache / f"models--{model.replace('/', '--')}"
    folder = write_model(home / "snapshots" / commit, shards=more.get("shards", 1))
    (home / "refs").mkdir(exist_ok=True)
    (home / "refs" / "main").write_text(commit)
    return folder
