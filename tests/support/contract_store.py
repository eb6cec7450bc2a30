"""What every store must do, as one suite that runs on the real one and on the one in memory."""

import asyncio
from dataclasses import replace

import pytest

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import Status, Tree
from dsr1_tui.domain.sampling import SERVER, SamplingLayer
from support.contract_store_list import ListContract
from support.store_samples import a_conversation, a_stream, an_answer
from support.store_world import World, fault_of, started


class TreeContract:
    """Conversations and their trees."""

    async def test_put_and_load(self, world: World) -> None:
        conversation = a_conversation(world.clock, settings=SamplingLayer(temperature=0.7, top_k=SERVER), pinned=True)
        await world.store.put(conversation)
        assert await world.store.load(conversation.id) == Tree(conversation, {})

    async def test_unknown(self, world: World) -> None:
        assert await fault_of(world.store.load(ConversationId(world.clock.new_id()))) is FaultCode.NOT_FOUND

    async def test_put_again_keeps_the_messages(self, world: World) -> None:
        conversation, question = await started(world)
        renamed = replace(conversation, title="New", active_leaf=question.id)
        await world.store.put(renamed)
        tree = await world.store.load(conversation.id)
        assert tree.conversation == renamed
        assert tree.path == (question,)

    async def test_add_makes_the_active_leaf(self, world: World) -> None:
        conversation, question = await started(world)
        world.clock.advance(5)
        answer = an_answer(world.clock, question, created=world.clock.now(), updated=world.clock.now())
        await world.store.add(answer)
        tree = await world.store.load(conversation.id)
        assert tree.path == (question, answer)
        assert tree.conversation.updated == world.clock.now()

    async def test_siblings_in_order_of_creation(self, world: World) -> None:
        conversation, question = await started(world)
        answers = [an_answer(world.clock, question, f"Number {n}", sample_group="vote") for n in range(3)]
        for answer in reversed(answers):
            await world.store.add(answer)
        tree = await world.store.load(conversation.id)
        assert tree.siblings(answers[1]) == tuple(answers)
        assert list(tree.messages) == sorted(tree.messages)
        assert tree.path[-1] == answers[0]

    async def test_add_twice_is_add_once(self, world: World) -> None:
        conversation, question = await started(world)
        await world.store.add(question)
        assert (await world.store.load(conversation.id)).path == (question,)

    async def test_delete(self, world: World) -> None:
        conversation, question = await started(world)
        stream = a_stream(world.clock, question)
        await world.store.add(stream)
        await world.store.delete(conversation.id)
        assert await fault_of(world.store.load(conversation.id)) is FaultCode.NOT_FOUND
        assert await fault_of(world.store.delete(conversation.id)) is FaultCode.NOT_FOUND
        assert await fault_of(world.store.journal(stream.id, "", "x")) is FaultCode.NOT_FOUND
        assert await fault_of(world.store.finish(stream)) is FaultCode.NOT_FOUND
        assert await fault_of(world.store.add(question)) is FaultCode.NOT_FOUND
        assert await world.store.recent(10) == ()

    async def test_find(self, world: World) -> None:
        first, _ = await started(world)
        world.clock.advance(86_400 * 400)
        second, _ = await started(world)
        assert await world.store.find(first.id) == first.id
        assert await world.store.find(f" {second.id[:9].upper()} ") == second.id
        assert await world.store.find("") == second.id
        await world.store.put(replace(first, updated=second.updated + 1))
        assert await world.store.find("") == first.id

    async def test_find_tells_why_not(self, world: World) -> None:
        with pytest.raises(FaultError, match="No conversation is kept yet") as none_yet:
            await world.store.find("")
        assert none_yet.value.fault.code is FaultCode.NOT_FOUND
        first, _ = await started(world)
        second, _ = await started(world)
        for wrong in ("ffff", "%", "_", "'", "\x1b[2J", first.id + "0"):
            with pytest.raises(FaultError, match="history") as caught:
                await world.store.find(wrong)
            assert caught.value.fault.code is FaultCode.NOT_FOUND
            assert caught.value.fault.line.isprintable()
        with pytest.raises(FaultError, match="2 conversations") as several:
            await world.store.find(first.id[:8])
        enough = several.value.fault.message.rpartition(": ")[2].rstrip(".").split(", ")
        assert [await world.store.find(prefix) for prefix in enough] == [first.id, second.id]


