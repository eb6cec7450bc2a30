"""Benchmark runs as JSON Lines files: a line is written whole and synced before the next sample counts as measured."""

import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from dsr1_tui.adapters.bench_codec import parse_result, parse_run, result_line, run_line
from dsr1_tui.adapters.bench_fields import BadLineError
from dsr1_tui.adapters.paths import make_private
from dsr1_tui.adapters.private_file import replace_file
from dsr1_tui.domain.bench.plan import SampleKey
from dsr1_tui.domain.bench.result import Run, SampleResult
from dsr1_tui.domain.fault import FaultCode, FaultError, fail

T = TypeVar("T")

LAST: Final = "last"
SUFFIX: Final = ".jsonl"
_UNHARMED: Final = "What was measured before is unharmed."


class RunFile:
    """Satisfies `ports.RunLog`; holds a lock on the file while it is open."""

    def __init__(self, path: Path, descriptor: int, run: Run) -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        self._run = run

    @property
    def run(self) -> Run:
        """As it was when it was opened."""
        return self._run

    def append(self, results: Sequence[SampleResult]) -> None:
        """Write a line for each and sync.

        Raises:
            FaultError: (store) they cannot be written.
        """
        if results:
            lines = "".join(f"{result_line(result)}\n" for result in results)
            assert self._descriptor is not None, "it is closed"
            _written(self._path, self._descriptor, lines)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class RunFolder:
    """Satisfies `ports.BenchRuns`: a file `ID.jsonl` a run in a folder of ours."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made or read yet."""
        self._folder = folder

    def begin(self, run: Run) -> RunFile:
        """Make the file with its plan; as the port says."""
        make_private(self._folder.parent)
        path = make_private(self._folder) / f"{run.id}{SUFFIX}"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _refused(path, error) from None
        try:
            _lock(path, descriptor)
            _written(path, descriptor, f"{run_line(run)}\n")
            _sync_folder(self._folder)
        except BaseException:
            os.close(descriptor)
            raise
        return RunFile(path, descriptor, run)

    def resume(self, name: str) -> RunFile:
        """Open the file, without the half line that a crash may have left; as the port says."""
        path = self._path(name)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except OSError as error:
            raise _refused(path, error) from None
        try:
            _lock(path, descriptor)
            run, whole = _read(path)
            if os.fstat(descriptor).st_size > whole:
                os.ftruncate(descriptor, whole)
        except OSError as error:
            os.close(descriptor)
            raise _refused(path, error) from None
        except BaseException:
            os.close(descriptor)
            raise
        return RunFile(path, descriptor, run)

    def load(self, name: str) -> Run:
        """Read a run; as the port says."""
        return _read(self._path(name))[0]

    def listed(self) -> tuple[Run, ...]:
        """The runs that can be read, newest first."""
        found = []
        for path in reversed(self._files()):
            try:
                found.append(_read(path)[0])
            except FaultError:
                continue
        return tuple(found)

    def _files(self) -> list[Path]:
        """By id, which is by age."""
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix == SUFFIX)
        except OSError:
            return []

    def _path(self, name: str) -> Path:
        if os.sep in name or name.endswith(SUFFIX):
            return Path(name).expanduser()
        files = self._files()
        if not files:
            raise fail(FaultCode.NOT_FOUND, "No benchmark run is kept yet.", "Begin one: dsr1-chat bench.")
        if name == LAST:
            return files[-1]
        found = [path for path in files if name and path.stem.startswith(name.lower())]
        if len(found) == 1:
            return found[0]
        what = "begin" if found else "begins"
        number = f"{len(found)} kept runs" if found else "No kept run"
        raise fail(FaultCode.NOT_FOUND, f"{number} {what} with “{name[:40]}”.", "dsr1-chat bench list shows them.")


def write_report(path: Path, text: str) -> None:
    """Write a report so that it is there whole or as it was.

    Raises:
        FaultError: (usage) with the reason.
    """
    replace_file(path, text, code=FaultCode.USAGE)


def _read(path: Path) -> tuple[Run, int]:
    """A run and the bytes of its whole lines: what stands behind the last line's end is no line."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise fail(FaultCode.NOT_FOUND, f"There is no file {path}.") from None
    except OSError as error:
        raise fail(FaultCode.STORE, f"{path} cannot be read: {error.strerror or type(error).__name__}.") from None
    whole = data.rfind(b"\n") + 1
    lines = data[:whole].split(b"\n")[:-1]
    if not lines:
        raise fail(FaultCode.STORE, f"{path} holds no run.", "It broke off before its first line was written.")
    run = _parsed(path, 1, lines[0], parse_run)
    known = {question.id for question in run.plan.questions.questions}
    results: dict[SampleKey, SampleResult] = {}
    for number, line in enumerate(lines[1:], 2):
        result = _parsed(path, number, line, parse_result)
        key = result.key
        in_range = 0 <= key.setting < len(run.plan.settings) and 0 <= key.repeat < run.plan.repeats
        if key.question not in known or not in_range:
            raise _bad(path, number, "the plan asks for no such sample")
        results.setdefault(key, result)
    return replace(run, results=tuple(results.values())), whole


def _parsed(path: Path, number: int, line: bytes, parse: Callable[[str], T]) -> T:
    try:
        return parse(line.decode("ascii"))
    except BadLineError as error:
        raise _bad(path, number, str(error)) from None
    except UnicodeDecodeError:
        raise _bad(path, number, "it is no text of ours") from None


def _bad(path: Path, number: int, what: str) -> FaultError:
    return fail(FaultCode.STORE, f"{path}, line {number}: {what}.")


def _lock(path: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        hint = "Wait for it, or end it with ctrl+c."
        raise fail(FaultCode.STORE, f"The run {path.stem} is being measured by another program.", hint) from None
    except OSError:
        pass  # a file system without locks: nothing can be held apart there


def _written(path: Path, descriptor: int, text: str) -> None:
    data = memoryview(text.encode("ascii"))
    try:
        size = os.fstat(descriptor).st_size
        try:
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)  # a disk that was full may have room again: no half line in the middle
            raise
    except OSError as error:
        raise _refused(path, error) from None


def _sync_folder(folder: Path) -> None:
    """Make the file's name survive a crash, where folders can be synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _refused(path: Path, error: OSError) -> FaultError:
    return fail(FaultCode.STORE, f"{path} cannot be written: {error.strerror or type(error).__name__}.", _UNHARMED)
