"""Where the hub's client keeps the models that it has downloaded, found by its own rules and without it."""

from collections.abc import Mapping
from pathlib import Path


def hub_cache(environ: Mapping[str, str]) -> Path:
    """The folder of the hub's cache (huggingface_hub `constants.py`); need not exist."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if environ.get(name):
            return _home_of(environ[name], environ)
    if environ.get("HF_HOME"):
        return _home_of(environ["HF_HOME"], environ) / "hub"
    base = environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _home_of(base, environ) / "huggingface" / "hub"


def snapshot(model: str, cache: Path, revision: str = "main") -> Path | None:
    """The folder with the newest known files of a hub model; `None` where none were downloaded.

    Names point to blobs: a file whose download did not end has no name there.
    """
    home = cache / f"models--{model.replace('/', '--')}"
    try:
        commit = (home / "refs" / revision).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        commit = ""
    if commit and "/" not in commit and (home / "snapshots" / commit).is_dir():
        return home / "snapshots" / commit
    try:
        found = [folder for folder in (home / "snapshots").iterdir() if folder.is_dir()]
        return max(found, key=lambda folder: folder.stat().st_mtime, default=None)
    except OSError:
        return None


def _home_of(text: str, environ: Mapping[str, str]) -> Path:
    """A path with `~` and variables as the hub's client reads them."""
    home = environ.get("HOME")
    if home and (text == "~" or text.startswith("~/")):
        return Path(home + text[1:])
    try:
        return Path(text).expanduser()
    except RuntimeError:  # “~someone” who does not exist
        return Path(text)
