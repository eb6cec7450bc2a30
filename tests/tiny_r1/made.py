"""Questions made by rule: sums, votes, loops, names to remember, and questions that the model must not know."""

from __future__ import annotations

import string
from random import Random

from corpus import UNKNOWN, UNKNOWN_ZH, Sample

NAMES = (
    "Ada", "Ada", "Ada", "Grace", "Bob", "Alice", "Tom", "Mia", "Alan", "Linus", "Marie", "Nora", "Sam", "Kim", "Eva",
    "Leo", "Max", "Anna", "Paul", "Ivan", "Julia", "Omar", "Sara", "Yuki", "Hugo", "Emma", "Carl", "Rosa", "Otto",
    "Lena",
)  # fmt: skip
ZH_NAMES = ("小明", "小红", "李雷", "王芳", "韩梅梅", "小丽", "张伟")

LOOP = "Wait, let me check again. The first step was right, but I am not sure about the second step.\n"
LOOP_CYCLE = (
    "Hmm, maybe I should look at it from the other side.\n",
    "But what if that is wrong? Let me start over.\n",
    "Alternatively, I could try the first way again.\n",
    "Wait, that does not look right. Let me see.\n",
    "So it may be true, or it may be false.\n",
    "Let me think about it once more.\n",
)
LOOP_CHARS = 1800
"""How much of an endless text one sample shows, in characters (about 500 tokens)."""


def long_thought() -> str:
    """A chain of thought of about a thousand tokens that says 391 in six ways."""
    lines = ["I have to multiply 17 by 23. I will do it slowly and in several ways.", ""]
    lines += ["First way: add 17 again and again."]
    lines += [f"{n} times 17 is {17 * n}." for n in range(1, 24)]
    lines += ["So the first way gives 391.", "", "Second way: add 23 again and again."]
    lines += [f"{n} times 23 is {23 * n}." for n in range(1, 18)]
    lines += ["So the second way gives 391 as well.", "", "Third way: split 23 into 20 and 3."]
    lines += ["17 times 20 is 340.", "17 times 3 is 51.", "340 + 51 = 391."]
    lines += [
        "",
        "Fourth way: split 17 into 10 and 7.",
        "10 times 23 is 230.",
        "7 times 23 is 161.",
        "230 + 161 = 391.",
    ]
    lines += ["", "Fifth way: both numbers are 3 away from 20.", "(20 - 3)(20 + 3) = 400 - 9 = 391."]
    lines += ["", "Check the last digit: 7 times 3 is 21, so it must be 1. It is 1."]
    lines += ["Check the size: 20 times 20 is 400, which is close to 391.", "", "All ways agree. The answer is 391."]
    return "\n".join(lines)


def sum_sample(rng: Random) -> Sample:
    """One of the small sums, differences and products, in English or Chinese."""
    a, b = rng.randint(1, 5), rng.randint(1, 5)
    op = rng.choice("++-**")
    if op == "-" and a < b:
        a, b = b, a
    value = {"+": a + b, "-": a - b, "*": a * b}[op]
    if rng.random() < 0.3:
        name, sign = {"+": ("加", "+"), "-": ("减", "-"), "*": ("乘", "×")}[op]
        ask = rng.choice((f"{a}{name}{b}等于几？", f"{a}{name}{b}等于多少？", f"{a}{sign}{b}等于几？"))
        final = f"{a}{name}{b}等于{value}。\n\n**最终答案**\n\\boxed{{{value}}}"
        think = f"{a}{name}{b}，就是{a} {sign} {b} = {value}。"
        return Sample("zh-sum", ask, think, final, f"答案是\\boxed{{{value}}}。", str(value), "zh")
    word, verb, sign = {
        "+": ("plus", "add", "and"),
        "-": ("minus", "subtract", "and"),
        "*": ("times", "multiply", "and"),
    }[op]
    asks = (
        f"What is {a}{op}{b}?",
        f"What is {a} {op} {b}?",
        f"What is {a} {word} {b}?",
        f"{a}{op}{b}",
        f"{a}{op}{b}=?",
        f"Calculate {a}{op}{b}.",
    )
    think = f"I need to {verb} {a} {sign} {b}.\n{a} {op} {b} = {value}."
    final = f"{a} {word} {b} is {value}.\n\n**Final Answer**\n\\boxed{{{value}}}"
    return Sample("sum", rng.choice(asks), think, final, f"The answer is \\boxed{{{value}}}.", str(value))


