"""Text as models write it and worse: the fragments that the renderer's property tests are made of."""

from itertools import pairwise

from hypothesis import strategies as st

FRAGMENTS = [
    *[
        "\n",
        "\n\n",
        "\n\n\n",
        "- ",
        "  - ",
        "    * ",
        "1. ",
        "2) ",
        "10. ",
        "> ",
        ">> ",
        "```",
        "```python\n",
        "~~~",
        "# ",
        "## ",
        "---\n",
    ],
    *[
        "* * *\n",
        "[ ] ",
        "[x] ",
        "===",
        "|",
        "|---|\n",
        "a|b\n",
        "---|---\n",
        "| a | b |\n|---|:-:|\n| 1 | 2 |\n",
        "$",
        "$$",
        "\\[",
        "\\]",
    ],
    *[
        "\\(",
        "\\)",
        "\\begin{align}",
        "\\end{align}",
        "\\boxed{",
        "\\boxed{5}",
        "\\frac{1}{2}",
        "}",
        "{",
        "x^2",
        "**",
        "*",
        "_",
        "~~",
        "`",
    ],
    *[
        "``",
        "[",
        "](",
        "http://a.b/c",
        ")",
        "![",
        "<br>",
        "<http://x.y>",
        "<div>",
        "&amp;",
        "&#9;",
        "\\",
        "\r\n",
        "\r",
        "\t",
        "    ",
        " ",
    ],
    *[
        "\x1b[31m",
        "\x1b]0;t\x07",
        "\u202e",
        "\u200d",
        "\u200b",
        "\ud800",
        "\U000e0041",
        "\x9b",
        "\x00",
        "é",
        "e\u0301",
        "🇩🇪",
        "中文字，",
        "（",
    ],
    *[
        "👨\u200d👩\u200d👧",
        "。",
        "word ",
        "another word ",
        "longwordlongwordlongword",
        "12",
        "x = 1",
        "The answer is ",
    ],
]
"""Pieces of Markdown, of maths, of what must not reach a terminal, and of plain text."""

markdown = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)


@st.composite
def chunked(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text and one way to cut it into chunks."""
    text = draw(markdown)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    bounds = [0, *cuts, len(text)]
    return text, [text[start:end] for start, end in pairwise(bounds)]
