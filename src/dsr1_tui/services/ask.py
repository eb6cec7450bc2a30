"""Ask a question and keep the answer: the one core under the chat screen and every headless command."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from dsr1_tui.domain.context import CannotFit, Fits
from dsr1_tui.domain.events import Retrying
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Segment, Status, Tree, title_of
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.prompt import PLAIN, PromptRules, plan_prompt, prefill_for
from dsr1_tui.domain.request import ChatRequest, ModelInfo
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling, SamplingLayer
from dsr1_tui.domain.steering import NO_GUARDS, GuardRules, LoopPolicy
from dsr1_tui.ports import Clock, Conversations, Endpoint, Extras, Messages
from dsr1_tui.services.asking import Asking, Tick
from dsr1_tui.services.draft import Draft
from dsr1_tui.services.fitting import fitted, too_long
from dsr1_tui.services.keeper import Keeper
from dsr1_tui.services.turn import AskEvent, StopSignal, StoreTroubled, TakeUp, TurnClosed, TurnOpened


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, of whom, and under which settings."""

    conversation: Conversation
    """A fresh one is stored with the question."""
    path: tuple[Message, ...]
    """The active path before the question; where `text` is `None` it ends in the user message to answer again."""
    text: str | None
    model: ModelInfo
    rules: Rules
    sampling: Sampling
    prompt: PromptRules = PLAIN
    """How the conversation becomes a prompt."""
    guards: GuardRules = NO_GUARDS
    """What watches the answer."""
    skip: int = 0
    """How many of the oldest messages of the path are not sent."""
    take_up: tuple[Message, TakeUp] | None = None
    """An answer to the path's last message (`text` is `None`) that was cut off, and how it is taken up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPorts:
    """What asking needs from the world."""

    endpoint: Endpoint
    conversations: Conversations
    messages: Messages
    clock: Clock
    extras: Extras | None = None
    """What the endpoint can beside chat; `None` where nothing is asked of it."""


def fresh_conversation(clock: Clock, settings: SamplingLayer | None = None) -> Conversation:
    """A conversation that is not stored yet."""
    now = clock.now()
    layer = SamplingLayer() if settings is None else settings
    return Conversation(id=ConversationId(clock.new_id()), title="", created=now, updated=now, settings=layer)


async def open_path(conversations: Conversations, conversation_id: ConversationId) -> Tree:
    """A kept conversation, ready to be continued.

    Raises:
        FaultError: (not-found, store) from the store.
    """
    return await conversations.load(conversation_id)


async def ask(ports: AskPorts, question: Question, stop: StopSignal) -> AsyncGenerator[AskEvent, None]:
    """Ask and yield what happens; what has come is kept whatever ends it.

    Yields `TurnOpened` first and `TurnClosed` last, the model's events between, exactly one `Finished` or `Failed`
    among them. When the generator is closed or its task is cancelled, the answer is kept as interrupted.
    """
    clock = ports.clock
    conversation, user, answer = _open_turn(clock, question, ports.endpoint.target.label)
    keeper = Keeper(ports.conversations, ports.messages)
    await keeper.open(conversation, (user, answer) if question.text is not None else (answer,))
    path = (*question.path, user) if question.text is not None else question.path
    prompt = plan_prompt(path[question.skip :], question.prompt)
    room = await fitted(ports.extras, question.model, prompt.messages, question.sampling.max_tokens)
    request = ChatRequest(
        model=question.model.id,
        messages=prompt.sent,
        sampling=replace(question.sampling, max_tokens=room.max_tokens)
        if isinstance(room, Fits)
        else question.sampling,
        thinking_budget=question.guards.budget_tokens,
    )
    if question.take_up is None:
        as_sent = replace(answer, segments=(Segment(from_char=0, sampling=request.sampling),))
        draft, guards, how = Draft(as_sent, Meter(sent_at=clock.monotonic())), question.guards, None
    else:
        # It goes on because the user said so: no budget, and no other try.
        draft, how = Draft.taking_up(answer, clock.monotonic()), question.take_up[1]
        guards = replace(question.guards, budget_tokens=None, budget_s=None, want_thought=False)
        if guards.loop_policy is LoopPolicy.RETRY:
            guards = replace(guards, loop_policy=LoopPolicy.ANSWER)
    asking = Asking(ports.endpoint, ports.extras, clock, request, prompt, guards, draft, stop, taken_up=how)
    if _wants_thought(question) and not prompt.prefill and how is None:
        asking.prefill = prefill_for(user.content)
    final: Message | None = None
    try:
        yield TurnOpened(conversation, user, answer, prompt.additions)
        if isinstance(room, CannotFit):
            asking.refuse(too_long(room, question.model))
        async with aclosing(asking.events()) as events:
            async for event in events:
                if isinstance(event, Tick):
                    await keeper.journal(answer.id, *draft.unjournalled())
                    continue
                if isinstance(event, Retrying):
                    await keeper.anew(draft.message)
                yield event
                if (fault := keeper.untold()) is not None:
                    yield StoreTroubled(fault)
        final = draft.closed(clock)
        stored = await keeper.finish(final)
        if (fault := keeper.untold()) is not None:
            yield StoreTroubled(fault)
        yield TurnClosed(final, stored)
    finally:
        if final is None:
            await keeper.finish(draft.closed(clock))


def _wants_thought(question: Question) -> bool:
    return question.rules is Rules.R1 and question.guards.want_thought


def _open_turn(clock: Clock, question: Question, endpoint: str) -> tuple[Conversation, Message, Message]:
    now = clock.now()
    conversation = question.conversation
    user = question_message(clock, question, now)
    if question.take_up is not None:
        cut_off, _ = question.take_up
        answer = replace(cut_off, status=Status.STREAMING, finish_reason=None, error=None, updated=now)
        return replace(conversation, updated=now), user, answer
    answer = empty_answer(clock, question, user, endpoint, now)
    title = conversation.title or title_of(user.content)
    return replace(conversation, title=title, updated=now, active_leaf=conversation.active_leaf), user, answer


def question_message(clock: Clock, question: Question, now: float) -> Message:
    """What is asked, as a message: a new one, or the path's last where it is answered again."""
    if question.text is None:
        return question.path[-1]
    return Message(
        id=MessageId(clock.new_id()),
        conversation_id=question.conversation.id,
        parent_id=question.path[-1].id if question.path else None,
        role=MessageRole.USER,
        content=question.text,
        created=now,
        updated=now,
    )


def empty_answer(clock: Clock, question: Question, user: Message, endpoint: str, now: float) -> Message:
    """The answer to `user` before anything of it has come."""
    return Message(
        id=MessageId(clock.new_id()),
        conversation_id=question.conversation.id,
        parent_id=user.id,
        role=MessageRole.ASSISTANT,
        content="",
        status=Status.STREAMING,
        created=now,
        updated=now,
        model=question.model.id,
        endpoint=endpoint,
        rules=question.rules.value,
        segments=(Segment(from_char=0, sampling=question.sampling),),
    )
