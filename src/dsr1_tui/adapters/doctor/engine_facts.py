"""Reads off files which vLLM and which Python an installation holds: to ask them would take them half a minute."""

import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.engine_folder import EngineFolder
from dsr1_tui.domain.engine import EngineRecord
from dsr1_tui.domain.server.command import FoundVllm, VllmSource

_DIST: Final = re.compile(r"vllm(?:_cpu)?-(\d[\w.+!]*)\.dist-info")
_PYTHON: Final = re.compile(r"^version(?:_info)?\s*=\s*(\d+(?:\.\d+)*)", re.MULTILINE)
_SCRIPT: Final = 4096
"""Bytes of a command's beginning in which its interpreter is looked for."""


@dataclass(frozen=True, slots=True)
class LocalEngines:
    """Satisfies `services.doctor_ports.EngineReader`."""

    folder: Path

    def record(self) -> EngineRecord | None:
        """The engine environment's own record."""
        return EngineFolder(self.folder).record()

    def python(self) -> str | None:
        """By the note that `venv` leaves."""
        with suppress(OSError, UnicodeDecodeError):
            match = _PYTHON.search((self.folder / "pyvenv.cfg").read_text("utf-8"))
            return match[1] if match else None
        return None

    def version(self, found: FoundVllm) -> str | None:
        """By the name of the folder in which pip keeps what it knows of the package."""
        if found.source is VllmSource.NOWHERE or not found.command:
            return None
        return next((version for home in _homes(found.command[0]) if (version := _installed(home)) is not None), None)


def _homes(command: str) -> list[Path]:
    """The environments that a command may belong to, by where it lies and by its interpreter."""
    path = shutil.which(command)
    if path is None:
        return []
    found = [Path(path).parent.parent]
    with suppress(OSError):
        with Path(path).open("rb") as file:
            head = file.read(_SCRIPT)
        # pip writes `#!/…/bin/python`, or for a long path `#!/bin/sh` and then `'''exec' "/…/bin/python"`.
        named = re.search(rb"[#!'\" ](/[^\s'\"]*/python[\d.]*)", head) if head.startswith(b"#!") else None
        if named is not None:
            found.append(Path(named[1].decode("utf-8", "replace")).parent.parent)
    return found


def _installed(home: Path) -> str | None:
    with suppress(OSError):
        names = (folder.name for folder in home.glob("lib*/python3*/site-packages/vllm*.dist-info"))
        versions = [match[1] for match in map(_DIST.fullmatch, sorted(names)) if match is not None]
        return versions[0] if versions else None
    return None
