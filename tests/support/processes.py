"""Which processes run, as Linux and macOS tell it."""

from dsr1_tui.adapters.process_identity import identity_of


def runs(pid: int) -> bool:
    """Whether a process with this number runs; a zombie does not."""
    return bool(identity_of(pid).started)
