"""Where maths is found in Markdown source, and where it is not."""

import pytest

from dsr1_tui.render.maths import MathSpan, find_maths, scan_at
from dsr1_tui.render.maths.scan import MAX_SPAN


@pytest.mark.parametrize(
    ("source", "body", "display"),
    [
        (r"\(x^2\)", "x^2", False),
        (r"\( \frac{1}{2} \)", r"\frac{1}{2}", False),
        (r"\[ x \]", "x", True),
        ("\\[\nx\n\n+ 1\n\\]", "x\n\n+ 1", True),
        (r"\[ a \\[2pt] b \]", r"a \\[2pt] b", True),
        (r"$x$", "x", False),
        (r"$\$5$", r"\$5", False),
        ("$a\nb$", "a\nb", False),
        ("$$x$$", "x", True),
        ("$$\nx\n$$", "x", True),
        (r"\begin{align*} a &= b \end{align*}", r"\begin{align*} a &= b \end{align*}", True),
        (r"\begin{cases} \begin{matrix} 1 \end{matrix} \end{cases}", None, True),
        (r"\boxed{6}", None, False),
        (r"\boxed{\frac{1}{\sqrt{2}}}", None, False),
        (r"\boxed{\{1\}}", None, False),
        (r"\fbox{x}", None, False),
        (r"\boxed 5", None, False),
        (r"\boxed -5", None, False),
        (r"\boxed\pi", None, False),
        (r"\boxed \frac{1}{2}", None, False),
    ],
)
def test_maths_begins_here(source: str, body: str | None, display: bool) -> None:
    expected = MathSpan(3, 3 + len(source), source if body is None else body, display)
    assert scan_at("ab " + source + " behind", 3) == expected


@pytest.mark.parametrize(
    "source",
    [
        "$5 and $6",
        "$5",
        "$ x$",
        "$x $",
        "$x$5",
        "$20,000-$30,000",
        "$a\n\nb$",
        r"\$x$",
        "$",
        "$$",
        "$$$$",
        r"\(x",
        r"\( x \( y \)",
        "\\( a\n\nb \\)",
        r"\(\)",
        r"\[ x",
        r"\[ \[ x \]",
        r"\begin{itemize} x \end{itemize}",
        r"\begin{align} x \end{cases}",
        r"\begin{align} x",
        r"\end{align}",
        r"\boxed{x",
        r"\boxed{}",
        "\\boxed{a\n\nb}",
        r"\boxedx",
        r"\boxed",
        r"\frac{1}{2}",
        "x",
        "",
    ],
)
def test_no_maths_begins_here(source: str) -> None:
    assert scan_at(source, 0) is None


def test_an_escaped_opener_is_text() -> None:
    assert scan_at(r"a \$x$", 3) is None
    assert scan_at(r"\\(x\)", 1) is None
    assert scan_at(r"\\\(x\)", 2) is not None


def test_what_is_longer_than_the_cap_is_not_maths() -> None:
    for opener, closer in [(r"\(", r"\)"), ("$", "$"), ("$$", "$$"), (r"\boxed{", "}"), (r"\[", r"\]")]:
        short = opener + "x" * (MAX_SPAN - 100) + closer
        assert scan_at(short, 0) is not None
        assert scan_at(opener + "x" * MAX_SPAN + closer, 0) is None


def _bodies(source: str) -> list[str]:
    return [span.body for span in find_maths(source)]


def test_all_maths_of_a_text_is_found_in_order() -> None:
    source = r"Let $x$ be, with \(y\): \[z\] so \boxed{6}. It costs $5 and $6, or \$7." + "\n$$w$$"
    spans = find_maths(source)
    assert [span.body for span in spans] == ["x", "y", "z", r"\boxed{6}", "w"]
    assert [source[span.start : span.end] for span in spans] == ["$x$", r"\(y\)", r"\[z\]", r"\boxed{6}", "$$w$$"]


def test_code_holds_no_maths() -> None:
    assert _bodies("`$x$` and $y$ and ``a ` $z$`` end") == ["y"]
    assert _bodies("```tex\n$x$\n```\n$y$\n~~~\n\\(z\\)\n~~~~\n$w$") == ["y", "w"]
    assert _bodies("```\n$x$ never closed") == []


def test_a_backtick_that_closes_nothing_is_text() -> None:
    assert _bodies("a ` b $x$") == ["x"]
    assert _bodies("``` inline ``` $x$") == ["x"]


def test_a_fence_ends_only_at_its_own_kind() -> None:
    assert _bodies("````\n```\n$x$\n````\n$y$") == ["y"]
    assert _bodies("```\n~~~\n$x$\n```\n$y$") == ["y"]


def test_chinese_needs_no_spaces() -> None:
    assert _bodies("设$x$为宽，则\\(2x\\)为长") == ["x", "2x"]
