from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.render.blocks import Block, BlockKind, BlockSplitter
from dsr1_tui.render.cells import cells
from dsr1_tui.render.code import code_lines, code_text, last_code
from dsr1_tui.render.line import Role

CODE = st.text(st.sampled_from("ab =\"'#(){}[]:\n\t中0.;/*`~\\\x1b"), max_size=80)


def split(text: str) -> tuple[Block, ...]:
    splitter = BlockSplitter()
    return (*splitter.feed(text), *splitter.finish())


def only_code(text: str) -> Block:
    return next(block for block in split(text) if block.kind is BlockKind.CODE)


def test_python_is_highlighted() -> None:
    lines = code_lines(only_code('```python\ndef f(x):\n    return "a" + 1  # note\n```\n'), 60)
    assert [line.text for line in lines] == ["  python", "  def f(x):", '      return "a" + 1  # note']
    roles = {span.text.strip(): span.style.role for line in lines[1:] for span in line.spans}
    assert roles["def"] is Role.CODE_KEYWORD
    assert roles["f"] is Role.CODE_NAME
    assert roles['"a"'] is Role.CODE_STRING
    assert roles["1"] is Role.CODE_NUMBER
    assert roles["# note"] is Role.CODE_COMMENT
    assert roles["+"] is Role.CODE_OPERATOR


def test_unknown_and_missing_languages_are_plain() -> None:
    for info in ("", "nosuchlanguage"):
        lines = code_lines(only_code(f"```{info}\nif x: y\n```"), 60)
        assert {span.style.role for span in lines[-1].spans if span.start >= 0} == {Role.CODE}


def test_a_long_line_is_marked_and_nothing_is_lost() -> None:
    lines = code_lines(only_code("```\n" + "abc 中 " * 20 + "\n```"), 21)
    assert [line.text[:2] for line in lines] == ["  "] + ["↪ "] * (len(lines) - 1)
    assert "".join(line.text[2:] for line in lines) == "abc 中 " * 20


def test_the_indentation_of_a_list_is_taken_off() -> None:
    text = "1. so:\n   ```py\n   if x:\n       y\n   ```\n"
    assert code_text(only_code(text)).text == "if x:\n    y"


def test_tabs_stop_every_four_cells() -> None:
    (line,) = code_lines(only_code("```\n\ta\tbc\td\n```"), 40)
    assert line.text == "      a   bc  d"
    tabs = [span for span in line.spans if span.end - span.start == 1 and span.text.isspace()]
    assert len(tabs) == 3


def test_the_last_code_block_is_copied_whole() -> None:
    body = "".join(f"line_{number} = {number}\n" for number in range(2_000))
    long_line = "x" * 9_000
    text = f"```py\nfirst\n```\n\ntext\n\n```py\n{body}\n\n{long_line}\n```\n\nafter"
    assert last_code(split(text)) == f"{body}\n\n{long_line}"
    assert last_code(split("only text")) == ""


@given(CODE, st.sampled_from(["python", "c++", "html", "json", "sh", "latex", ""]), st.integers(8, 50))
def test_every_character_is_shown_at_its_place(code: str, language: str, width: int) -> None:
    text = f"~~~~~{language}\n{code}\n~~~~~"
    block = only_code(text)
    shown: list[int] = []
    for line in code_lines(block, width):
        assert cells(line.text) <= width
        for span in line.spans:
            if span.start >= 0:
                assert text[span.start : span.end] == span.text or span.end - span.start == 1
                shown += range(span.start, span.end)
    expected = [at for at in range(text.index("\n") + 1, len(text) - 5) if text[at] != "\n"]
    assert sorted(set(shown)) == expected or "~~~~~" in code
