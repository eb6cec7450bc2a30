import pytest
from hypothesis import given

from dsr1_tui.render.inline import Display, Row, inline_rows, link_note, link_target
from dsr1_tui.render.line import Role
from support.markdown_texts import markdown


def rows(source: str, *, display: bool = True) -> list[Row]:
    return inline_rows(source, display=display)


def pieces(source: str) -> list[tuple[str, str]]:
    """Each piece's text, and its look in letters."""
    found: list[tuple[str, str]] = []
    for row in rows(source):
        assert isinstance(row, list)
        for piece in row:
            style = piece.style
            look = style.role.value if style.role is not Role.TEXT else ""
            look += " b" * style.bold + " i" * style.italic + " s" * style.strike
            found.append((piece.text, look.strip()))
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain", [("plain", "")]),
        ("a **b *c*** ~~d~~", [("a ", ""), ("b ", "b"), ("c", "b i"), (" ", ""), ("d", "s")]),
        ("`a  b` ``c`d``", [("a  b", "code"), (" ", ""), ("c`d", "code")]),
        ("**答案：**是5", [("答案：", "b"), ("是5", "")]),
        ("中**“重要”**的", [("中", ""), ("“重要”", "b"), ("的", "")]),
        ("**Step 1:**Let", [("Step 1:", "b"), ("Let", "")]),
        ("2*3*4 and a*b", [("2*3*4 and a*b", "")]),
        ("snake_case_name", [("snake_case_name", "")]),
        (
            r"1\. \* &amp; &copy;",
            [("1", ""), (".", ""), (" ", ""), ("*", ""), (" ", ""), ("&", ""), (" ", ""), ("©", "")],
        ),
        ("$5 and $6", [("$5 and $6", "")]),
        ("`$x$` `\\(y\\)`", [("$x$", "code"), (" ", ""), ("\\(y\\)", "code")]),
        ("<b>html</b>", [("<b>html</b>", "")]),
        ("[bold] markup [/]", [("[bold] markup [/]", "")]),
        ("a\x1b[31mb", [("a", ""), ("␛", "escape"), ("[31mb", "")]),
        ("so \\(x = 1\\).", [("so ", ""), ("x = 1", "math"), (".", "")]),
        ("**\\(x\\)**", [("x", "math b")]),
        (r"it is \boxed{5}!", [("it is ", ""), ("5", "box b"), ("!", "")]),
        (r"\(y = \boxed{5}\)", [("y = ", "math"), ("5", "box b")]),
    ],
)
def test_looks(source: str, expected: list[tuple[str, str]]) -> None:
    assert pieces(source) == expected


def test_newlines_and_br_end_rows() -> None:
    assert [len(row) if isinstance(row, list) else -1 for row in rows("a\nb  \nc<br>d\\\ne")] == [1, 1, 1, 1, 1]


def test_a_display_formula_stands_alone_with_its_punctuation() -> None:
    text, formula, after = rows("so $$x$$, then")
    assert isinstance(text, list)
    assert isinstance(formula, Display)
    assert isinstance(after, list)
    assert (formula.body, formula.source) == ("x", "$$x$$")
    assert [piece.text for piece in formula.after] == [","]
    assert [piece.text for piece in after] == ["then"]


def test_without_display_it_stays_in_the_text() -> None:
    (row,) = rows("so $$x$$, then", display=False)
    assert isinstance(row, list)
    assert "".join(piece.text for piece in row) == "so x, then"


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://a.b/c?d=e#f", "https://a.b/c?d=e#f"),
        ("HTTP://a.b", "HTTP://a.b"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("foo.md", None),
        ("https://a.b/\x1b]8;;", None),
        ("https://a b", None),
        ("https://中.cn", None),
    ],
)
def test_link_targets(href: str, target: str | None) -> None:
    assert link_target(href) == target


@pytest.mark.parametrize(
    ("text", "href", "note"),
    [
        ("docs", "https://docs.x.org/a", " (docs.x.org)"),
        ("https://good.com", "https://evil.com/", " (evil.com)"),
        ("https://a.b", "https://a.b/", ""),
        ("a.b/c", "https://a.b/c", ""),
        ("good.com", "https://good.com@evil.com/", " (evil.com)"),
        ("me", "mailto:a@b.c", " (a@b.c)"),
        ("a@b.c", "mailto:a@b.c", ""),
        ("see", "foo.md", " (foo.md)"),
        ("see", "https://[broken", " (https://[broken)"),
    ],
)
def test_link_text_hides_no_other_address(text: str, href: str, note: str) -> None:
    assert link_note(text, href) == note


def test_links_and_images() -> None:
    (row,) = rows("[a](https://x.y/z) ![pic](http://i.j/k.png) <https://q.r>")
    assert isinstance(row, list)
    assert "".join(piece.text for piece in row) == "a (x.y) [image: pic] http://i.j/k.png https://q.r"
    assert [piece.style.link for piece in row if piece.style.link] == [
        "https://x.y/z",
        "http://i.j/k.png",
        "https://q.r",
    ]


@given(markdown)
def test_text_that_stands_for_itself_is_at_its_offset(source: str) -> None:
    flat = source.strip()
    for row in inline_rows(flat, 100):
        for piece in row.after if isinstance(row, Display) else row:
            if piece.start >= 0:
                assert 100 <= piece.start < piece.end <= 100 + len(flat)
                own = flat[piece.start - 100 : piece.end - 100]
                assert piece.whole or piece.text == own.replace("\n", " ").replace("\r ", "  ")
