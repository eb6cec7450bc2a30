import pytest
from hypothesis import given

from dsr1_tui.render.block_state import LINE_LIMIT
from dsr1_tui.render.blocks import Block, BlockKind, BlockSplitter, gap_before
from support.markdown_texts import chunked, markdown

P, H, LI, Q, C, T, M, R = (
    BlockKind.PARAGRAPH,
    BlockKind.HEADING,
    BlockKind.LIST_ITEM,
    BlockKind.QUOTE,
    BlockKind.CODE,
    BlockKind.TABLE,
    BlockKind.MATHS,
    BlockKind.RULE,
)


def split(*chunks: str) -> tuple[Block, ...]:
    splitter = BlockSplitter()
    return (*(block for chunk in chunks for block in splitter.feed(chunk)), *splitter.finish())


def shape(text: str) -> list[tuple[BlockKind, int, str]]:
    return [(block.kind, block.depth, block.source.strip()) for block in split(text)]


@given(chunked())
def test_chunks_do_not_matter(case: tuple[str, list[str]]) -> None:
    text, chunks = case
    assert split(*chunks) == split(text)


@given(chunked())
def test_a_closed_block_stays_and_the_tail_follows_it(case: tuple[str, list[str]]) -> None:
    text, chunks = case
    splitter = BlockSplitter()
    closed: list[Block] = []
    fed = 0
    for chunk in chunks:
        closed += splitter.feed(chunk)
        fed += len(chunk)
        done = sum(len(block.source) for block in closed)
        assert splitter.tail == text[splitter.tail_start : fed]
        assert not text[done : splitter.tail_start].strip()
    assert tuple(closed) == split(text)[: len(closed)]


@given(markdown)
def test_the_sources_are_the_text(text: str) -> None:
    at = 0
    for block in split(text):
        assert block.start == at
        assert block.source.strip(" \t\r\n") or block.continued
        at = block.end
        assert text[block.start : at] == block.source
    assert not text[at:].strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\ntwo\n\nthree", [(P, 0, "one\ntwo"), (P, 0, "three")]),
        ("# Head\ntext", [(H, 0, "# Head"), (P, 0, "text")]),
        ("a\n---\nb", [(P, 0, "a"), (R, 0, "---"), (P, 0, "b")]),
        ("- a\n- b\n  more", [(LI, 0, "- a"), (LI, 0, "- b\n  more")]),
        ("1. a\n   - b\n\n   text\n2. c", [(LI, 0, "1. a"), (LI, 1, "- b"), (P, 1, "text"), (LI, 0, "2. c")]),
        ("1. a\n\n  - two columns are enough", [(LI, 0, "1. a"), (LI, 1, "- two columns are enough")]),
        ("- a\n\nb", [(LI, 0, "- a"), (P, 0, "b")]),
        ("It was\n1984. Really", [(P, 0, "It was\n1984. Really")]),
        ("Steps:\n1. one", [(P, 0, "Steps:"), (LI, 0, "1. one")]),
        ("1. a\n\nb\n2. c", [(LI, 0, "1. a"), (P, 0, "b"), (LI, 0, "2. c")]),
        ("x\n+ 4\n= 7", [(P, 0, "x\n+ 4\n= 7")]),
        ("> a\n> b\nc", [(Q, 0, "> a\n> b"), (P, 0, "c")]),
        ("a:\n```py\nx\n\n# y\n```\nb", [(P, 0, "a:"), (C, 0, "```py\nx\n\n# y\n```"), (P, 0, "b")]),
        ("````\n```\n````", [(C, 0, "````\n```\n````")]),
        ("- ```py\n  x\n  ```", [(LI, 0, "-"), (C, 1, "```py\n  x\n  ```")]),
        ("```inline``` text", [(P, 0, "```inline``` text")]),
        ("a\n\n    code\n\n    more\nb", [(P, 0, "a"), (C, 0, "code\n\n    more"), (P, 0, "b")]),
        ("t\n|a|b|\n|-|-|\n|1|2|\nu", [(P, 0, "t"), (T, 0, "|a|b|\n|-|-|\n|1|2|"), (P, 0, "u")]),
        ("a | b", [(P, 0, "a | b")]),
        ("so\n\\[ x \\]\nthen", [(P, 0, "so"), (M, 0, "\\[ x \\]"), (P, 0, "then")]),
        ("\\[\nx\n\n+ 1\n\\].\ny", [(M, 0, "\\[\nx\n\n+ 1\n\\]."), (P, 0, "y")]),
        ("$$\nx\n\ny\n$$", [(M, 0, "$$\nx\n\ny\n$$")]),
        ("\\begin{align}\na\n\nb\n\\end{align}", [(M, 0, "\\begin{align}\na\n\nb\n\\end{align}")]),
        ("\\[ a \\] and \\[ b \\]", [(P, 0, "\\[ a \\] and \\[ b \\]")]),
        ("so \\[\nx\n\ny\n\\] z", [(P, 0, "so \\[\nx\n\ny\n\\] z")]),
        ("It costs $$ now\n\nand later", [(P, 0, "It costs $$ now"), (P, 0, "and later")]),
        ("\\[ open\n\n# Head", [(P, 0, "\\[ open"), (H, 0, "# Head")]),
        ("\\[ open\n\n\\[ x \\]", [(P, 0, "\\[ open"), (M, 0, "\\[ x \\]")]),
        ("use `\\[`\n\nb", [(P, 0, "use `\\[`"), (P, 0, "b")]),
        ("<div>\nx\n</div>\n\ny", [(BlockKind.HTML, 0, "<div>\nx\n</div>"), (P, 0, "y")]),
    ],
)
def test_shapes(text: str, expected: list[tuple[BlockKind, int, str]]) -> None:
    assert shape(text) == expected


