"""Honest prose, verse and talk: what a guard of loops must leave alone, made by rule."""

import math
from collections.abc import Callable
from random import Random

import loops_corpus_en as en
import loops_corpus_zh as zh
from loops_corpus_maths import worked, worked_zh


def size(rng: Random, most: int, least: int = 210) -> int:
    """A length in tokens, short ones as frequent as long ones."""
    return round(least * math.pow(most / least, rng.random()))


def story(rng: Random, characters: int) -> str:
    """English narrative of about so many characters; sentences share shapes, but hardly ever all their words."""
    bank = {key: value.split(",") for key, value in en.WORDS.items()}
    out: list[str] = []
    length = 0
    while length < characters:
        sentence = rng.choice(en.SHAPES).format_map({key: rng.choice(values) for key, values in bank.items()})
        out.append(sentence[0].upper() + sentence[1:] + ("\n\n" if rng.random() < 0.2 else " "))
        length += len(out[-1])
    return "".join(out)


def story_zh(rng: Random, characters: int) -> str:
    """Chinese narrative."""
    bank = {key: value.split(",") for key, value in zh.WORDS.items()}
    out: list[str] = []
    length = 0
    while length < characters:
        sentence = rng.choice(zh.SHAPES).format_map({key: rng.choice(values) for key, values in bank.items()})
        out.append(sentence + ("\n\n" if rng.random() < 0.2 else ""))
        length += len(out[-1])
    return "".join(out)


def thought(rng: Random) -> str:
    """English thoughts by hand in some order, with what a model says between."""
    parts = rng.sample(en.THOUGHTS, k=rng.randint(2, len(en.THOUGHTS)))
    return "\n\n".join(f"{part}\n{rng.choice(en.LINES)}" for part in parts)


def thought_zh(rng: Random) -> str:
    """Chinese thoughts by hand."""
    parts = rng.sample(zh.THOUGHTS, k=rng.randint(2, len(zh.THOUGHTS)))
    return "\n\n".join(f"{part}\n{rng.choice(zh.LINES)}" for part in parts)


def long_reasoning(rng: Random) -> str:
    """Problem after problem worked out, with doubts between: R1 on a good day."""
    most = size(rng, 20000, 1500) * 2
    out = ""
    while len(out) < most:
        out += worked(rng) + " ".join(rng.sample(en.LINES, k=rng.randint(0, 3))) + "\n\n"
        if rng.random() < 0.3:
            out += story(rng, 300) + "\n\n"
    return out


def long_reasoning_zh(rng: Random) -> str:
    """The same in Chinese."""
    most = round(size(rng, 16000, 1200) * 1.3)
    out = ""
    while len(out) < most:
        out += worked_zh(rng) + "".join(rng.sample(zh.LINES, k=rng.randint(0, 3))) + "\n"
        if rng.random() < 0.3:
            out += story_zh(rng, 120) + "\n"
    return out


def revisits(rng: Random) -> str:
    """The same step checked again a few times, in the same words: doubt, but no loop."""
    a, b = rng.randint(12, 99), rng.randint(12, 99)
    check = (
        f"Wait, let me check again. {a} times {b}: {a} times {b // 10 * 10} is {a * (b // 10 * 10)}, and {a} times "
        f"{b % 10} is {a * (b % 10)}. Together that is {a * b}. Yes, that is what I had before.\n"
    )
    out = thought(rng)
    for _ in range(rng.randint(2, 4)):
        out += "\n\n" + check + story(rng, rng.randint(200, 900))
    return out + f"\n\nSo the answer is {a * b}."


def revisits_zh(rng: Random) -> str:
    """The same in Chinese."""
    a, b = rng.randint(12, 99), rng.randint(12, 99)
    check = f"等等，让我再检查一遍：{a}乘以{b}等于{a * b}。没错，和之前的结果一样。\n"
    out = thought_zh(rng)
    for _ in range(rng.randint(2, 4)):
        out += "\n\n" + check + story_zh(rng, rng.randint(100, 300))
    return out + f"\n\n所以答案是{a * b}。"


def restated(rng: Random) -> str:
    """A draft, thoughts about it, and the same again as the final text; code may well come a third time."""
    draft = story(rng, rng.randint(1200, 5000))
    final = draft.replace("the", "a", 1)
    return f"Let me draft it.\n\n{draft}\n\n{thought(rng)}\n\nI am happy with the draft. The final text:\n\n{final}"


