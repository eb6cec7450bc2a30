import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.render.blocks import BlockKind, BlockSplitter
from dsr1_tui.render.cells import cells
from dsr1_tui.render.line import Line, Role
from dsr1_tui.render.plain import lines_to_text
from dsr1_tui.render.tables import split_row, table_lines

CELLS = st.text(st.sampled_from("ab c12中文*`$\\"), max_size=30).map(lambda text: text.replace("|", ""))


def table(text: str, width: int) -> list[Line]:
    splitter = BlockSplitter()
    (block,) = (*splitter.feed(text), *splitter.finish())
    assert block.kind is BlockKind.TABLE
    return table_lines(block, width)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| a | b |", ["a", "b"]),
        ("a|b", ["a", "b"]),
        ("|a||c|", ["a", "", "c"]),
        (r"| a \| b | c |", [r"a \| b", "c"]),
        ("| `a|b` | c |", ["`a|b`", "c"]),
        ("| $|x|$ | c |", ["$|x|$", "c"]),
        (r"| \(|x|\) | c |", [r"\(|x|\)", "c"]),
        ("  | a |  ", ["a"]),
    ],
)
def test_cells_of_a_row(row: str, expected: list[str]) -> None:
    split = split_row(row)
    assert [text for text, _ in split] == expected
    assert all(row[at : at + len(text)] == text for text, at in split)


def test_a_lone_dollar_is_no_formula() -> None:
    assert [text for text, _ in split_row("| $5 | 6$ |", 2)] == ["$5", "6$"]


def test_a_table_that_fits() -> None:
    text = "| name | 数量 | x |\n|:---|:-:|---:|\n| **a** | 1 | 22 |\n| bb | 1000 | 3 |\n"
    assert lines_to_text(table(text, 60)).split("\n") == [
        "name │ 数量 │  x",
        "─────┼──────┼───",
        "a    │  1   │ 22",
        "bb   │ 1000 │  3",
    ]
    assert {span.style.role for span in table(text, 60)[0].spans if span.text.strip(" │")} == {Role.TABLE_HEAD}


def test_long_cells_wrap_and_rows_are_told_apart() -> None:
    text = "| k | text |\n|---|---|\n| a | one two three four |\n| b | five |\n"
    assert lines_to_text(table(text, 16)).split("\n") == [
        "k │ text",
        "──┼─────────────",
        "a │ one two",
        "  │ three four",
        "──┼─────────────",
        "b │ five",
    ]


def test_where_columns_would_be_slivers_rows_become_records() -> None:
    text = "| name | meaning | unit | remark |\n|--|--|--|--|\n| mass | how heavy | kg | none |\n| t | time | s | – |\n"
    assert lines_to_text(table(text, 24)).split("\n") == [
        "name: mass",
        "meaning: how heavy",
        "unit: kg",
        "remark: none",
        "─" * 24,
        "name: t",
        "meaning: time",
        "unit: s",
        "remark: –",
    ]


def test_cells_too_many_and_too_few_are_kept() -> None:
    shown = lines_to_text(table("|a|b|\n|-|-|\n|1|2|3|4|\n|5|\n", 40))
    assert shown.split("\n")[2:] == ["1 │ 2|3|4", "5 │"]


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=4), st.integers(8, 70))
def test_no_line_is_too_wide_and_no_text_is_lost(rows: list[list[str]], width: int) -> None:
    text = "| h |" + " i |" * (len(rows[0]) - 1) + "\n|" + "---|" * len(rows[0]) + "\n"
    text += "".join("| " + " | ".join(row) + " |\n" for row in rows)
    lines = table(text, width)
    assert all(cells(line.text) <= width for line in lines)
    shown = "".join(line.text for line in lines)
    for row in rows:
        for char in "12中文":
            assert char in shown or not any(char in cell for cell in row)
