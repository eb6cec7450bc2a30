"""The language of a question, by hand and by rule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.language import Language, han_share, language_of

ZH, EN = Language.CHINESE, Language.ENGLISH


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("你好", ZH),
        ("求", ZH),
        ("解方程 x^2 - 5x + 6 = 0。", ZH),
        (r"已知 $\frac{a}{b} = \sqrt{2}$，求 $a^2/b^2$ 的值。", ZH),
        (r"设 $\triangle ABC$ 中 $\angle A = 60^\circ$, 求 \(\cos B\cos C\) 的最大值", ZH),
        ("用 Python 写一个快速排序", ZH),
        ("Python 的 asyncio 怎么用？", ZH),
        ("vLLM 是什么？", ZH),
        ("请把 'The cat is on the mat' 翻译成中文", ZH),
        ("请翻译：The cat is on the mat", ZH),
        ("```python\nprint('the value of this')\n```\n这段代码有什么问题？", ZH),
        ("看看 https://example.org/the/path/to/what", ZH),
        ("2+2=？", ZH),
        ("３＋４", ZH),
        ("“你好”", ZH),
        ("𠮷野家在哪里", ZH),
        ("", EN),
        ("   ", EN),
        ("2+2=?", EN),
        ("x^2 = 4", EN),
        ("3 × 4 ÷ 2 = ?", EN),
        ("Solve x^2 - 5x + 6 = 0.", EN),
        ("What does 你好 mean?", EN),
        ('What does "你好，世界，今天天气很好" mean?', EN),
        ("Translate 今天天气很好，我们去公园玩吧 into English", EN),
        ("How do I pronounce the character 说 in this sentence?", EN),
        ("Qu'est-ce que c'est ?", EN),
        ("Сколько будет 2+2?", EN),
        ("東京の天気はどうですか", EN),
        ("```\n# 这是一段注释\n```\nWhat does this do?", EN),
    ],
)
def test_by_hand(text: str, language: Language) -> None:
    assert language_of(text) is language


def test_share_counts_words_not_variables() -> None:
    assert han_share("解方程 x = y") == 1.0
    assert han_share("ab 你我") == 0.5
    assert han_share("no letters of that kind") == 0.0
    assert han_share("") == 0.0


@given(
    st.text(alphabet="的一是不了人我在有他这中大来上国", min_size=1),
    st.text(alphabet="0123456789+-*/=^() xyn", max_size=40),
)
def test_chinese_with_formulas_is_chinese(prose: str, formula: str) -> None:
    assert language_of(f"{prose} {formula}") is ZH
    assert language_of(f"{formula} {prose}") is ZH


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_any_text_has_a_language(text: str) -> None:
    assert language_of(text) in Language
    assert 0.0 <= han_share(text) <= 1.0


@pytest.mark.parametrize("piece", ["`", "```\n", '"', "“", "'", "\\", "你`", "a '", "「", "https://"])
def test_a_hostile_paste_ends(piece: str) -> None:
    assert language_of(piece * 100_000) in Language
