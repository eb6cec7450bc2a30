"""What goes to stderr while a vote runs: one live line, and what it came to at the end."""

import os
import shutil
import sys
from typing import Final

from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.talk import ID_SHOWN
from dsr1_tui.domain.events import AnswerDelta, Failed, Finished, ReasoningDelta, Started
from dsr1_tui.domain.vote.tally import Tally
from dsr1_tui.domain.vote.words import lead_words, rest_words, verdict_words
from dsr1_tui.ports import Clock
from dsr1_tui.render.safe import safe
from dsr1_tui.services.turn import StoreTroubled
from dsr1_tui.services.vote_turn import BallotCast, VoteClosed, VoteEvent, VoteOpened

_DIM: Final = "\x1b[2m"
_PLAIN: Final = "\x1b[0m"
_CLEAR: Final = "\r\x1b[K"


class VoteTalk:
    """Feed it every event; call `draw` a few times a second."""

    def __init__(self, clock: Clock, samples: int, *, as_json: bool) -> None:
        """`as_json`: the tally is in the object, and said only to a person at a terminal."""
        self._clock = clock
        self._live = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._dim = self._live and not os.environ.get("NO_COLOR")
        self._says = self._live or not as_json
        self._tally = Tally(asked=samples)
        self._state = "connecting"
        self._since = clock.monotonic()
        self._ended = 0
        self._tokens = 0
        self._exact = True
        self._drawn = ""

    def feed(self, event: VoteEvent) -> None:
        """Take one event into account and say what is to be said at once."""
        match event:
            case ReasoningDelta() | AnswerDelta():
                self._tokens += event.tokens
                self._exact = self._exact and event.exact
            case VoteOpened(additions=additions):
                self._state, self._since = "waiting", self._clock.monotonic()
                if self._live and additions:
                    self.clear()
                    self._say(safe("  ".join(f"+ {addition.label}" for addition in additions)))
            case Started():
                self._state = "voting"
            case Finished() | Failed():
                self._ended += 1
            case BallotCast(tally=tally):
                self._tally = tally
            case StoreTroubled(error):
                self.clear()
                warn(error.line)
            case VoteClosed():
                self.clear()
            case _:
                pass

    def draw(self) -> None:
        """Bring the live line up to date."""
        if not self._live:
            return
        width = shutil.get_terminal_size().columns - 1
        text = safe(self._words()).replace("\n", " ")[:width]
        if text != self._drawn:
            self._drawn = text
            _write(f"{_CLEAR}{_DIM}{text}{_PLAIN}" if self._dim else f"{_CLEAR}{text}")

    def clear(self) -> None:
        """Take the live line away; the next `draw` brings it back."""
        if self._drawn:
            self._drawn = ""
            _write(_CLEAR)

    def close(self, end: VoteClosed) -> None:
        """Say what the vote came to; on a terminal also its cost, and how to go on."""
        if self._says:
            rest = rest_words(end.tally)
            warn(f"{verdict_words(end.tally)}{f' Beside it: {rest}.' if rest else ''}")
        if not self._live:
            return
        parts = [self._cost(), f"{self._clock.monotonic() - self._since:.1f} s"]
        if end.stored:
            parts.append(f"dsr1-chat --resume {end.winner.conversation_id[:ID_SHOWN]}")
        self._say(" · ".join(parts))

    def _words(self) -> str:
        words = [f"{self._state} {self._clock.monotonic() - self._since:.0f} s"]
        if self._state == "voting":
            words.append(f"{self._ended} of {self._tally.asked} done")
        if lead := lead_words(self._tally):
            words.append(lead)
        if self._tokens:
            words.append(self._cost())
        return " · ".join([*words, "ctrl+c stops"])

    def _cost(self) -> str:
        return f"{'' if self._exact else '≈'}{self._tokens:,} tok"

    def _say(self, line: str) -> None:
        _write(f"{_DIM}{line}{_PLAIN}\n" if self._dim else f"{line}\n")


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        pass  # nobody listens
