import json
from base64 import b64encode
from collections.abc import Callable
from random import Random

import pytest

from dsr1_tui.domain.repetition import Level, LoopGuard, LoopKind
from support.loop_texts import LINES, ZH_LINES, honest, pieces, read

RNG = Random(5)
WORK = "Then the left side is {a} and the right side is {b}, so it does not fit. "


def rows(line: Callable[[int], str], count: int, start: int = 1) -> str:
    return "".join(line(n) for n in range(start, start + count))


LOOPS = {
    "a word": ("ha " * 400, LoopKind.CYCLE, 160),
    "a mark": ("。" * 1200, LoopKind.CYCLE, 200),
    "a letter": ("a" * 3000, LoopKind.CYCLE, 200),
    "an empty line": ("\n" * 3000, LoopKind.CYCLE, 600),
    "blanks": (" " * 3000, LoopKind.CYCLE, 600),
    "a character": ("哈" * 400, LoopKind.CYCLE, 60),
    "a face": ("😀" * 800, LoopKind.CYCLE, 200),
    "a script without blanks": ("ไม่รู้จะทำอย่างไร" * 200, LoopKind.CYCLE, 400),
    "two words": ("好的，" * 400, LoopKind.CYCLE, 90),
    "a sentence": ("Wait, let me check that again. " * 100, LoopKind.CYCLE, 220),
    "a calculation": ("12 * 12 = 144. Is that right? Let me compute it again.\n" * 60, LoopKind.CYCLE, 220),
    "a formula": ("x = 5, y = 7, " * 300, LoopKind.CYCLE, 500),
    "a box": ("**Final Answer**\n\\boxed{5}\n\n" * 90, LoopKind.CYCLE, 220),
    "a period of decimals": ("0." + "142857" * 300, LoopKind.CYCLE, 120),
    "a list that begins anew": (("Steps:\n1. Read it.\n2. Solve it.\n3. Check it.\n\n") * 60, LoopKind.CYCLE, 220),
    "a paragraph": ((honest(RNG, 30) + "\n\n") * 6, LoopKind.CYCLE, 1800),
    "a step counted": (rows(lambda n: f"Step {n}: check {n}. ", 200), LoopKind.COUNTED, 320),
    "a letter counted": (rows(lambda n: f"n = {n}, ", 300), LoopKind.COUNTED, 520),
    "a Chinese step": (rows(lambda n: f"第{n}步：检查第{n}项。", 200), LoopKind.COUNTED, 220),
    "Chinese numerals": ("".join(f"第{n}步，再检查一次。" for n in "二三四五六七八九") * 40, LoopKind.CYCLE, 120),
    "a long record": (rows(lambda n: f"Round {n}. " + " ".join(LINES[:3]) + "\n", 40), LoopKind.COUNTED, 600),
    "sentences shuffled": (" ".join(RNG.choices(LINES, k=150)), LoopKind.SHUFFLED, 500),
    "Chinese shuffled": ("".join(RNG.choices(ZH_LINES, k=150)), LoopKind.SHUFFLED, 320),
    "other words, nothing else": (
        "".join(f"{RNG.choice(('Hmm', 'But', 'Wait'))}, {' '.join(LINES)} " for _ in range(30)),
        LoopKind.SHUFFLED,
        500,
    ),
    "a few words mixed": (
        " ".join(RNG.choices(("so", "then", "it", "is", "maybe", "not", "that", "but", "answer"), k=2500)),
        LoopKind.COLLAPSE,
        1800,
    ),
    "numbers by chance": (
        rows(lambda n: f"Round {n}. " + WORK.format(a=n * n % 577, b=n * 7919 % 9973), 300),
        LoopKind.COLLAPSE,
        5500,
    ),
}


@pytest.mark.parametrize(("text", "kind", "soon"), LOOPS.values(), ids=LOOPS)
def test_a_loop_is_found_soon(text: str, kind: LoopKind, soon: int) -> None:
    loop = read(pieces(text, 4)).loop
    assert loop is not None
    assert loop.kind is kind
    assert loop.at_tokens <= soon
    assert loop.times >= 2
    assert len(loop.sample) <= 60


