"""The answer that streams, as the screen sees it: what has come since the last flush, and how far it is."""

from collections import deque

from dsr1_tui.domain.meter import Meter
from dsr1_tui.tui.transcript.message_view import AnswerView


class Live:
    """The answer that streams: what has come since the last flush, and how far it is."""

    def __init__(self, view: AnswerView, meter: Meter) -> None:
        self.view = view
        self.meter = meter
        self.pending: deque[tuple[bool, str]] = deque()
        """(is it reasoning, text) in order."""
        self.flushes = 0
        self.answering = False

    def take(self, limit: int) -> tuple[str, str]:
        """Up to about `limit` characters, reasoning and answer apart."""
        reasoning: list[str] = []
        answer: list[str] = []
        while self.pending and limit > 0:
            is_reasoning, text = self.pending.popleft()
            limit -= len(text)
            (reasoning if is_reasoning else answer).append(text)
        return "".join(reasoning), "".join(answer)