def test_a_list_closes_item_by_item() -> None:
    splitter = BlockSplitter()
    assert splitter.feed("- a\n") == ()
    assert [block.source for block in splitter.feed("- b\n")] == ["- a\n"]
    assert splitter.tail == "- b\n"


def test_unclosed_maths_does_not_swallow_the_answer() -> None:
    text = "\\[ x\n\n" + "A line of text.\n\n" * 200
    kinds = [block.kind for block in split(text)]
    assert kinds == [P] * 201


@pytest.mark.parametrize("unit", ["word ", "字", "x", "\\[ ", "| "])
def test_an_endless_line_is_cut(unit: str) -> None:
    text = unit * 6_000
    splitter = BlockSplitter()
    blocks: list[Block] = []
    for char in text:
        blocks += splitter.feed(char)
        assert len(splitter.tail) <= LINE_LIMIT
    assert all(block.continued for block in blocks[1:])
    assert split(text)[: len(blocks)] == tuple(blocks)


def test_long_code_closes_in_parts_that_know_their_language() -> None:
    text = "```python\n" + "some_call(argument)\n" * 3_000 + "```\nafter"
    *parts, last = split(text)
    assert all(part.kind is C and len(part.source) <= LINE_LIMIT + 20 for part in parts)
    assert all(part.continued and part.context == "```python\n" for part in parts[1:])
    assert last.source == "after"


def test_long_tables_repeat_their_head() -> None:
    *parts, last = split("| a | b |\n|---|---|\n" + "| one | two |\n" * 2_000 + "after")
    assert len(parts) > 1
    assert all(part.context == "| a | b |\n|---|---|\n" for part in parts[1:])
    assert last.kind is P


@pytest.mark.parametrize(
    ("text", "gap"),
    [("a\n\nb", 1), ("- a\n- b", 0), ("- a\n\n- b", 1), ("a\n- b", 0), ("a\n# b", 1), ("# a\nb", 0), ("a\n```\nb", 1)],
)
def test_gaps(text: str, gap: int) -> None:
    first, second = split(text)
    assert gap_before(None, first) == 0
    assert gap_before(first, second) == gap
