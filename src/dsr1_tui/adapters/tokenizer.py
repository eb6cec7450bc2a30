"""The model's own tokenizer as a tiktoken encoding, built from its `tokenizer.json`: nothing is downloaded."""

import json
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from dsr1_tui.adapters.hub_cache import hub_cache, snapshot
from dsr1_tui.domain.request import ModelInfo

FILE: Final = "tokenizer.json"
MOST_BYTES: Final = 64 * 1024 * 1024
"""The largest file that is read; Qwen's has 7 MB."""
_WORD_PATTERN: Final = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
"""GPT-2's, which a ByteLevel pre-tokenizer uses where no other is named."""


class LocalTokenizers:
    """Satisfies `ports.Tokenizers`: a tokenizer is here where the model's folder or its copy in the hub's cache is."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._known: dict[Path, Callable[[str], int] | None] = {}

    def of(self, model: ModelInfo) -> Callable[[str], int] | None:
        """Read it once; a file that is of another kind, or broken, counts as none."""
        path = self._find(model)
        if path is None:
            return None
        if path not in self._known:
            self._known[path] = read_tokenizer(path)
        return self._known[path]

    def _find(self, model: ModelInfo) -> Path | None:
        for name in (model.root, model.parent, model.id):
            if not name:
                continue
            folder = Path(name) if name.startswith("/") else snapshot(name, hub_cache(self._environ))
            if folder is not None and (folder / FILE).is_file():
                return folder / FILE
        return None


def read_tokenizer(path: Path) -> Callable[[str], int] | None:
    """What counts a text's tokens by a byte-level BPE `tokenizer.json`; `None` where it is of another kind."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        said = json.loads(path.read_text(encoding="utf-8"))
        ranks = _ranks(said["model"]["vocab"], said["model"]["merges"])
        pattern = _pattern(said["pre_tokenizer"])
        special = {str(one["content"]): int(one["id"]) for one in said["added_tokens"]}
        composed = _composes(said.get("normalizer"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if pattern is None or composed is None or said["model"].get("type") != "BPE":
        return None
    import tiktoken  # noqa: PLC0415  a third of a second; only where the server does not count

    try:
        beyond = {text: len(ranks) + at for at, text in enumerate(special)}  # counted only, so any free number will do
        encoding = tiktoken.Encoding(path.parent.name, pat_str=pattern, mergeable_ranks=ranks, special_tokens=beyond)
        encoding.encode("a", allowed_special="all")
    except (ValueError, KeyError):  # a pattern or ranks that it cannot use
        return None

    def count(text: str) -> int:
        return len(encoding.encode(unicodedata.normalize("NFC", text) if composed else text, allowed_special="all"))

    return count


def _ranks(vocab: Mapping[str, int], merges: list[Any]) -> dict[bytes, int]:
    """Bytes and merged pieces in the order in which they are merged, which is what tiktoken goes by."""
    known = _bytes_of_chars()
    ranks = {bytes([byte]): at for at, byte in enumerate(known[char] for char in vocab if len(char) == 1)}
    for merge in merges:
        first, second = merge.split(" ") if isinstance(merge, str) else merge
        piece = bytes(known[char] for char in first + second)
        ranks.setdefault(piece, len(ranks))
    if len({piece for piece in ranks if len(piece) == 1}) != len(known):
        raise ValueError("not every byte is a token")
    return ranks


def _bytes_of_chars() -> dict[str, int]:
    """The characters that stand for bytes in such a vocabulary (GPT-2's `bytes_to_unicode`, turned round)."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + at): byte for at, byte in enumerate(others)}


def _pattern(pre: Mapping[str, Any]) -> str | None:
    """The regular expression by which a text is cut before merging; `None` where it is not one expression."""
    steps = pre["pretokenizers"] if pre["type"] == "Sequence" else [pre]
    splits = [step["pattern"]["Regex"] for step in steps if step["type"] == "Split"]
    levels = [step for step in steps if step["type"] == "ByteLevel"]
    if len(levels) != 1 or len(splits) + 1 != len(steps) or levels[0].get("add_prefix_space"):
        return None
    if levels[0].get("use_regex", True):
        return _WORD_PATTERN if not splits else None
    return "|".join(splits) if len(splits) == 1 else None


def _composes(normalizer: Mapping[str, Any] | None) -> bool | None:
    """Whether a text is NFC-normalised first; `None` where something else is done to it."""
    if normalizer is None:
        return False
    return True if normalizer.get("type") == "NFC" else None