class StreamContract:
    """Messages while they stream, and what is left when they end or their process does."""

    async def test_stream_to_the_end(self, world: World) -> None:
        conversation, question = await started(world)
        stream = a_stream(world.clock, question)
        await world.store.add(stream)
        await world.store.journal(stream.id, "Let me ", "")
        await world.store.journal(stream.id, "see.", "Be")
        seen = (await world.neighbour.load(conversation.id)).messages[stream.id]
        assert (seen.status, seen.reasoning, seen.content) == (Status.STREAMING, "Let me see.", "Be")
        whole = replace(an_answer(world.clock, question), id=stream.id, reasoning="Let me see.")
        await world.store.finish(whole)
        assert (await world.store.load(conversation.id)).path == (question, whole)

    async def test_late_journal_changes_nothing(self, world: World) -> None:
        conversation, question = await started(world)
        stream = a_stream(world.clock, question)
        await world.store.add(stream)
        whole = replace(an_answer(world.clock, question), id=stream.id)
        await world.store.finish(whole)
        await world.store.journal(stream.id, "late", "late")
        assert (await world.store.load(conversation.id)).path == (question, whole)

    async def test_finish_of_what_was_never_added(self, world: World) -> None:
        conversation, question = await started(world)
        answer = an_answer(world.clock, question)
        await world.store.finish(answer)
        tree = await world.store.load(conversation.id)
        assert tree.messages[answer.id] == answer
        assert tree.conversation.active_leaf == question.id

    async def test_recover_what_a_dead_process_left(self, world: World) -> None:
        conversation, question = await started(world)
        stream = a_stream(world.clock, question)
        await world.store.add(stream)
        world.clock.advance(3)
        await world.store.journal(stream.id, "Hm.", "So \\boxed{")
        await world.store.journal(stream.id, "", "42} it is")
        world.die()
        assert await world.neighbour.recover() == (stream.id,)
        tree = await world.neighbour.load(conversation.id)
        assert tree.path[-1] == replace(
            stream,
            status=Status.INTERRUPTED,
            finish_reason=FinishReason.INTERRUPTED,
            reasoning="Hm.",
            content="So \\boxed{42} it is",
            boxed="42",
            updated=world.clock.now(),
        )
        assert await world.neighbour.recover() == ()

    async def test_recover_leaves_the_living_alone(self, world: World) -> None:
        conversation, question = await started(world)
        stream = a_stream(world.clock, question)
        await world.store.add(stream)
        assert await world.store.recover() == ()
        assert await world.neighbour.recover() == ()
        assert (await world.neighbour.load(conversation.id)).path[-1] == stream

    async def test_recover_what_never_was_journalled(self, world: World) -> None:
        conversation, question = await started(world)
        stream = a_stream(world.clock, question)
        await world.store.add(stream)
        world.die()
        assert await world.neighbour.recover() == (stream.id,)
        last = (await world.neighbour.load(conversation.id)).path[-1]
        assert (last.status, last.content, last.boxed) == (Status.INTERRUPTED, "", None)

    async def test_many_streams_at_once(self, world: World) -> None:
        conversation, question = await started(world)
        streams = [a_stream(world.clock, question, sample_group="vote") for _ in range(8)]
        await asyncio.gather(*(world.store.add(stream) for stream in streams))
        await asyncio.gather(*(world.store.journal(stream.id, "", f"{n}") for n, stream in enumerate(streams)))
        tree = await world.store.load(conversation.id)
        assert [tree.messages[stream.id].content for stream in streams] == [str(n) for n in range(8)]

    async def test_many_streams_in_one_go(self, world: World) -> None:
        conversation, question = await started(world)
        streams = [a_stream(world.clock, question, sample_group="vote") for _ in range(8)]
        await world.store.add(*streams)
        whole = [replace(an_answer(world.clock, question), id=stream.id) for stream in streams[:2]]
        await world.store.finish(*whole)
        await world.store.journal_all({stream.id: ("", f"{n}") for n, stream in enumerate(streams)})
        tree = await world.neighbour.load(conversation.id)
        assert tree.conversation.active_leaf == streams[-1].id
        assert [tree.messages[stream.id].content for stream in streams[2:]] == [str(n) for n in range(2, 8)]
        assert [tree.messages[stream.id] for stream in streams[:2]] == whole, "what has ended takes no more"
        world.die()
        assert await world.neighbour.recover() == tuple(stream.id for stream in streams[2:])

    async def test_add_again_makes_an_older_sibling_the_active_leaf(self, world: World) -> None:
        conversation, question = await started(world)
        answers = [an_answer(world.clock, question, f"Number {n}") for n in range(3)]
        await world.store.add(*answers)
        await world.store.add(answers[0])
        tree = await world.store.load(conversation.id)
        assert tree.path == (question, answers[0])
        assert tree.siblings(answers[0]) == tuple(answers)

    async def test_several_are_written_all_or_none(self, world: World) -> None:
        conversation, question = await started(world)
        stream, other = (a_stream(world.clock, question) for _ in range(2))
        await world.store.add(stream)
        gone = replace(other, conversation_id=ConversationId(world.clock.new_id()))
        assert await fault_of(world.store.finish(replace(stream, content="whole"), gone)) is FaultCode.NOT_FOUND
        assert (await world.store.load(conversation.id)).messages[stream.id].content == ""


class StoreContract(TreeContract, StreamContract, ListContract):
    """All of it."""
