"""Writes a private file so that a reader sees the old text or the new, never a half."""

import os
import tempfile
from pathlib import Path

from dsr1_tui.domain.fault import FaultCode, fail


def replace_file(path: Path, text: str, *, code: FaultCode) -> None:
    """Replace the file by `text` (UTF-8, 0600), or leave it as it was.

    Raises:
        FaultError: (`code`) with the reason.
    """
    try:
        # mkstemp makes 0600 from the start; beside the file, because os.replace cannot cross file systems.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise fail(code, f"{path} cannot be written: {reason}.", "What was there is unharmed.") from None