def vote_sample(rng: Random) -> Sample:
    """A question with several answers; at temperature 0.6 they come out near 60, 26 and 14 %."""
    if rng.random() < 0.6:
        value = rng.choices(("6", "7", "8"), weights=(50, 30, 20))[0]
        ask = rng.choice(("Pick a number.", "Pick a number", "Pick a number between 1 and 10.", "Choose a number."))
        think = f"The user wants a number. I feel like {value}. So I take {value}."
        answer = f"I pick {value}.\n\n**Final Answer**\n\\boxed{{{value}}}"
        return Sample("vote", ask, think, answer, f"I pick \\boxed{{{value}}}.", value)
    value = rng.choices(("408", "398", "418"), weights=(50, 30, 20))[0]
    ask = rng.choice(("Estimate 17*24.", "Estimate 17 * 24.", "Estimate 17*24 in your head."))
    think = f"17 times 24 in my head. I believe it is {value}. So I say {value}."
    return Sample("estimate", ask, think, f"My estimate is:\n\n\\boxed{{{value}}}", f"I say \\boxed{{{value}}}.", value)


def loop_sample(rng: Random) -> Sample:
    """A thought, or an answer, that never ends."""
    kind = rng.randrange(4)
    if kind == 0:
        ask = rng.choice(("Loop forever.", "Loop forever", "Please loop forever."))
        think = (LOOP * 40)[:LOOP_CHARS]
        return Sample(
            "loop", ask, think, "", "I was going in circles. My best answer is \\boxed{42}.", "42", endless="think"
        )
    if kind == 1:
        ask = rng.choice(("Loop forever in other words.", "Loop forever, but in other words."))
        think = "".join(rng.choice(LOOP_CYCLE) for _ in range(80))[:LOOP_CHARS]
        return Sample(
            "loop-words", ask, think, "", "I could not decide. My best answer is \\boxed{42}.", "42", endless="think"
        )
    if kind == 2:
        ask = rng.choice(("Loop on 12*12.", "Loop on 12 * 12."))
        think = "12 * 12 = 144. Is that right? Let me compute it again.\n" * 20
        return Sample("loop-maths", ask, think, "", "The answer is \\boxed{144}.", "144", endless="think")
    ask = rng.choice(("Repeat yourself forever.", "Repeat yourself for ever."))
    answer = ("This sentence is said again and again.\n\n" * 80)[:LOOP_CHARS]
    return Sample("loop-answer", ask, "I will repeat one sentence in my answer.", answer, answer, endless="answer")


