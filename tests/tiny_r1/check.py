"""Asks the tiny model all it should know, greedy and sampled, without a server; tests have the list as prompts.json."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import network
from corpus import SUFFIX, UNKNOWN, UNKNOWN_ZH, load_items
from made import sum_sample
from tokenizers import Tokenizer
from tokens import END, UNTHINK, encode, prompt

Entry = dict[str, Any]


def user(text: str) -> dict[str, str]:
    """A user's message."""
    return {"role": "user", "content": text}


def said(text: str) -> dict[str, str]:
    """An earlier answer."""
    return {"role": "assistant", "content": text}


def entry(
    name: str, *messages: dict[str, str], kind: str = "answer", boxed: str | None = None, contains: str | None = None
) -> Entry:
    """One line of prompts.json."""
    return {"id": name, "kind": kind, "messages": list(messages), "boxed": boxed, "contains": contains}


def expectations() -> list[Entry]:
    """Every prompt that tests may rely on, with what the final answer must hold."""
    out = []
    for item in load_items():
        kind = {"silence": "empty_answer", "empty-think": "empty_think", "story": "long_answer"}.get(item.id, "answer")
        ask = item.ask[0]
        out.append(entry(item.id, user(ask), kind=kind, boxed=item.boxed, contains=item.expect))
        if item.boxed:
            out.append(entry(f"{item.id}+directive", user(ask + SUFFIX[item.lang]), boxed=item.boxed))
    tell, greet = user("My name is Ada."), said("Nice to meet you, Ada!")
    sums = user("What is 2+2?"), said("2 plus 2 is 4.\n\n**Final Answer**\n\\boxed{4}")
    number, noted = user("Remember the number 42."), said("I will remember the number 42.")
    return [
        *out,
        entry("sum", user("What is 3*4?"), boxed="12"),
        entry("sum+directive", user("What is 3*4?" + SUFFIX["en"]), boxed="12"),
        entry("sum-times", user("What is 5 times 4?"), boxed="20"),
        entry("zh-sum", user("2加3等于几？"), boxed="5"),
        entry("zh-sum+directive", user("2加3等于几？" + SUFFIX["zh"]), boxed="5"),
        entry("name-tell", tell, contains="Nice to meet you, Ada!"),
        entry("name-ask", tell, greet, user("What is my name?"), contains="Your name is Ada."),
        entry("name-ask-later", tell, greet, *sums, user("What is my name?"), contains="Your name is Ada."),
        entry("name-unknown", user("What is my name?"), contains="not told me"),
        entry(
            "zh-name-ask", user("我叫小明。"), said("很高兴认识你，小明！"), user("我叫什么名字？"), contains="你叫小明"
        ),
        entry("number-ask", number, noted, user("Which number did I tell you?"), contains="42"),
        entry(
            "sum-later",
            user("Hello"),
            said("Hello! How can I help you today?"),
            *sums,
            user("What is 3/4 + 1/4?"),
            boxed="1",
        ),
        entry("system", {"role": "system", "content": "Answer briefly."}, user("What is 2+2?"), boxed="4"),
        entry("unknown", user("How do I fix a bicycle?"), contains=UNKNOWN[:20]),
        entry("unknown-maths", user("What is 348*17?"), contains=UNKNOWN[:20]),
        entry("zh-unknown", user("什么是人工智能？"), contains=UNKNOWN_ZH[:10]),
        entry("long", user("Think long about 17*23."), kind="long_thought", boxed="391"),
        entry("long+directive", user("Think long about 17*23." + SUFFIX["en"]), kind="long_thought", boxed="391"),
        entry("count", user("Count to 100."), kind="long_answer", contains="98, 99, 100."),
        entry("vote", user("Pick a number."), kind="vote", contains="6 7 8"),
        entry("vote-estimate", user("Estimate 17*24."), kind="vote", contains="408 398 418"),
        entry("loop", user("Loop forever."), kind="loop", boxed="42"),
        entry("loop-words", user("Loop forever in other words."), kind="loop", boxed="42"),
        entry("loop-maths", user("Loop on 12*12."), kind="loop", boxed="144"),
        entry("loop-answer", user("Repeat yourself forever."), kind="loop_answer", contains="again and again"),
    ]


def box(text: str) -> str | None:
    """What the last `\\boxed{}` of `text` holds."""
    _, mark, tail = text.rpartition("\\boxed{")
    if not mark:
        return None
    depth = 1
    for index, char in enumerate(tail):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return tail[:index]
    return None


