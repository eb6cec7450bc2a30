"""Ask a question many times at once and let the answers vote: the core under the grid and `ask --vote`."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from dsr1_tui.domain.context import CannotFit, Fits
from dsr1_tui.domain.message import Conversation, Message, Segment, title_of
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.prompt import plan_prompt
from dsr1_tui.domain.request import ChatRequest
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.vote.ways import check_samples, check_temperature, first_way, sample_guards, seeded
from dsr1_tui.ports import Clock, Conversations, Endpoint, Extras, Judge, Messages
from dsr1_tui.services.ask import Question, empty_answer, question_message
from dsr1_tui.services.asking import Tick
from dsr1_tui.services.draft import Draft
from dsr1_tui.services.fitting import fitted, too_long
from dsr1_tui.services.teller import Teller
from dsr1_tui.services.turn import StopSignal, StoreTroubled
from dsr1_tui.services.vote_keeper import VoteKeeper
from dsr1_tui.services.vote_turn import VoteClosed, VoteEvent, VoteOpened
from dsr1_tui.services.voting import Voting


@dataclass(frozen=True, slots=True, kw_only=True)
class VotePorts:
    """What a vote needs from the world."""

    endpoint: Endpoint
    conversations: Conversations
    messages: Messages
    clock: Clock
    judge: Judge
    """Not closed here."""
    extras: Extras | None = None
    """What the endpoint can beside chat; `None` where nothing is asked of it."""


async def vote(ports: VotePorts, question: Question, n: int, stop: StopSignal) -> AsyncGenerator[VoteEvent, None]:
    """Draw `n` samples and yield what happens; all of them are kept as siblings, whatever ends them.

    Yields `VoteOpened` first and `VoteClosed` last; between, each sample's own events (`sample`), exactly one
    `Finished` or `Failed` and one `BallotCast` a sample. When the leader cannot be caught, what still runs ends as
    cancelled and its connections are closed. The winner becomes the conversation's active leaf. When the generator is
    closed or its task is cancelled, what runs is kept as interrupted.

    `question.take_up` and `guards.want_thought` have no meaning here; `loop_policy` is tell or stop.

    Raises:
        FaultError: (usage) before anything is kept: `n` outside 2 to 64, temperature 0.
    """
    check_samples(n)
    check_temperature(question.sampling.temperature)
    clock = ports.clock
    conversation, user, answers = _opened(clock, question, n, ports.endpoint.target.label)
    keeper = VoteKeeper(ports.conversations, ports.messages)
    asked = () if question.text is None else (user,)
    await keeper.open(conversation, (*asked, *reversed(answers)))  # the first sample is the leaf until one has won
    path = question.path if question.text is None else (*question.path, user)
    prompt = plan_prompt(path[question.skip :], question.prompt)
    room = await fitted(ports.extras, question.model, prompt.messages, question.sampling.max_tokens)
    limit = room.max_tokens if isinstance(room, Fits) else question.sampling.max_tokens
    request = ChatRequest(
        model=question.model.id,
        messages=prompt.sent,
        sampling=replace(question.sampling, max_tokens=limit),
        thinking_budget=question.guards.budget_tokens,
    )
    served = question.model.is_vllm and (ports.extras is None or ports.extras.budget_supported() is not False)
    teller = Teller(ports.judge, n)
    voting = Voting(
        endpoint=ports.endpoint,
        clock=clock,
        request=request,
        way=first_way(question.model),
        rules=sample_guards(question.guards, served=served),
        drafts=_drafts(clock, answers, request.sampling),
        signal=stop,
        teller=teller,
        begun=(prompt.prefill or "").rpartition("<think>\n")[2],
        refusal=too_long(room, question.model) if isinstance(room, CannotFit) else None,
    )
    kept: set[int] = set()
    closed = False
    try:
        yield VoteOpened(conversation, user, answers, prompt.additions)
        async with aclosing(voting.events()) as events:
            async for event in events:
                if isinstance(event, Tick):
                    await _write(keeper, voting, kept)
                else:
                    yield event
                if (fault := keeper.untold()) is not None:
                    yield StoreTroubled(fault)
        finals, tally = _finals(voting), teller.tally
        fresh = [one for at, one in enumerate(finals) if at not in kept or one is not voting.final[at]]
        stored = await keeper.close(fresh, finals[tally.chosen])
        closed = True
        if (fault := keeper.untold()) is not None:
            yield StoreTroubled(fault)
        yield VoteClosed(finals, tally, stored)
    finally:
        if not closed:
            await teller.close()
            finals = _finals(voting)
            await keeper.close(finals, finals[teller.tally.chosen])


async def _write(keeper: VoteKeeper, voting: Voting, kept: set[int]) -> None:
    """Bring the store up to date: what streamed since the last time, and what has ended since."""
    open_drafts = (draft for draft in voting.drafts if draft.ending is None)
    texts = {draft.message.id: draft.unjournalled() for draft in open_drafts}
    fresh = [sample for sample in voting.final if sample not in kept]
    kept.update(fresh)
    await keeper.write(texts, [voting.final[sample] for sample in fresh])


def _finals(voting: Voting) -> tuple[Message, ...]:
    """All samples as they are to be kept, with the prompt's length, which some servers tell only at the end."""
    finals = [voting.final.get(at) or draft.closed(voting.clock) for at, draft in enumerate(voting.drafts)]
    return tuple(_with_prompt(message, voting.prompt_tokens) for message in finals)


def _with_prompt(message: Message, prompt_tokens: int | None) -> Message:
    usage = message.usage
    if prompt_tokens is None or usage is None or usage.prompt_tokens is not None:
        return message
    return replace(message, usage=replace(usage, prompt_tokens=prompt_tokens))


def _drafts(clock: Clock, answers: tuple[Message, ...], sampling: Sampling) -> list[Draft]:
    """The growing answers, each with the settings that would draw it again alone."""
    now = clock.monotonic()
    segments = [Segment(from_char=0, sampling=seeded(sampling, sample)) for sample in range(len(answers))]
    pairs = zip(answers, segments, strict=True)
    return [Draft(replace(answer, segments=(segment,)), Meter(sent_at=now)) for answer, segment in pairs]


def _opened(
    clock: Clock, question: Question, samples: int, endpoint: str
) -> tuple[Conversation, Message, tuple[Message, ...]]:
    """The conversation, the question and the empty answers; ids rise with the sample."""
    now = clock.now()
    conversation = question.conversation
    user = question_message(clock, question, now)
    group = clock.new_id()
    answers = tuple(
        replace(
            empty_answer(clock, question, user, endpoint, now),
            segments=(Segment(from_char=0, sampling=seeded(question.sampling, sample)),),
            sample_group=group,
        )
        for sample in range(samples)
    )
    return replace(conversation, title=conversation.title or title_of(user.content), updated=now), user, answers
