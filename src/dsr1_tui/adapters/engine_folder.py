"""The folder of vLLM's own environment: known as ours by a record, locked while it is changed, removed as a whole."""

import fcntl
import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.paths import make_private
from dsr1_tui.adapters.private_file import replace_file
from dsr1_tui.domain.engine import Build, EngineRecord
from dsr1_tui.domain.fault import FaultCode, FaultError, fail

RECORD: Final = "dsr1-engine.json"
"""The file in an engine's folder that says it is ours, and which steps are done."""


@dataclass(frozen=True, slots=True)
class EngineFolder:
    """Satisfies `ports.EngineHome`."""

    path: Path

    @contextmanager
    def hold(self) -> Generator[None]:
        """Keep others out by a lock on the folder itself, which leaves no file behind and ends with the process."""
        self.record()  # refuses a folder with other things in it before anything is done
        make_private(self.path, code=FaultCode.ENGINE_INSTALL)
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = f"Another installation is at work in {self.path}."
                raise fail(FaultCode.ENGINE_INSTALL, message, "Wait until it has ended.") from None
            yield
        finally:
            os.close(descriptor)

    def record(self) -> EngineRecord | None:
        """What the folder tells of itself; a damaged record tells that it is ours and that nothing is done."""
        try:
            text = (self.path / RECORD).read_text(encoding="utf-8")
        except FileNotFoundError:
            if self._names():
                message = f"{self.path} holds other things than the engine."
                hint = "Empty it, or name another folder with DSR1_ENGINE_DIR."
                raise fail(FaultCode.ENGINE_INSTALL, message, hint) from None
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise self._fault("cannot be read", error) from None
        return parse_record(text)

    def keep(self, record: EngineRecord) -> None:
        """Replace the record."""
        fields = {"recipe": record.recipe, "build": record.build, "done": record.done, "version": record.version}
        text = json.dumps(fields, indent=1) + "\n"
        replace_file(self.path / RECORD, text, code=FaultCode.ENGINE_INSTALL)

    def clear(self) -> None:
        """Remove everything, the record last, so that what is half removed is still known as ours."""
        self.record()
        try:
            for name in self._names():
                if name != RECORD:
                    _remove(self.path / name)
            (self.path / RECORD).unlink(missing_ok=True)
        except OSError as error:
            raise self._fault("cannot be removed", error) from None

    def used_bytes(self) -> int:
        """Bytes on disk."""
        seen: set[tuple[int, int]] = set()
        used = 0
        for folder, _, names in os.walk(self.path):
            for name in names:
                with suppress(OSError):
                    file = os.lstat(os.path.join(folder, name))  # noqa: PTH118  some 60,000 files: a Path for each takes a second
                    if (file.st_dev, file.st_ino) not in seen:
                        seen.add((file.st_dev, file.st_ino))
                        used += file.st_blocks * 512
        return used

    def _names(self) -> list[str]:
        try:
            return [entry.name for entry in self.path.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._fault("cannot be read", error) from None

    def _fault(self, what: str, error: Exception) -> FaultError:
        reason = getattr(error, "strerror", None) or type(error).__name__
        hint = "Look at its owner and permissions, or name another folder with DSR1_ENGINE_DIR."
        return fail(FaultCode.ENGINE_INSTALL, f"The engine's folder {self.path} {what}: {reason}.", hint)


def parse_record(text: str) -> EngineRecord:
    """The record in a file's text."""
    try:
        fields = json.loads(text)
        version = fields["version"]
        return EngineRecord(
            recipe=str(fields["recipe"]),
            build=Build(fields["build"]),
            done=tuple(str(step) for step in fields["done"]),
            version=None if version is None else str(version),
        )
    except (ValueError, KeyError, TypeError):
        return EngineRecord(recipe="", build=Build.CPU)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