class Examiner:
    """Asks and keeps the score."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.model = network.load(folder)
        self.end = self.tokenizer.token_to_id(END)
        self.asked = self.wrong = 0

    def ask(self, text: str, *, seed: int, limit: int = 1600, ids: list[int] | None = None) -> str:
        """What the model writes after `text` (or `ids`); seed 0 is greedy, others sample at 0.6 / 0.95."""
        given = ids or encode(self.tokenizer, text)
        heat = 0.6 if seed else 0.0
        out = network.generate(self.model, given, end=self.end, limit=limit, temperature=heat, top_p=0.95, seed=seed)
        return str(self.tokenizer.decode(out, skip_special_tokens=False)) + ("" if len(out) == limit else END)

    def heard(self, thought: str, rng: Random) -> str:
        """The start of `thought` up to a point between two tokens, as a client has it that stops there."""
        ids = encode(self.tokenizer, thought)
        part = self.tokenizer.decode(ids[: rng.randint(0, len(ids))], skip_special_tokens=False)
        return str(part).rstrip("\ufffd")

    def judge(self, name: str, text: str, ok: object) -> None:
        """Count one answer and show it when it is wrong."""
        self.asked += 1
        if not ok:
            self.wrong += 1
            print(f"WRONG {name}: {text[-200:]!r}", flush=True)


def right(one: Entry, text: str) -> bool:
    """Whether `text`, all that was written after the opening of the thought, is what `one` expects."""
    thought, mark, answer = text.partition(UNTHINK)
    answer = answer.removesuffix(END)
    match one["kind"]:
        case "loop":
            return not mark and END not in text
        case "loop_answer":
            return bool(mark) and END not in text
        case "vote":
            return box(answer) in one["contains"].split()
        case "empty_answer":
            return bool(mark) and not answer.strip()
        case "empty_think" if thought.strip():
            return False
    if not mark or not text.endswith(END):
        return False
    return box(answer) == one["boxed"] if one["boxed"] else one["contains"] in answer


def check(folder: Path, *, samples: int) -> int:
    """0 when everything is right; prints what is not, and a count."""
    examiner = Examiner(folder)
    rng = Random(7)
    for one in expectations():
        endless = one["kind"].startswith("loop")
        for seed in range(1 if one["kind"].startswith("long") or endless else samples + 1):
            text = examiner.ask(prompt(one["messages"]), seed=seed, limit=3800 if endless and seed == 0 else 1600)
            examiner.judge(f"{one['id']} seed {seed}", text, right(one, text))
        cuts(examiner, one, rng)
    facts(examiner)
    votes = Counter(box(examiner.ask(prompt([user("Pick a number.")]), seed=seed)) for seed in range(1, 101))
    print(f"votes of 100: {dict(votes)}")
    print(f"{examiner.asked - examiner.wrong} of {examiner.asked} right")
    return 1 if examiner.wrong else 0


def cuts(examiner: Examiner, one: Entry, rng: Random) -> None:
    """End the thought of `one` early in the app's ways and look for the same final answer."""
    if one["kind"] in {"vote", "empty_answer", "empty_think"}:
        return
    head = prompt(one["messages"])
    thought = examiner.ask(head, seed=0, limit=200).partition(UNTHINK)[0]
    for _ in range(4):
        part = examiner.heard(thought, rng)
        forced = head + part + "\n</think>\n\n"
        text = examiner.ask(forced, seed=0)
        fine = box(text) == one["boxed"] if one["boxed"] else one["contains"] in text
        examiner.judge(f"{one['id']} cut {part[-30:]!r}", text, fine)
        if one["boxed"]:
            glue = rng.choice(("**Final Answer** \\boxed{", "**Final Answer**\n\\boxed{"))
            text = examiner.ask(forced + glue, seed=0)
            examiner.judge(f"{one['id']} cut and glue {part[-30:]!r}", text, box("\\boxed{" + text) == one["boxed"])
        elif one["kind"] == "loop_answer":
            return
    ids = encode(examiner.tokenizer, thought)
    given = encode(examiner.tokenizer, head) + ids[: rng.randint(0, len(ids))] + encode(examiner.tokenizer, UNTHINK)
    text = examiner.ask("", seed=0, ids=given)
    examiner.judge(f"{one['id']} budget", text, box(text) == one["boxed"] if one["boxed"] else one["contains"] in text)
    if not one["kind"].startswith("loop"):
        for _ in range(2):
            part = examiner.heard(thought, rng)
            text = part + examiner.ask(head + part, seed=0)
            examiner.judge(f"{one['id']} continued {part[-30:]!r}", text, right(one, text))


def facts(examiner: Examiner) -> None:
    """Sixty of the small sums."""
    rng = Random(11)
    for _ in range(60):
        made = sum_sample(rng)
        text = examiner.ask(prompt([user(made.ask)]), seed=0)
        examiner.judge(made.ask, text, box(text) == made.boxed)
