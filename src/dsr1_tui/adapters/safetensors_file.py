"""Looks at a safetensors file without reading its tensors: the header says how long the whole must be."""

import json
from pathlib import Path
from typing import Final

LONGEST_HEADER: Final = 100_000_000
"""As the format's own library holds it (safetensors, `MAX_HEADER_SIZE`)."""


def fault_of(path: Path) -> str:
    """What is wrong with the file, in a few words; empty where its length is what its header says.

    Raises:
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    if size == 0:
        return "is empty"
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(LONGEST_HEADER, max(0, size - 8)):  # noqa: PLR2004  the header's length takes 8 bytes
            return _unlike(path)
        try:
            header = json.loads(file.read(length))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
            whole = 8 + length + max(ends, default=0)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            return "has a damaged header"
    if size < whole:
        return f"is cut off: {size:,} of {whole:,} bytes"
    return "" if size == whole else f"is too long: {size:,} instead of {whole:,} bytes"


def _unlike(path: Path) -> str:
    with path.open("rb") as file:
        pointer = file.read(40).startswith(b"version https://git-lfs")
    return "is a Git LFS pointer, not the weights (run git lfs pull)" if pointer else "is no safetensors file"
