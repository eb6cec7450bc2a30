"""Families written after the thresholds had been set, kept whole for the test: what nobody had in mind before.

At first sight one of them, proofs by cases told in words, was taken for loops, and another nearly so; since then names
count like numbers, and few words must be few for longer. `--seed` makes texts that no threshold has met.
"""

from collections.abc import Callable
from random import Random

import loops_corpus_en as en
import loops_corpus_zh as zh
from loops_corpus_looping import Loop, lead
from loops_corpus_prose import story, thought

_NAMES = en.stock("first_name")


def tournament(rng: Random) -> str:
    """Results of matches between the same few people."""
    some = rng.sample(_NAMES, k=rng.randint(8, 16))
    out = "Here are the results:\n"
    for n in range(rng.randint(4, 12)):
        rng.shuffle(some)
        out += f"\nRound {n + 1}\n"
        out += "".join(
            f"{a} beats {b} {rng.randint(1, 6)}:{rng.randint(0, 5)}.\n"
            for a, b in zip(some[::2], some[1::2], strict=False)
        )
    return out


def psalm(rng: Random) -> str:
    """Every verse ends in the same words."""
    bank = {key: value.split(",") for key, value in en.WORDS.items()}
    return "\n".join(
        f"O give thanks for {rng.choice(bank['thing'])} of {rng.choice(bank['place'])}:\nhis mercy endureth for ever."
        for _ in range(rng.randint(15, 40))
    )


def cumulative(rng: Random) -> str:
    """The house that Jack built: each verse says all the earlier ones again."""
    parts = (
        "the malt that lay in",
        "the rat that ate",
        "the cat that killed",
        "the dog that worried",
        "the cow with the crumpled horn that tossed",
        "the maiden all forlorn that milked",
        "the man all tattered and torn that kissed",
        "the priest all shaven and shorn that married",
        "the cock that crowed in the morn that woke",
        "the farmer sowing his corn that kept",
    )
    top = rng.randint(7, len(parts))
    return "\n\n".join("This is " + "\n".join((*parts[n::-1], "the house that Jack built.")) for n in range(top))


def letters(rng: Random) -> str:
    """The same letter to several people."""
    text = rng.choice(en.THOUGHTS)[: rng.randint(150, 350)].replace("\n", " ")
    return "\n\n---\n\n".join(
        f"Dear {name},\n\n{text}. We were glad to hear of {rng.choice(en.WORDS['thing'].split(','))}, {name}, and hope "
        f"to see you in {rng.choice(en.WORDS['place'].split(','))}.\n\nYours sincerely"
        for name in rng.sample(_NAMES, k=rng.randint(3, 9))
    )


def menu(rng: Random) -> str:
    """What there is to eat, week after week."""
    dishes = en.stock("dish")
    return "\n\n".join(
        f"## {day}\n\n- Breakfast: {rng.choice(dishes)}\n- Lunch: {rng.choice(dishes)}\n- Dinner: {rng.choice(dishes)}"
        for _ in range(rng.randint(1, 4))
        for day in ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    )


def kin(rng: Random) -> str:
    """Family relations, one after another, and what follows from them."""
    out = ""
    for _ in range(rng.randint(20, 90)):
        a, b, c = rng.sample(_NAMES, k=3)
        out += f"{a} is the {rng.choice(('father', 'mother', 'uncle', 'sister'))} of {b}, and {b} is the "
        out += f"{rng.choice(('brother', 'aunt', 'son', 'daughter'))} of {c}, so {a} and {c} are related.\n"
    return out


def knights(rng: Random) -> str:
    """Knights and knaves, by cases."""
    some = rng.sample(_NAMES, k=3)
    out = ""
    for bits in range(8):
        kinds = ["a knight" if bits >> n & 1 else "a knave" for n in range(3)]
        out += f"Suppose that {some[0]} is {kinds[0]}, {some[1]} is {kinds[1]} and {some[2]} is {kinds[2]}. "
        for n, kind in enumerate(kinds):
            says = some[(n + rng.choice((1, 2))) % 3]
            out += f"{some[n]} says that {says} is a knave, and since {some[n]} is {kind}, this must be "
            out += f"{'true' if kind == 'a knight' else 'false'}. "
        out += rng.choice(("That is a contradiction.", "That is consistent.", "That fails at once.")) + "\n\n"
    return out


def conversions(rng: Random) -> str:
    """The same conversion of many values."""
    factor, a, b = rng.choice(((1.609, "mile", "km"), (2.54, "inch", "cm"), (0.4536, "pound", "kg")))
    return "\n".join(f"{n} {a}s are {n * factor:.3f} {b}." for n in range(2, rng.randint(30, 120)))


def weather_zh(rng: Random) -> str:
    """Weather day by day, in Chinese."""
    sky = zh.stock("sky")
    return "\n".join(
        f"{month}月{day}日：{rng.choice(sky)}转{rng.choice(sky)}，最高气温{rng.randint(15, 35)}度，"
        f"{rng.choice('东南西北')}风{rng.randint(1, 6)}级。"
        for month in range(4, rng.randint(5, 8))
        for day in range(1, 31)
    )


