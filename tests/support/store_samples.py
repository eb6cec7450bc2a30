"""Conversations and messages for the tests of the stores, plain ones and any that hypothesis can think of."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Segment, Status, Timings, Usage
from dsr1_tui.domain.sampling import INHERIT, SERVER, Sampling, SamplingLayer
from dsr1_tui.domain.sampling_fields import FIELDS, FieldSpec, Kind
from dsr1_tui.domain.steering import ByPreset, ForcedThinking, LoopPolicy, Steering
from support.fake_clock import FakeClock


def a_conversation(clock: FakeClock, title: str = "Factors", **changes: Any) -> Conversation:
    now = clock.now()
    fresh = Conversation(id=ConversationId(clock.new_id()), title=title, created=now, updated=now)
    return replace(fresh, **changes)


def a_question(clock: FakeClock, conversation: Conversation, text: str = "Why?", **changes: Any) -> Message:
    now = clock.now()
    fresh = Message(
        id=MessageId(clock.new_id()),
        conversation_id=conversation.id,
        parent_id=conversation.active_leaf,
        role=MessageRole.USER,
        content=text,
        created=now,
        updated=now,
    )
    return replace(fresh, **changes)


def an_answer(clock: FakeClock, question: Message, text: str = "Because.", **changes: Any) -> Message:
    fresh = replace(
        question,
        id=MessageId(clock.new_id()),
        parent_id=question.id,
        role=MessageRole.ASSISTANT,
        content=text,
        finish_reason=FinishReason.STOP,
        model="tiny-r1",
        endpoint="127.0.0.1:8000",
        rules="r1",
        segments=(Segment(from_char=0, sampling=Sampling(temperature=0.6, top_p=0.95)),),
    )
    return replace(fresh, **changes)


def a_stream(clock: FakeClock, question: Message, **changes: Any) -> Message:
    empty = an_answer(clock, question, "", status=Status.STREAMING, finish_reason=None)
    return replace(empty, **changes)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SECONDS = st.floats(0, 2e9, allow_nan=False)
COUNTS = st.integers(0, 10**7)
WORDS = st.lists(TEXTS.filter(bool), min_size=1, max_size=4).map(tuple)


def _settings(spec: FieldSpec) -> st.SearchStrategy[Any]:
    match spec.kind:
        case Kind.FLOAT:
            return st.floats(spec.low, spec.high, exclude_min=spec.above_low)
        case Kind.INT:
            return st.integers(int(spec.low), int(spec.high))
        case Kind.STRINGS:
            return WORDS


SAMPLINGS = st.fixed_dictionaries({}, optional={spec.name: _settings(spec) for spec in FIELDS}).map(
    lambda found: Sampling(**found)
)
LAYERS = st.fixed_dictionaries(
    {spec.name: st.sampled_from((INHERIT, SERVER)) | _settings(spec) for spec in FIELDS}
).map(lambda found: SamplingLayer(**found))
STEERINGS = st.builds(
    Steering,
    preset=st.none() | TEXTS,
    instructions=st.none() | TEXTS,
    thinking=st.none() | st.sampled_from(ForcedThinking),
    directive=st.none() | st.booleans() | st.just(ByPreset.AUTO),
    loop_policy=st.none() | st.sampled_from(LoopPolicy),
    budget_tokens=st.none() | COUNTS,
    budget_s=st.none() | SECONDS,
)
SEGMENTS = st.lists(st.builds(Segment, from_char=COUNTS, sampling=SAMPLINGS, cause=TEXTS), max_size=3).map(tuple)
USAGES = st.builds(
    Usage,
    prompt_tokens=st.none() | COUNTS,
    completion_tokens=COUNTS,
    reasoning_tokens=COUNTS,
    exact=st.booleans(),
)
TIMINGS = st.builds(
    Timings,
    ttft_s=st.none() | SECONDS,
    thinking_s=st.none() | SECONDS,
    total_s=SECONDS,
    tokens_per_s=st.none() | SECONDS,
)
FAULTS = st.builds(Fault, st.sampled_from(FaultCode), TEXTS, TEXTS)

CONVERSATIONS = st.builds(
    Conversation,
    id=st.uuids().map(lambda value: ConversationId(str(value))),
    title=TEXTS,
    created=SECONDS,
    updated=SECONDS,
    active_leaf=st.none() | st.uuids().map(lambda value: MessageId(str(value))),
    settings=LAYERS,
    steering=STEERINGS,
    pinned=st.booleans(),
)
MESSAGES = st.builds(
    Message,
    id=st.uuids().map(lambda value: MessageId(str(value))),
    conversation_id=st.just(ConversationId("")),
    parent_id=st.none() | st.uuids().map(lambda value: MessageId(str(value))),
    role=st.sampled_from(MessageRole),
    content=TEXTS,
    created=SECONDS,
    updated=SECONDS,
    status=st.sampled_from([status for status in Status if status is not Status.STREAMING]),
    reasoning=TEXTS,
    finish_reason=st.none() | st.sampled_from(FinishReason),
    boxed=st.none() | TEXTS,
    model=TEXTS,
    endpoint=TEXTS,
    rules=TEXTS,
    usage=st.none() | USAGES,
    timings=st.none() | TIMINGS,
    segments=SEGMENTS,
    guards=WORDS | st.just(()),
    sample_group=st.none() | TEXTS,
    error=st.none() | FAULTS,
)