@pytest.mark.parametrize("kind", ["a sentence", "a Chinese step", "Chinese shuffled"])
def test_a_loop_is_found_behind_an_honest_beginning(kind: str) -> None:
    lead = honest(Random(3), 300)
    loop = read(pieces(lead + "\n" + LOOPS[kind][0], 4)).loop
    assert loop is not None
    assert abs(loop.since_char - len(lead)) < 150 * (loop.kind is LoopKind.SHUFFLED) + 4
    assert abs(loop.since_tokens - loop.since_char // 4) <= 1
    assert loop.at_tokens < len(lead) / 4 + 550


def _collatz(n: int) -> str:
    out = ""
    while n != 1:
        after = 3 * n + 1 if n % 2 else n // 2
        out += f"{n} is odd, so 3*{n}+1 = {after}.\n" if n % 2 else f"{n} is even, so {n}/2 = {after}.\n"
        n = after
    return out


def _cases(n: int) -> str:
    return (
        f"Case {n}: n leaves the remainder {n} when divided by 13. Then n^2 leaves the same remainder as {n * n}, "
        f"which is {n * n % 13}. So n^2 + 1 is not divisible by 13 in this case.\n"
    )


HONEST = {
    "prose": honest(Random(1), 800),
    "enumeration": rows(lambda n: f"For n = {n}: n^2 + n + 41 = {n * n + n + 41}, which is prime.\n", 60),
    "wordy enumeration": rows(lambda n: f"Try x = {n}. " + WORK.format(a=n**3 - 7, b=n + 100), 60),
    "Chinese enumeration": rows(lambda n: f"当n={n}时，n的平方是{n * n}，除以7余{n * n % 7}，不符合条件。\n", 60),
    "every divisor": rows(lambda n: f"997 is not divisible by {n}. ", 30, 2),
    "a month": rows(lambda n: f"Day {n}: do 20 push-ups, drink water and rest well.\n", 31),
    "cases": rows(_cases, 13, 0),
    "Collatz": _collatz(27),
    "times tables": "\n".join(f"{b} times {a} is {a * b}." for a in range(2, 13) for b in range(1, 13)),
    "九九乘法表": "\n".join("，".join(f"{a}乘{b}得{a * b}" for a in range(1, b + 1)) for b in range(1, 15)),
    "counting": ", ".join(map(str, range(1, 1001))),
    "primes": ", ".join(str(n) for n in range(2, 4000) if all(n % d for d in range(2, int(n**0.5) + 1))),
    "zeros": "[" + ",\n ".join([str([0] * 20)] * 20) + "]",
    "bits": "\n".join(" & ".join(Random(n).choices("01", k=20)) + r" \\" for n in range(20)),
    "table": "| n | state | done |\n|---|---|---|\n" + rows(lambda n: f"| {n} | open | no |\n", 100),
    "ruler": "Summary\n" + "=" * 200 + "\n" + "\n".join("_" * 80 for _ in range(9)),
    "JSON": json.dumps([{"id": n, "active": True, "parent": None, "tags": [], "x": n * n} for n in range(80)]),
    "nulls": "```json\n" + json.dumps([None] * 100 + [0] * 200) + "\n```",
    "HTML": "<table>\n" + ("<tr>" + "<td></td>" * 8 + "</tr>\n") * 8 + "</table>",
    "code": "```python\n" + rows(lambda n: f"    assert add({n}, {n}) == {2 * n}\n", 120) + "```",
    "same code": "```python\n" + "    x = step(x)\n" * 50 + "```",
    "log": rows(lambda n: f"2024-05-01T12:{n // 60:02}:{n % 60:02} INFO request {n} took {n * n % 89} ms\n", 300),
    "base64": b64encode(Random(2).randbytes(4000)).decode(),
    "zeros in base64": b64encode(bytes(400)).decode(),
    "song": "".join(
        f"{n} bottles of beer on the wall, {n} bottles of beer.\nTake one down, {n - 1} bottles on the wall.\n\n"
        for n in range(99, 0, -1)
    ),
    "refrain": "\n".join(f"{line}\n" + "Na na na, hey hey, goodbye!\n" * 4 for line in LINES),
    "verse": "关关雎鸠，在河之洲。窈窕淑女，君子好逑。参差荇菜，左右流之。窈窕淑女，寤寐求之。"
    "参差荇菜，左右采之。窈窕淑女，琴瑟友之。参差荇菜，左右芼之。窈窕淑女，钟鼓乐之。"
    "采采芣苢，薄言采之。采采芣苢，薄言有之。采采芣苢，薄言掇之。采采芣苢，薄言捋之。",
    "checked three times": honest(Random(4), 20) + ("\nWait, let me check again. 17 times 23 is 391. Yes.\n" * 3),
    "draft and final": (draft := honest(Random(6), 60)) + "\n\nThat is good. The final text:\n\n" + draft,
    "coins": " ".join(Random(7).choices(("heads", "tails"), k=600)),
}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_honest_text_is_no_loop(text: str) -> None:
    assert read(pieces(text, 4)).loop is None


@pytest.mark.parametrize(
    "name", ["prose", "enumeration", "cases", "table", "log", "base64", "verse", "JSON", "Collatz"]
)
def test_honest_text_is_not_even_suspected(name: str) -> None:
    assert read(pieces(HONEST[name], 4)).suspicion is None


def test_a_suspicion_comes_before_the_loop_and_each_is_reported_once() -> None:
    guard = LoopGuard()
    found = [one for one in map(guard.feed, pieces("Wait, let me check that again. " * 200, 4)) if one]
    assert [one.level for one in found] == [Level.SUSPECT, Level.LOOP]
    assert found[0].at_tokens < found[1].at_tokens
    assert found[1].sample == "Wait, let me check that again."


def test_tokens_are_counted_as_they_are_told() -> None:
    text = honest(Random(8), 50) + " " + "Wait, let me check that again. " * 60
    by_one, by_three = read(pieces(text, 12)).loop, read(pieces(text, 12), tokens=3).loop
    assert by_one is not None
    assert by_three is not None
    assert by_three.at_tokens == 3 * by_one.at_tokens
    assert abs(by_three.since_tokens - 3 * by_one.since_tokens) <= 3


def test_a_sample_is_harmless() -> None:
    loop = read(pieces("\x1b[31mred\x1b[0m \u202eand\u2066 back\x07 again\r\n" * 80, 4)).loop
    assert loop is not None
    assert loop.sample.isprintable()
    assert "red" in loop.sample


def test_a_sample_is_from_the_text_however_long_that_is() -> None:
    loop = read(pieces(honest(Random(9), 3000) + " " + "This is said over and over. " * 90, 5)).loop
    assert loop is not None
    assert loop.sample == "This is said over and over."
