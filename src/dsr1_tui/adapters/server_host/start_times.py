"""Remembers how long the last starts of a profile took: the only honest estimate of the next."""

import hashlib
import json
import statistics
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.private_file import replace_file
from dsr1_tui.domain.fault import FaultCode, FaultError

KEPT: Final = 5


@dataclass(frozen=True, slots=True)
class StartTimes:
    """The times in a folder, one file a profile."""

    folder: Path

    def median(self, profile: str) -> float | None:
        """The median of what is remembered, in seconds."""
        times = self._read(profile)
        return statistics.median(times) if times else None

    def add(self, profile: str, seconds: float) -> None:
        """Remember one more, and forget the oldest; a disk that is full loses it."""
        times = [*self._read(profile), round(seconds, 1)][-KEPT:]
        with suppress(FaultError):
            text = json.dumps({"profile": profile, "seconds": times}) + "\n"
            replace_file(self._path(profile), text, code=FaultCode.SERVER_START)

    def _read(self, profile: str) -> list[float]:
        try:
            told = json.loads(self._path(profile).read_text("utf-8"))
            return [float(seconds) for seconds in told["seconds"]][-KEPT:]
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def _path(self, profile: str) -> Path:
        # A digest: a model's name may hold slashes, or be longer than a file's may.
        return self.folder / f"times-{hashlib.sha256(profile.encode()).hexdigest()[:16]}"