def restated_zh(rng: Random) -> str:
    """The same in Chinese."""
    draft = story_zh(rng, rng.randint(400, 1500))
    return f"先写一个草稿。\n{draft}\n{thought_zh(rng)}\n草稿没有问题，最终版本如下：\n{draft}"


def poems(rng: Random) -> str:
    """Verse, some of it with refrains."""
    return "\n\n".join(rng.sample(en.POEMS, k=len(en.POEMS)))


def poems_zh(rng: Random) -> str:
    """Classical verse, full of parallels."""
    return "\n\n".join(rng.sample(zh.POEMS, k=len(zh.POEMS)))


def songs(rng: Random) -> str:
    """Songs that say nearly the same in each verse: a countdown, a cumulative one, one with a chorus."""
    kind = rng.randrange(3)
    if kind == 0:
        return "\n\n".join(
            f"{n} bottles of beer on the wall, {n} bottles of beer.\n"
            f"Take one down and pass it around, {n - 1} bottles of beer on the wall."
            for n in range(99, 0, -1)
        )
    if kind == 1:
        days = en.stock("ordinal")
        gifts = en.stock("gift")
        return "\n\n".join(
            f"On the {days[day]} day of Christmas my true love sent to me\n" + ",\n".join(gifts[day::-1])
            for day in range(12)
        )
    chorus = "\n".join(rng.sample(en.LINES, k=4)) + "\n" + "Na na na, hey hey, goodbye!\n" * rng.randint(2, 6)
    return "\n".join(story(rng, 400) + "\n" + chorus for _ in range(rng.randint(3, 5)))


def drill(rng: Random) -> str:
    """Sentences of one pattern, each with its own words: a language exercise."""
    bank = {key: value.split(",") for key, value in en.WORDS.items()}
    return "\n".join(
        f"{n}. Yesterday {rng.choice(bank['person'])} {rng.choice(bank['did'])} {rng.choice(bank['thing'])} in "
        f"{rng.choice(bank['place'])}."
        for n in range(1, rng.randint(30, 150))
    )


def recipe(rng: Random) -> str:
    """Recipes with steps that resemble each other."""
    foods = en.stock("food")
    out = ""
    for n in range(rng.randint(3, 12)):
        chosen = rng.sample(foods, k=5)
        out += f"## Recipe {n + 1}: {chosen[0]} with {chosen[1]}\n\n"
        out += "".join(f"- {rng.randint(1, 9) * 50} g {food}\n" for food in chosen)
        out += "".join(
            f"{step}. {rng.choice(('Add', 'Stir in', 'Chop', 'Heat', 'Fold in'))} the {rng.choice(chosen)} and "
            f"{rng.choice(('wait', 'stir', 'simmer', 'rest', 'season'))} for {rng.randint(2, 40)} minutes.\n"
            for step in range(1, 8)
        )
    return out


def dialogue(rng: Random) -> str:
    """Two people talking; each line begins with a name."""
    bank = {key: value.split(",") for key, value in en.WORDS.items()}
    return "\n".join(
        f"{rng.choice(('Ada', 'Tom'))}: {rng.choice(bank['said'])}, {rng.choice(bank['why'])}. "
        f"Did {rng.choice(bank['person'])} say so {rng.choice(bank['how'])}?"
        for _ in range(rng.randint(15, 150))
    )


def by_size(make: Callable[[Random, int], str], characters: float, most: int) -> Callable[[Random], str]:
    """A family of texts of 200 to `most` tokens, from a maker that is told the characters."""
    return lambda rng: make(rng, round(size(rng, most) * characters))


PROSE: dict[str, tuple[Callable[[Random], str], int]] = {
    "story": (by_size(story, 4.2, 20000), 12),
    "story_zh": (by_size(story_zh, 1.6, 12000), 12),
    "thought": (thought, 8),
    "thought_zh": (thought_zh, 8),
    "long_reasoning": (long_reasoning, 16),
    "long_reasoning_zh": (long_reasoning_zh, 12),
    "revisits": (revisits, 10),
    "revisits_zh": (revisits_zh, 8),
    "restated": (restated, 6),
    "restated_zh": (restated_zh, 6),
    "poems": (poems, 4),
    "poems_zh": (poems_zh, 4),
    "songs": (songs, 8),
    "drill": (drill, 6),
    "recipe": (recipe, 6),
    "dialogue": (dialogue, 6),
}