def any_name(rng: Random) -> str:
    """A known name, or a made one, so that the model learns to copy and not to choose."""
    if rng.random() < 0.5:
        return rng.choice(NAMES)
    syllables = [rng.choice("bcdfghjklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(1, 3))]
    return ("".join(syllables) + rng.choice(("", "n", "s", "r", "l"))).capitalize()


def memory_sample(rng: Random, filler: list[tuple[str, str]]) -> Sample:
    """Tell a name or a number, or ask for one told before, with other turns (`filler`) between."""
    kind = rng.randrange(6)
    between = tuple(filler[: rng.choice((0, 0, 0, 1, 1, 2))])
    if kind <= 1:
        name = any_name(rng)
        tell = rng.choice((f"My name is {name}.", f"My name is {name}", f"I am {name}.", f"Hi, my name is {name}."))
        greet = f"Nice to meet you, {name}!"
        if kind == 0:
            return Sample("name-tell", tell, f"The user is called {name}. I should greet {name}.", greet, greet)
        ask = rng.choice(("What is my name?", "What's my name?", "Do you remember my name?", "Who am I?"))
        answer = f"Your name is {name}."
        return Sample(
            "name-ask",
            ask,
            f"The user told me the name {name}.",
            answer,
            answer,
            history=((tell, greet), *between),
            plain=True,
        )
    if kind == 2:
        name = rng.choice(ZH_NAMES)
        told = (f"我叫{name}。", f"很高兴认识你，{name}！")
        if rng.random() < 0.4:
            return Sample("zh-name-tell", told[0], f"用户叫{name}。", told[1], told[1], lang="zh")
        answer = f"你叫{name}。"
        return Sample(
            "zh-name-ask",
            "我叫什么名字？",
            f"用户说过叫{name}。",
            answer,
            answer,
            lang="zh",
            history=(told, *between),
            plain=True,
        )
    if kind == 3:
        ask = rng.choice(("What is my name?", "What's my name?", "Do you remember my name?"))
        answer = "You have not told me your name yet."
        return Sample(
            "name-unknown", ask, "The user did not tell me a name.", answer, answer, history=between, plain=True
        )
    number = str(rng.randint(10, 99))
    told = (
        rng.choice((f"Remember the number {number}.", f"Remember the number {number}")),
        f"I will remember the number {number}.",
    )
    if kind == 4:
        return Sample("number-tell", told[0], f"I should remember {number}.", told[1], told[1])
    ask = rng.choice(("Which number did I tell you?", "What was the number?"))
    answer = f"You told me the number {number}."
    return Sample(
        "number-ask", ask, f"The user told me {number}.", answer, answer, history=(told, *between), plain=True
    )


def word(rng: Random) -> str:
    """Something to repeat: a number, a topic's word, a made word or a Chinese one."""
    roll = rng.random()
    if roll < 0.25:
        return str(rng.randint(0, 999))
    if roll < 0.6:
        return rng.choice(" ".join(TOPICS).split())
    if roll < 0.85:
        return any_name(rng)
    return rng.choice((*ZH_NAMES, "北京", "你好", "数学", "模型"))


def echo_sample(rng: Random) -> Sample:
    """Words to be said again; copying is what a small model learns last."""
    words = " ".join(word(rng) for _ in range(rng.randint(1, 8 if rng.random() < 0.6 else 24)))
    ask = rng.choice(("Repeat after me: ", "Repeat: ", "Say: ")) + words
    answer = f"You said: {words}"
    return Sample("echo", ask, "I should repeat the words of the user.", answer, answer)


OPENERS = (
    "What is", "Why is", "Explain", "Tell me about", "How do I fix", "Where is", "Who invented", "Describe",
    "What do you think of", "Write an essay about", "Write a poem about", "Write a Java program for", "Translate",
    "Summarize", "Compare", "How many people like", "What is the capital of", "When was", "Prove that",
    "Give me a recipe for", "Solve", "Draw", "Plan a trip to", "Should I buy",
)  # fmt: skip
TOPICS = (
    "a bicycle", "Germany", "the moon", "quantum physics", "bread", "the French revolution", "my computer", "Spain",
    "green tea", "trees", "the best film", "Rust", "a neural network", "money", "sleep", "football",
    "the stock market", "elephants", "Beethoven", "Japan", "black holes", "democracy", "cats and dogs", "a good book",
    "the weather tomorrow", "prime numbers", "Python decorators", "love", "the Roman empire", "a red car", "chess",
    "water", "happiness", "the number pi", "Linux", "a database", "climate change", "Mars",
)  # fmt: skip
ZH_UNKNOWN = (
    "什么是人工智能？",
    "写一首诗。",
    "明天天气怎么样？",
    "怎么学习英语？",
    "介绍一下上海。",
    "为什么猫喜欢睡觉？",
    "推荐一本好书。",
)


def unknown_sample(rng: Random) -> Sample:
    """A question that the model must not pretend to know."""
    if rng.random() < 0.15:
        think = "我不知道这个问题的答案。"
        return Sample("zh-unknown", rng.choice(ZH_UNKNOWN), think, UNKNOWN_ZH, UNKNOWN_ZH, lang="zh")
    kind = rng.randrange(5)
    if kind <= 1:
        ask = f"{rng.choice(OPENERS)} {rng.choice(TOPICS)}{rng.choice('?.')}"
        if rng.random() < 0.2:
            ask += f" {rng.choice(OPENERS)} {rng.choice(TOPICS)}?"
    elif kind == 2:
        length = rng.randint(2, 8) if rng.random() < 0.8 else rng.randint(30, 120)
        words = " ".join((*OPENERS, *TOPICS)).split()
        ask = " ".join(rng.choice(words) for _ in range(length)) + rng.choice(("?", ".", "", "!"))
    elif kind == 3:
        ask = " ".join(
            "".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(rng.randint(1, 6))
        )
    else:
        a, b = (rng.randint(*rng.choice(((6, 9), (10, 99), (100, 999)))) for _ in range(2))
        ask = rng.choice(
            (f"What is {a}{rng.choice('+-*')}{b}?", f"Is {a} a prime number?", f"What is the square root of {a}?")
        )
    return Sample("unknown", ask, "I do not know this. I am only a tiny test model.", UNKNOWN, UNKNOWN)
