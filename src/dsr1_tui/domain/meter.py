"""Counts and times of an answer while it streams: the one place where TTFT, thinking time and tokens/s are computed."""

from dataclasses import dataclass

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, Continued, ReasoningDelta, Retrying, UsageTick
from dsr1_tui.domain.message import Timings, Usage


@dataclass(slots=True)
class Meter:
    """Feed it every event of one sample; `sent_at` is the monotonic time the request went out."""

    sent_at: float
    first_at: float | None = None
    answer_at: float | None = None
    last_at: float | None = None
    reasoning_tokens: int = 0
    answer_tokens: int = 0
    prompt_tokens: int | None = None
    _server_total: int | None = None
    """The server's count of the request that runs now."""
    _banked: int = 0
    """Tokens of the requests before it."""
    _counted: int = 0
    """Our own count of those."""
    _exact: bool = True
    _before: int = 0
    """Tokens of an answer that was taken up: they came before `sent_at`."""
    _thought_before: int = 0
    """Those of them that were thought."""

    @classmethod
    def taking_up(cls, usage: Usage | None, sent_at: float) -> "Meter":
        """The meter of an answer that is taken up where it ended: counts go on, times begin anew."""
        if usage is None:
            return cls(sent_at)
        before = usage.completion_tokens
        return cls(
            sent_at,
            reasoning_tokens=usage.reasoning_tokens,
            answer_tokens=before - usage.reasoning_tokens,
            prompt_tokens=usage.prompt_tokens,
            _banked=before,
            _counted=before,
            _exact=usage.exact,
            _before=before,
            _thought_before=usage.reasoning_tokens,
        )

    def feed(self, event: AnswerEvent) -> None:
        """Take one event into account."""
        match event:
            case ReasoningDelta(tokens=tokens, exact=exact, at=at):
                self._token(at, tokens, exact=exact)
                self.reasoning_tokens += tokens
            case AnswerDelta(text=text, tokens=tokens, exact=exact, at=at):
                self._token(at, tokens, exact=exact)
                if self.answer_at is None and text.strip():
                    self.answer_at = at
                self.answer_tokens += tokens
            case UsageTick(prompt_tokens=prompt, completion_tokens=total):
                self.prompt_tokens = prompt if self.prompt_tokens is None else self.prompt_tokens
                self._server_total = total
            case Continued():
                self._banked, self._counted = self.tokens, self.reasoning_tokens + self.answer_tokens
                self._exact, self._server_total = self.exact, None
            case Retrying():
                self.reasoning_tokens = self.answer_tokens = self._banked = self._counted = 0
                self._before = self._thought_before = 0
                self._server_total, self.answer_at = None, None
            case _:
                pass

    def _token(self, at: float, tokens: int, *, exact: bool) -> None:
        if not tokens:
            return  # words that were put into the model's mouth
        if self.first_at is None:
            self.first_at = at
        self.last_at = at
        self._exact = self._exact and exact

    @property
    def tokens(self) -> int:
        """Completion tokens: the server's count where it gave one, else ours."""
        # The server's count comes with the first chunk (0) and with the last; in between ours is ahead of it.
        return self._banked + max(self._ours, self._server_total or 0)

    @property
    def exact(self) -> bool:
        """Whether `tokens` is the server's count."""
        if self._server_total and self._server_total >= self._ours and not self._banked:
            return True
        return self._exact and (self.first_at is not None or self._before > 0)

    @property
    def _ours(self) -> int:
        """Our own count of the request that runs now."""
        return self.reasoning_tokens + self.answer_tokens - self._counted

    @property
    def rate(self) -> float | None:
        """Tokens a second after the first token, or `None` while that cannot be said."""
        fresh = self.tokens - self._before
        if self.first_at is None or self.last_at is None or fresh < 2:  # noqa: PLR2004  a rate needs two
            return None
        span = self.last_at - self.first_at
        return (fresh - 1) / span if span > 0 else None

    def usage(self) -> Usage:
        """The counts as they are kept."""
        return Usage(
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.tokens,
            reasoning_tokens=self.reasoning_tokens,
            exact=self.exact,
        )

    def timings(self, now: float) -> Timings:
        """The times as they are kept; `now` is the monotonic time of the end."""
        thinking = None
        if self.first_at is not None and self.reasoning_tokens > self._thought_before:
            thinking = (self.answer_at if self.answer_at is not None else self.last_at or now) - self.first_at
        return Timings(
            ttft_s=None if self.first_at is None else self.first_at - self.sent_at,
            thinking_s=thinking,
            total_s=now - self.sent_at,
            tokens_per_s=self.rate,
        )
