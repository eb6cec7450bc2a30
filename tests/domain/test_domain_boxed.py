import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.boxed import Boxed, final_boxed, find_boxed

PARTS = st.sampled_from(
    [
        "\\boxed{",
        "\\boxed ",
        "\\fbox{",
        "}",
        "{",
        "\\{",
        "\\}",
        "\\\\",
        "5",
        "\\frac{1}{2}",
        " ",
        "\n",
        "\n\n",
        "```",
        "~~~",
        "$",
        "中",
    ]
)
TEXTS = st.lists(PARTS, max_size=30).map("".join)
BALANCED = st.recursive(
    st.sampled_from(["5", "x", "\\{", "\\}", "\\frac{1}{2}", "中文", "a, b"]),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda parts: "{" + "".join(parts) + "}"),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        (r"so \boxed{5}.", ["5"]),
        (r"\boxed{\frac{1}{2}} and \fbox{b}", [r"\frac{1}{2}", "b"]),
        (r"\boxed{\{1, 2\}}", [r"\{1, 2\}"]),
        (r"\boxed{a \} b}", [r"a \} b"]),
        ("\\boxed{\n  x = 2\n}", ["x = 2"]),
        (r"\boxed 5", ["5"]),
        (r"\boxed -12.5", ["-12.5"]),
        (r"\boxed\frac{1}{2}", [r"\frac{1}{2}"]),
        (r"\boxed {7}", ["7"]),
        (r"\boxed{\boxed{5}}", [r"\boxed{5}", "5"]),
        (r"\boxed{unclosed", []),
        (r"\boxed{a and \boxed{b}", ["b"]),
        ("\\boxed{a\n\nb}", []),
        (r"within \boxed{}.", []),
        (r"\boxedness{5}", []),
        (r"\\boxed{5}", []),
        ("```\n\\boxed{1}\n```\n\\boxed{2}", ["2"]),
        ("```tex\n\\boxed{1}", []),
        ("~~~\n```\n\\boxed{1}\n~~~\n\\boxed{2}", ["2"]),
        ("```x``` \\boxed{3}", ["3"]),
        ("a stray } and { then \\boxed{4} }", ["4"]),
        (r"答案是\boxed{三}。", ["三"]),
        ("no box", []),
    ],
)
def test_bodies(text: str, bodies: list[str]) -> None:
    assert [box.body for box in find_boxed(text)] == bodies
    assert final_boxed(text) == (bodies[-1] if bodies else None)


@given(TEXTS)
def test_boxes_are_slices_in_order(text: str) -> None:
    boxes = find_boxed(text)
    for box in boxes:
        whole = text[box.start : box.end]
        assert whole.startswith(("\\boxed", "\\fbox"))
        assert box.body
        assert box.body in whole
    starts = [box.start for box in boxes]
    assert starts == sorted(set(starts))


@given(BALANCED, TEXTS)
def test_a_balanced_body_is_found_whole(body: str, before: str) -> None:
    text = f"{before}\n\n\\boxed{{{body}}}"
    whole = Boxed(len(before) + 2, len(text), body)
    assert whole in find_boxed(text) or "```" in before or "~~~" in before


@given(TEXTS, TEXTS)
def test_what_comes_after_a_paragraph_does_not_change_its_boxes(first: str, second: str) -> None:
    alone = find_boxed(first)
    assert find_boxed(f"{first}\n\n{second}")[: len(alone)] == alone
