"""The probe's connections: the chat's own, with a look at the server's version and clock. Loads openai and httpx2."""

import json
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

import httpx2

from dsr1_tui.adapters.openai_api.link import Link

_LONGEST: Final = 40


class ProbeLink(Link):
    """One server's connections."""

    async def version(self) -> tuple[str, float | None]:
        """What `/version` says, and the unix seconds of the answer's date; empty and `None` where it does not tell.

        Whatever the answer is, it is dated: so a server without that page still tells its clock.
        """
        timeout = httpx2.Timeout(self._connect_s, read=self._short_s)
        try:
            response = await self._http.get(f"{self._target.root_url}/version", timeout=timeout)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError):
            return "", None
        told: object = None
        with suppress(ValueError, RecursionError):
            told = json.loads(response.content)
        version = told.get("version") if isinstance(told, dict) and response.is_success else None
        date: float | None = None
        with suppress(ValueError, TypeError, OverflowError):
            moment = parsedate_to_datetime(response.headers["date"]) if "date" in response.headers else None
            if moment is not None:
                date = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        shown = "".join(char for char in version if char.isprintable()) if isinstance(version, str) else ""
        return shown[:_LONGEST], date
