"""Texts that go in circles: an honest beginning, then a loop of one of the ways in which models fall into one."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import loops_corpus_en as en
import loops_corpus_zh as zh
from loops_corpus_maths import worked, worked_zh
from loops_corpus_prose import story, story_zh


@dataclass(frozen=True, slots=True)
class Loop:
    """A looping text in its two parts."""

    lead: str
    body: str
    """Begins with the first copy of what is then repeated."""


def lead(rng: Random, *, chinese: bool = False) -> str:
    """Nothing, or up to some 3,000 tokens of honest thought."""
    if rng.random() < 0.25:
        return ""
    out = ""
    for _ in range(rng.choice((1, 2, 4, 8, 16, 24))):
        tell, work = (story_zh, worked_zh) if chinese else (story, worked)
        out += tell(rng, 120 if chinese else 350) if rng.random() < 0.5 else work(rng)
    return out


def _fill(rng: Random, copy: str, least: int) -> str:
    """Copies enough for a detector to be late by thousands of tokens and still be right."""
    return copy * (max(least, 14000 if copy.isascii() else 6000) // len(copy) + rng.randint(5, 9))


def cycle_short(rng: Random) -> Loop:
    """A word, a mark or two, for ever."""
    copy = rng.choice(
        ("ha ", "the ", "no, ", "。", "哈", "嗯，", "!", "-", "a", "\n", "yes yes no ", "和", "...", "的的")
    )
    return Loop(lead(rng, chinese=not copy.isascii()), copy * 9000)


def cycle_sentence(rng: Random) -> Loop:
    return Loop(lead(rng), _fill(rng, rng.choice(en.LINES) + rng.choice((" ", "\n", "\n\n")), 14000))


def cycle_sentence_zh(rng: Random) -> Loop:
    return Loop(lead(rng, chinese=True), _fill(rng, rng.choice(zh.LINES) + rng.choice(("", "\n")), 6000))


def cycle_lines(rng: Random) -> Loop:
    return Loop(lead(rng), _fill(rng, " ".join(rng.sample(en.LINES, k=rng.randint(2, 8))) + "\n", 14000))


def cycle_lines_zh(rng: Random) -> Loop:
    return Loop(lead(rng, chinese=True), _fill(rng, "".join(rng.sample(zh.LINES, k=rng.randint(2, 8))), 6000))


def cycle_paragraph(rng: Random) -> Loop:
    """A paragraph of some 60 to 600 tokens."""
    copy = story(rng, rng.randint(250, 2400)) + "\n\n"
    return Loop(lead(rng), copy * 12)


def cycle_paragraph_zh(rng: Random) -> Loop:
    copy = story_zh(rng, rng.randint(80, 700)) + "\n"
    return Loop(lead(rng, chinese=True), copy * 12)


def cycle_formula(rng: Random) -> Loop:
    """A calculation that is done over and over."""
    a, b = rng.randint(2, 99), rng.randint(2, 99)
    copy = rng.choice(
        (
            f"{a} * {b} = {a * b}. Is that right? Let me compute it again.\n",
            f"So \\(x = \\frac{{{a}}}{{{b}}}\\). Therefore \\(x = \\frac{{{a}}}{{{b}}}\\), and \\({b}x = {a}\\). ",
            f"x = {a}, y = {b}, ",
            f"**Final Answer**\n\\boxed{{{a}}}\n\n",
            f"所以x={a}，代入得{a}+{b}={a + b}。",
        )
    )
    return Loop(lead(rng), _fill(rng, copy, 14000))


def half_code(rng: Random) -> Loop:
    """The same function, or the same line of code, again and again."""
    name = rng.choice(("total", "parse", "visit"))
    copy = rng.choice(
        (
            f"def {name}(it):\n    result = 0\n    for item in it:\n        result += item\n    return result\n\n",
            f"    {name} = {name}.next\n",
            f"        if {name} is None:\n            return False\n",
        )
    )
    return Loop(lead(rng) + "```python\n", _fill(rng, copy, 20000))


def decimals(rng: Random) -> Loop:
    """The period of a fraction, written out for ever."""
    return Loop(lead(rng) + "As a decimal it is 0.", rng.choice(("3", "142857", "09", "123456790")) * 3000)


def counted(rng: Random) -> Loop:
    """A counter runs, and nothing else happens."""
    shape = rng.choice(
        (
            "Step {n}: check {n}. ",
            "n = {n}, ",
            "Let me try n = {n}. That does not work. ",
            "Attempt {n}: still not right, so let me try again.\n",
            "{n}. Check the answer.\n",
            "Let me verify step {n} once more. Step {n} seems right, but I am not sure, so I look at step {m}. ",
        )
    )
    start = rng.randint(1, 50)
    return Loop(lead(rng), "".join(shape.format(n=n, m=n + 1) for n in range(start, start + 900)))


def counted_zh(rng: Random) -> Loop:
    shape = rng.choice(
        ("第{n}步：检查第{n}项。", "尝试{n}：还是不对，再试一次。\n", "当n={n}时，不成立。", "{n}、检查答案。\n")
    )
    start = rng.randint(1, 50)
    return Loop(lead(rng, chinese=True), "".join(shape.format(n=n) for n in range(start, start + 900)))


def counted_long_zh(rng: Random) -> Loop:
    """Counted in Chinese numerals."""
    digits = "零一二三四五六七八九"

    def numeral(n: int) -> str:
        tens, ones = divmod(n, 10)
        return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones or not tens else "")

    copy = "".join(f"第{numeral(n)}步：再检查一次第{numeral(n)}步的结果，好像没有问题。" for n in range(1, 100))
    return Loop(lead(rng, chinese=True), copy * 3)


def counted_work(rng: Random) -> Loop:
    """Numbers by chance in the same sentences: no work is done, though it looks like it."""
    shape = rng.choice(
        (
            "Let me try x = {a}. That gives {b}. No, that's not right. ",
            "Maybe the answer is {a}? Hmm, but then the sum would be {b}, and that contradicts what I found before. ",
            "Wait, I should check the case {a} again. The result was {b}. Okay, that seems fine, but I am not sure.\n",
        )
    )
    values = (shape.format(a=rng.randint(1, 999), b=rng.randint(1, 9999)) for _ in range(700))
    return Loop(lead(rng), "".join(values))


def shuffled(rng: Random) -> Loop:
    """The same few sentences in changing order."""
    some = rng.sample(en.LINES, k=rng.randint(3, 14))
    gap = rng.choice((" ", "\n"))
    return Loop(lead(rng), gap.join(rng.choice(some) for _ in range(500)))


def shuffled_zh(rng: Random) -> Loop:
    some = rng.sample(zh.LINES, k=rng.randint(3, 14))
    return Loop(lead(rng, chinese=True), "".join(rng.choice(some) for _ in range(700)))


def shuffled_maths(rng: Random) -> Loop:
    """The same few statements of a problem in changing order."""
    a, b = rng.randint(2, 30), rng.randint(2, 30)
    some = [
        f"So x = {a}.",
        f"But the problem says that x + y = {a + b}.",
        f"Then y = {a + b} - {a} = {b}.",
        f"Wait, is x * y = {a * b}?",
        "No, that contradicts the first condition.",
        f"Let me check: {a} * {b} = {a * b}.",
        "Hmm, that does not look right.",
        f"Perhaps x = {b} and y = {a}?",
    ]
    return Loop(lead(rng), " ".join(rng.choice(some) for _ in range(600)))


def near(rng: Random) -> Loop:
    """A paragraph that comes back with other words in some places, from a small stock."""
    stock = ("maybe", "perhaps", "possibly"), ("check", "verify", "test"), ("wrong", "false"), ("Wait", "Hmm", "But")
    lines = rng.sample(en.LINES, k=rng.randint(4, 8))

    def copy() -> str:
        m, c, w, h = (rng.choice(words) for words in stock)
        return f"{h}, {m} I should {c} whether this is {w}. " + " ".join(lines) + f" {h}, {m} it is {w} after all.\n"

    return Loop(lead(rng), "".join(copy() for _ in range(60)))


def near_zh(rng: Random) -> Loop:
    lines = rng.sample(zh.LINES, k=rng.randint(4, 8))

    def copy() -> str:
        m, c, h = rng.choice(("也许", "可能")), rng.choice(("检查", "验证", "验算")), rng.choice(("等等", "嗯", "不对"))
        return f"{h}，{m}我应该{c}一下这个结果。" + "".join(lines) + f"{h}，{m}还是错了。"

    return Loop(lead(rng, chinese=True), "".join(copy() for _ in range(60)))


def collapse(rng: Random) -> Loop:
    """Sentences made of the same few words: always new ones, and never anything new."""
    parts = (
        ("Wait,", "Hmm,", "But", "So", "Okay,", "No,"),
        ("maybe", "perhaps", "I think", "it seems that"),
        ("the answer", "the result", "this", "the first part"),
        ("is", "is not", "could be", "must be"),
        ("right", "wrong", "correct", "the same", "different"),
        ("after all.", "again.", "as before.", "in this case.", "then."),
    )
    return Loop(lead(rng), " ".join(" ".join(rng.choice(part) for part in parts) for _ in range(450)))


def collapse_zh(rng: Random) -> Loop:
    parts = (
        ("等等，", "嗯，", "但是", "所以", "不，"),
        ("也许", "可能", "我觉得", "看起来"),
        ("答案", "结果", "这个", "第一部分"),
        ("是", "不是", "应该是", "可能不是"),
        ("对的", "错的", "一样的", "不同的"),
        ("。", "吧。", "，再看看。", "，对吗？"),
    )
    return Loop(lead(rng, chinese=True), "".join(rng.choice(part) for _ in range(700) for part in parts))


def salad(rng: Random) -> Loop:
    """A few words in no order at all."""
    words = rng.sample(
        en.stock("salad"),
        k=rng.randint(8, 14),
    )
    return Loop(lead(rng), " ".join(rng.choice(words) for _ in range(4000)))


def three(rng: Random) -> Loop:
    """One loop that turns into another before it gets long."""
    first, second, third = (rng.choice(en.LINES) + " " for _ in range(3))
    return Loop(lead(rng), first * 6 + second * 7 + third * 400)


def bullets(rng: Random) -> Loop:
    """A list whose points are always the same three."""
    points = [f"- **{line.split()[0]}**: {line}\n" for line in rng.sample(en.LINES, k=3)]
    return Loop(lead(rng) + "Here is the summary:\n\n", _fill(rng, "".join(points), 14000))


def list_again(rng: Random) -> Loop:
    """A numbered list that begins anew each time it is done."""
    points = rng.sample(en.LINES, k=rng.randint(4, 7))
    copy = "Steps:\n" + "".join(f"{n}. {line}\n" for n, line in enumerate(points, 1)) + "\n"
    return Loop(lead(rng), _fill(rng, copy, 14000))


def dialogue(rng: Random) -> Loop:
    """The model goes on with the user's part, and then with its own, and so on."""
    ask, say = rng.choice(en.LINES), rng.choice(en.LINES)
    return Loop(lead(rng), _fill(rng, f"User: {ask}\n\nAssistant: {say}\n\n", 14000))


