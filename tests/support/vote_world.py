"""What votes are tested in: fakes, a judge that knows numbers, and scripts of several samples."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from dsr1_tui.domain.events import AnswerEvent, FinishReason
from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.services.ask import Question, fresh_conversation
from dsr1_tui.services.turn import StopSignal
from dsr1_tui.services.vote import VotePorts, vote
from dsr1_tui.services.vote_turn import BallotCast, VoteClosed, VoteEvent, VoteOpened
from support.fake_clock import FakeClock
from support.fake_endpoint import FAKE_MODEL, FakeEndpoint, Script, answer_script
from support.fake_store import MemoryStore
from support.number_judge import NumberJudge

PLAIN_MODEL = ModelInfo(id="plain", owned_by="llamacpp", max_model_len=4096)
"""Not vLLM: every sample is a request of its own."""


class VoteWorld:
    """Everything outside the vote."""

    def __init__(self, *scripts: Script, model: ModelInfo = FAKE_MODEL) -> None:
        self.clock = FakeClock()
        self.model = model
        self.endpoint = FakeEndpoint(models=(model,), scripts=scripts, clock=self.clock.monotonic)
        self.store = MemoryStore(self.clock)
        self.judge = NumberJudge()
        self.ports = VotePorts(
            endpoint=self.endpoint,
            conversations=self.store,
            messages=self.store,
            clock=self.clock,
            judge=self.judge,
            extras=self.endpoint,
        )
        self.stop = StopSignal()

    def question(self, text: str | None = "Pick a number.", path: Sequence[Message] = ()) -> Question:
        conversation = fresh_conversation(self.clock)
        if path:
            conversation = replace(conversation, id=path[-1].conversation_id)
        return Question(
            conversation=conversation,
            path=tuple(path),
            text=text,
            model=self.model,
            rules=Rules.R1,
            sampling=Sampling(temperature=0.6, seed=7),
        )

    async def vote(self, n: int, question: Question | None = None) -> list[VoteEvent]:
        return [event async for event in vote(self.ports, question or self.question(), n, self.stop)]

    @property
    def kept(self) -> list[Message]:
        """The kept samples, in their order."""
        messages = sorted(self.store.shelf.messages.values(), key=lambda message: message.id)
        return [message for message in messages if message.role is MessageRole.ASSISTANT]

    @property
    def leaf(self) -> Message:
        """The message that is the answer now."""
        (conversation,) = self.store.shelf.conversations.values()
        assert conversation.active_leaf is not None
        return self.store.shelf.messages[conversation.active_leaf]


def boxed(box: str, sample: int = 0, *, reason: FinishReason = FinishReason.STOP, words: str = "") -> Script:
    """A whole sample that ends in a box."""
    return answer_script(f"It is \\boxed{{{box}}}.{words}", "hm", sample=sample, reason=reason)


def mixed(*scripts: Script) -> list[AnswerEvent | asyncio.Event]:
    """The samples of one request: an event of each in turn, as a server sends them."""
    found: list[AnswerEvent | asyncio.Event] = []
    for at in range(max(map(len, scripts))):
        found += [script[at] for script in scripts if at < len(script)]
    return found


def closed(events: Sequence[VoteEvent]) -> VoteClosed:
    last = events[-1]
    assert isinstance(last, VoteClosed)
    return last


def opened(events: Sequence[VoteEvent]) -> VoteOpened:
    first = events[0]
    assert isinstance(first, VoteOpened)
    return first


def casts(events: Sequence[VoteEvent]) -> list[BallotCast]:
    return [event for event in events if isinstance(event, BallotCast)]
