"""Where the program keeps things: the platform's own folders, each overruled by one environment variable."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail

APP: Final = "dsr1-chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The folders; naming them creates nothing."""

    data: Path
    """Conversations and the engine (`DSR1_DATA_DIR`)."""
    config: Path
    """The TOML file (`DSR1_CONFIG_DIR`)."""
    state: Path
    """Logs and what is remembered between runs (`DSR1_STATE_DIR`)."""
    cache: Path
    """What can be made again (`DSR1_CACHE_DIR`)."""
    engine: Path
    """vLLM's own environment (`DSR1_ENGINE_DIR`), in the data folder if not told otherwise."""

    @property
    def database(self) -> Path:
        """The one SQLite file."""
        return self.data / "conversations.db"

    @property
    def config_file(self) -> Path:
        """The config file read where no other is named."""
        return self.config / "config.toml"


def find_paths(environ: Mapping[str, str]) -> Paths:
    """The folders of this user: `DSR1_*_DIR` where set and not empty, else the platform's (XDG or ~/Library)."""
    from platformdirs import PlatformDirs  # noqa: PLC0415  28 ms that a command without files need not pay

    own = PlatformDirs(APP, appauthor=False)
    data = _chosen(environ, "DSR1_DATA_DIR") or own.user_data_path
    return Paths(
        data=data,
        config=_chosen(environ, "DSR1_CONFIG_DIR") or own.user_config_path,
        state=_chosen(environ, "DSR1_STATE_DIR") or own.user_state_path,
        cache=_chosen(environ, "DSR1_CACHE_DIR") or own.user_cache_path,
        engine=_chosen(environ, "DSR1_ENGINE_DIR") or data / "engine",
    )


def _chosen(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name, "").strip()
    if not text:
        return None
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:  # “~someone” who does not exist
        raise fail(FaultCode.USAGE, f"{name} names a home folder that does not exist.", "Give a full path.") from None


def make_private(folder: Path, *, code: FaultCode = FaultCode.STORE) -> Path:
    """Create a folder that only its owner may enter (0700); one that exists keeps its permissions.

    Raises:
        FaultError: (`code`) when it cannot be made, with the reason.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = (
            "Free the name or give another folder with DSR1_DATA_DIR, DSR1_CONFIG_DIR, DSR1_STATE_DIR, DSR1_CACHE_DIR."
        )
        raise fail(code, f"The folder {folder} cannot be made: {reason}.", hint) from None
    return folder
