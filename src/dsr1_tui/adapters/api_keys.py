"""The API keys of servers that listen beyond this machine: made once, kept where only their owner can read them."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.paths import make_private
from dsr1_tui.adapters.private_file import replace_file
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.server.command import ApiKey

KEY_BYTES: Final = 32
"""Of randomness, as `secrets` recommends for a token."""
_PRIVATE: Final = 0o077


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Satisfies `services.plan_serve.Keys`."""

    folder: Path

    def path(self, name: str) -> Path:
        """Where the key of a profile is kept; the name's other characters become “_”."""
        safe = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in name)
        return self.folder / f"{safe.lstrip('.')[:80] or 'server'}.key"

    def key(self, name: str) -> ApiKey:
        """The key of a profile, made the first time.

        Raises:
            FaultError: (server-start) it cannot be read or written, or others can read it.
        """
        path = self.path(name)
        try:
            if path.stat().st_mode & _PRIVATE:
                hint = f"Delete it, and a new one is made: rm {path}."
                raise fail(FaultCode.SERVER_START, f"Others can read the key file {path}.", hint)
            text = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            text = ""
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            hint = "Look at its permissions, or name a variable: --api-key-env NAME."
            raise fail(FaultCode.SERVER_START, f"The key file {path} cannot be read: {reason}.", hint) from None
        if not text:
            text = secrets.token_urlsafe(KEY_BYTES)
            make_private(self.folder.parent, code=FaultCode.SERVER_START)
            make_private(self.folder, code=FaultCode.SERVER_START)
            replace_file(path, f"{text}\n", code=FaultCode.SERVER_START)
        return ApiKey(text, path)