LOOPING: dict[str, tuple[Callable[[Random], Loop], int]] = {
    "loop_short": (cycle_short, 14),
    "loop_sentence": (cycle_sentence, 12),
    "loop_sentence_zh": (cycle_sentence_zh, 12),
    "loop_lines": (cycle_lines, 12),
    "loop_lines_zh": (cycle_lines_zh, 12),
    "loop_paragraph": (cycle_paragraph, 8),
    "loop_paragraph_zh": (cycle_paragraph_zh, 6),
    "loop_formula": (cycle_formula, 10),
    "loop_half_code": (half_code, 4),
    "loop_decimals": (decimals, 4),
    "loop_counted": (counted, 12),
    "loop_counted_zh": (counted_zh, 8),
    "loop_counted_long_zh": (counted_long_zh, 2),
    "loop_counted_work": (counted_work, 6),
    "loop_shuffled": (shuffled, 10),
    "loop_shuffled_zh": (shuffled_zh, 8),
    "loop_shuffled_maths": (shuffled_maths, 6),
    "loop_near": (near, 6),
    "loop_near_zh": (near_zh, 4),
    "loop_collapse": (collapse, 8),
    "loop_collapse_zh": (collapse_zh, 6),
    "loop_salad": (salad, 4),
    "loop_three": (three, 4),
    "loop_bullets": (bullets, 4),
    "loop_list_again": (list_again, 4),
    "loop_dialogue": (dialogue, 4),
}
