"""What every store must do when it lists and searches."""

from dataclasses import replace

import pytest

from support.store_samples import a_question, a_stream, an_answer
from support.store_world import World, started

FOUND = [
    ("plain words here", "WORDS", "plain words here"),
    ("x" * 500 + " Needle in hay " + "y" * 500, "needle", "x Needle in hay y"),
    ("这是一个数学问题，答案是六。", "数", "数学问题"),
    ("这是一个数学问题，答案是六。", "数学", "数学问题"),
    ("这是一个数学问题，答案是六。", "数学问题", "数学问题"),
    ("长" * 300 + "雪" + "短" * 300, "雪", "雪短"),
    ("ПРИВЕТ, мир", "привет", "ПРИВЕТ, мир"),
    ("100% sure_thing", "100%", "100% sure_thing"),
    ('it\'s "quoted" \\frac{1}{2}', '\'s "quoted" \\frac', "it's"),
    ("zwei\nZeilen", "zeilen", "zwei Zeilen"),
]
"""Text of an answer, what is looked for, and what its snippet must hold."""


class ListContract:
    """The list of conversations, and the search in it."""

    async def test_pinned_first_then_newest(self, world: World) -> None:
        kept = []
        for title in ("old", "pinned", "new"):
            conversation, _ = await started(world, title)
            kept.append(conversation)
            world.clock.advance(60)
        await world.store.put(replace(kept[1], pinned=True))
        titles = [one.conversation.title for one in await world.store.recent(10)]
        assert titles == ["pinned", "new", "old"]
        assert [one.conversation.title for one in await world.store.recent(1)] == ["pinned"]
        assert await world.store.recent(0) == ()

    async def test_summary(self, world: World) -> None:
        conversation, question = await started(world)
        answer = an_answer(world.clock, question, "The  answer\nis \\boxed{6}. " + "word " * 400, boxed="6")
        await world.store.add(answer)
        again = a_question(world.clock, conversation, "And?", parent_id=answer.id)
        await world.store.add(again)
        await world.store.add(a_stream(world.clock, again))
        (summary,) = await world.store.recent(10)
        assert summary.messages == 4
        assert summary.boxed == "6"
        assert summary.snippet.startswith("The answer is \\boxed{6}. word")
        assert summary.snippet.endswith("word…")

    async def test_summary_follows_the_active_path(self, world: World) -> None:
        _, question = await started(world)
        await world.store.add(an_answer(world.clock, question, "left \\boxed{1}", boxed="1"))
        await world.store.add(an_answer(world.clock, question, "right"))
        (summary,) = await world.store.recent(10)
        assert (summary.snippet, summary.boxed) == ("right", None)

    @pytest.mark.parametrize(("text", "query", "snippet"), FOUND, ids=range(len(FOUND)))
    async def test_search(self, world: World, text: str, query: str, snippet: str) -> None:
        conversation, question = await started(world, "Titel der Sache")
        await world.store.add(an_answer(world.clock, question, text, reasoning="secret thought"))
        await started(world, "another")
        summaries = await world.store.recent(10, query)
        assert [one.conversation.id for one in summaries] == [conversation.id]
        assert snippet in summaries[0].snippet

    async def test_search_finds_titles_and_questions(self, world: World) -> None:
        conversation, _ = await started(world, "Ödipus & Co")
        question = a_question(world.clock, conversation, "Wie HEISST er?", parent_id=None)
        await world.store.add(question)
        await world.store.add(an_answer(world.clock, question, "Ödipus."))
        await started(world, "another")
        for query in ("ödipus & c", "heisst"):
            assert len(await world.store.recent(10, query)) == 1
        assert len(await world.store.recent(10, " \t")) == 2

    @pytest.mark.parametrize(
        "query", ["%", "_", "a%b", "*", '"', "'", "' OR 1=1 --", "\\", "NEAR(a)", "雪花", "thought"]
    )
    async def test_search_takes_nothing_for_a_pattern(self, world: World, query: str) -> None:
        _, question = await started(world)
        await world.store.add(an_answer(world.clock, question, "axb 雪 花", reasoning="a thought"))
        assert await world.store.recent(10, query) == ()