def idioms_zh(rng: Random) -> str:
    """A glossary in Chinese: each entry in the same form."""
    bank = {key: value.split(",") for key, value in zh.WORDS.items()}
    return "\n".join(
        f"{n}. 【{rng.choice(bank['place'])}{rng.choice(bank['thing'])}】意思是{rng.choice(bank['said'])}。"
        f"例句：{rng.choice(bank['person'])}{rng.choice(bank['how'])}{rng.choice(bank['did'])}{rng.choice(bank['thing'])}。"
        for n in range(1, rng.randint(20, 80))
    )


def genes(rng: Random) -> str:
    """Bases in groups of ten."""
    return " ".join("".join(rng.choice("acgt") for _ in range(10)) for _ in range(rng.randint(60, 500)))


def binary(rng: Random) -> str:
    """Counting in binary."""
    top = rng.randint(40, 256)
    return "\n".join(f"{n} in binary is {n:b}, which has {n.bit_count()} ones." for n in range(1, top))


def c_code(rng: Random) -> str:
    """C without a fence."""
    out = "#include <stdio.h>\n\n"
    for n in range(rng.randint(6, 50)):
        kind = rng.choice(("int", "double", "size_t"))
        out += (
            f"static {kind} f{n}({kind} a, {kind} b) {{\n    if (a > b) {{\n        return a - {rng.randint(1, 99)};\n"
        )
        out += f"    }}\n    return b {rng.choice('+-*')} a;\n}}\n\n"
    return out


def retries(rng: Random) -> str:
    """A thought that begins anew several times, and gets on each time."""
    out = ""
    for n in range(rng.randint(3, 7)):
        out += (
            f"Let me start over. {rng.choice(en.LINES)} " + story(rng, rng.randint(300, 900)) + f"\nStill attempt {n}. "
        )
        out += "Hmm, that does not work either.\n\n"
    return out + thought(rng)


def loop_verse(rng: Random) -> Loop:
    """The same stanza again and again."""
    stanza = "\n".join(rng.choice(en.POEMS).split("\n")[: rng.randint(4, 9)]) + "\n\n"
    return Loop(lead(rng), stanza * 60)


def loop_verse_zh(rng: Random) -> Loop:
    stanza = "\n".join(rng.choice(zh.POEMS).split("\n")[: rng.randint(1, 4)]) + "\n"
    return Loop(lead(rng, chinese=True), stanza * 90)


def loop_rows(rng: Random) -> Loop:
    """The same rows of a table, for ever."""
    rows = "".join(f"| {rng.choice(_NAMES)} | {rng.choice(_NAMES)} | {rng.randint(1, 99)} |\n" for _ in range(3))
    return Loop(lead(rng) + "| a | b | n |\n|---|---|---|\n", rows * 300)


def loop_emoji(rng: Random) -> Loop:
    copy = "".join(rng.sample("😀🎉🚀✨🔥💡🙏", k=rng.randint(1, 4)))
    return Loop(lead(rng), (copy + rng.choice(("", " "))) * 3000)


def loop_answers(rng: Random) -> Loop:
    """It cannot decide between two answers."""
    a, b = rng.sample(range(2, 90), k=2)
    says = ("No, wait, it is {}.", "So the answer is {}.", "Actually, it should be {}.", "Hmm, but then it is {}.")
    return Loop(lead(rng), " ".join(rng.choice(says).format(rng.choice((a, b))) for _ in range(900)))


def loop_switch(rng: Random) -> Loop:
    """Two paragraphs, each said once more or twice more by chance."""
    one, two = story(rng, 400) + "\n", story(rng, 500) + "\n"
    return Loop(lead(rng), one + two + "".join(rng.choice((one, two)) for _ in range(40)))


def loop_mixed(rng: Random) -> Loop:
    """English and Chinese in one sentence."""
    return Loop(lead(rng), (rng.choice(en.LINES) + rng.choice(zh.LINES) + " ") * 300)


LATER: dict[str, tuple[Callable[[Random], str], int]] = {
    "later_tournament": (tournament, 4),
    "later_psalm": (psalm, 4),
    "later_cumulative": (cumulative, 4),
    "later_letters": (letters, 4),
    "later_menu": (menu, 4),
    "later_kin": (kin, 4),
    "later_knights": (knights, 4),
    "later_conversions": (conversions, 4),
    "later_weather_zh": (weather_zh, 4),
    "later_idioms_zh": (idioms_zh, 4),
    "later_genes": (genes, 3),
    "later_binary": (binary, 4),
    "later_c_code": (c_code, 4),
    "later_retries": (retries, 4),
}
LATER_LOOPS: dict[str, tuple[Callable[[Random], Loop], int]] = {
    "later_loop_verse": (loop_verse, 4),
    "later_loop_verse_zh": (loop_verse_zh, 4),
    "later_loop_rows": (loop_rows, 3),
    "later_loop_emoji": (loop_emoji, 4),
    "later_loop_answers": (loop_answers, 4),
    "later_loop_switch": (loop_switch, 4),
    "later_loop_mixed": (loop_mixed, 4),
}
