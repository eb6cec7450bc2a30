"""Looks whether the conversations' database is whole, by SQLite's own check, on a connection that cannot write."""

import contextlib
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.sqlite_store import faults
from dsr1_tui.adapters.sqlite_store.migrations import APPLICATION_ID, MIGRATIONS
from dsr1_tui.domain.doctor_facts import StoreHealth

LIMIT_S: Final = 20.0
"""Of a database of gigabytes only the part that can be read in this time is looked at."""
_SHOWN: Final = 5
_STEPS: Final = 100_000
"""SQLite's instructions between two looks at the clock."""
_BUSY_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class LocalStoreReader:
    """Satisfies `ports.StoreReader`."""

    path: Path
    limit_s: float = LIMIT_S

    def health(self) -> StoreHealth:
        """Check it; a missing file is no fault."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return StoreHealth(there=False)
        except OSError as error:
            raise faults.of_system(error, self.path) from error
        try:
            return self._checked(size)
        except sqlite3.Error as error:
            raise faults.of_sqlite(error, self.path) from error

    def _checked(self, size: int) -> StoreHealth:
        until = time.monotonic() + self.limit_s
        place = f"{self.path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(place, uri=True, timeout=_BUSY_S)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            if size and application != APPLICATION_ID:
                raise faults.foreign(self.path)
            if version > len(MIGRATIONS):
                raise faults.newer(self.path)
            connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
            try:
                rows = connection.execute(f"PRAGMA quick_check({_SHOWN})").fetchall()
            except sqlite3.DatabaseError as error:
                match faults.primary_code(error):
                    case sqlite3.SQLITE_INTERRUPT:
                        return StoreHealth(there=True, size_bytes=size, whole=False)
                    case sqlite3.SQLITE_CORRUPT:
                        return StoreHealth(there=True, size_bytes=size, problems=(str(error),))
                    case _:
                        raise
        said = tuple(str(row[0]) for row in rows)
        return StoreHealth(there=True, size_bytes=size, problems=() if said == ("ok",) else said)
