"""Every conversation in one SQLite file, written as it streams."""

from dsr1_tui.adapters.sqlite_store.store import SqliteStore

__all__ = ["SqliteStore"]
