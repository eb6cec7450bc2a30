"""A machine that is what a test says."""

from dsr1_tui.domain.discovery import MachineFacts


class FakeMachine:
    """Satisfies `ports.Machine`."""

    def __init__(self, facts: MachineFacts | None = None) -> None:
        self._facts = facts or MachineFacts(memory_bytes=24 * 1024**3)

    def facts(self) -> MachineFacts:
        return self._facts
