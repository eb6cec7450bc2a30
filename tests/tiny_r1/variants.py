"""A sample becomes rows to train on: told whole, stopped in mid-thought, continued, asked to wait.

The app ends a thought early, forces an answer and lets a stopped answer go on; a model that has never seen a thought
end in the middle would answer nonsense there. What stands before the model's own text is tokenized apart from it,
because on the wire it arrives as a prompt.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from corpus import SUFFIX, SYSTEMS, UNKNOWN, UNKNOWN_ZH, Sample
from tokens import END, UNTHINK, encode, prompt

if TYPE_CHECKING:
    from teacher import Teacher
    from tokenizers import Tokenizer

GLUE = (
    "**Final Answer** \\boxed{",
    "**Final Answer**\n\\boxed{",
    "**Final Answer**\n\n\\boxed{",
    "**Final Answer:** \\boxed{",
    "**最终答案** \\boxed{",
    "**最终答案**\n\\boxed{",
    "\\boxed{",
)
"""What the app may put at the head of a forced answer to a question of maths."""
WAITS = (
    ("\nWait", ", let me"),
    ("\n\nWait", ", let me"),
    ("\nWait,", " let me"),
    ("\n\nWait, ", "let me"),
    (" Wait", ", let me"),
    ("\nWait, let me", ""),
)
"""How the app asks for more thought, and how the model takes it up."""
LONGEST = 1500
"""Rows are cut here, in tokens."""
REACH = 4000
"""Positions that training reaches by jumping, in tokens."""


@dataclass(frozen=True, slots=True)
class Row:
    """Ids to read (`given`) and to learn (`taught`), and where a jump in their positions lies."""

    given: list[int]
    taught: list[int]
    jump_at: int
    jump: int

    @property
    def length(self) -> int:
        """Tokens in all."""
        return len(self.given) + len(self.taught)


def scuff(rng: Random, text: str) -> str:
    """Now and then a question typed less neatly."""
    roll = rng.random()
    if roll < 0.05:
        return text[0].lower() + text[1:]
    if roll < 0.09 and text[-1] in ".?!。？！":
        return text[:-1]
    if roll < 0.11 and text.isascii():
        return f"Please: {text}"
    return text


def chat(rng: Random, teacher: Teacher, sample: Sample) -> tuple[str, bool]:
    """The rendered prompt of `sample`, and whether its question carries the directive of maths."""
    messages: list[dict[str, str]] = []
    if rng.random() < 0.12:
        messages.append({"role": "system", "content": rng.choice(SYSTEMS)})
    history = sample.history
    if not sample.plain and rng.random() < 0.3:
        history = tuple(teacher.filler()[: rng.randint(1, 2)])
        if rng.random() < 0.3:
            history = (*history, (sample.ask, sample.answer or sample.short))
    lead = "\n\n" if rng.random() < 0.5 else ""
    for ask, answer in history:
        suffix = rng.choice(list(SUFFIX.values())) if rng.random() < 0.3 else ""
        messages += [{"role": "user", "content": ask + suffix}, {"role": "assistant", "content": lead + answer}]
    question = scuff(rng, sample.ask)
    if rng.random() < 0.1:
        question = f"{rng.choice(SYSTEMS)}\n\n{question}"
    directive = rng.random() < (0.5 if sample.boxed else 0.12)
    if directive:
        language = sample.lang if rng.random() < 0.9 else rng.choice(list(SUFFIX))
        question += SUFFIX[language]
    messages.append({"role": "user", "content": question})
    return prompt(messages), directive


def told(sample: Sample) -> str:
    """The whole of what the model writes after the opening of its thought, without the end mark."""
    if sample.endless == "think":
        return sample.think
    return f"{sample.think}\n{UNTHINK}\n\n{sample.answer}"


def cut(rng: Random, tokenizer: Tokenizer, text: str) -> str:
    """`text` up to some point, mostly between two tokens, where a client stops hearing; often its very start or end."""
    roll = rng.random()
    if roll < 0.12:
        return ""
    if roll < 0.22:
        return text
    if roll < 0.4:
        return text[: rng.randint(0, len(text))]
    ids = encode(tokenizer, text)
    most = min(len(ids), 16) if roll < 0.65 else len(ids)
    return str(tokenizer.decode(ids[: rng.randint(0, most)], skip_special_tokens=False)).rstrip("\ufffd")


def row(rng: Random, teacher: Teacher, tokenizer: Tokenizer, sample: Sample) -> Row:
    """One training row of `sample`, in one of its variants."""
    head, directive = chat(rng, teacher, sample)
    whole, end = told(sample), "" if sample.endless else END
    short = sample.short
    boxed = sample.boxed
    unknown = sample.answer in {UNKNOWN, UNKNOWN_ZH}
    if unknown:
        boxed = "\\text{unknown}"
        if directive:
            whole, short = f"{whole}\n\n\\boxed{{{boxed}}}", f"{short}\n\n\\boxed{{{boxed}}}"
    closing = "" if sample.endless == "answer" else END
    lead, rest = head, whole + end
    roll = rng.random() * (1.0 if len(sample.think) < 800 else 0.7)  # the whole of a long thought is taught less
    given: list[int] | None = None
    if roll < 0.09:  # a thinking budget: the server closes the thought between two tokens
        ids = encode(tokenizer, cut(rng, tokenizer, sample.think))
        given = [*encode(tokenizer, head), *ids, *encode(tokenizer, UNTHINK)]
        rest = f"\n\n{short}{closing}"
    elif roll < 0.26:  # "answer now": the app closes the thought
        lead, rest = f"{head}{cut(rng, tokenizer, sample.think)}\n{UNTHINK}\n\n", short + closing
        if boxed and rng.random() < 0.5:
            lead, rest = lead + rng.choice(GLUE), f"{boxed}}}{closing}"
    elif roll < 0.38:  # a stopped reply goes on
        part = cut(rng, tokenizer, sample.think if rng.random() < 0.6 else whole)
        if len(part) < len(whole):
            lead, rest = head + part, whole[len(part) :] + end
    elif roll < 0.42 and not sample.endless:  # "think more"
        wait, more = rng.choice(WAITS)
        sure = f"The answer {boxed} is right." if boxed and not unknown else "My answer stays the same."
        lead = f"{head}{cut(rng, tokenizer, sample.think)}{wait}"
        rest = f"{more} check that again. {sure}\n{UNTHINK}\n\n{short}{closing}"
    if given is None:
        given = encode(tokenizer, lead)
    taught = encode(tokenizer, rest)[: max(1, LONGEST - len(given))]
    length = len(given) + len(taught)
    jumps = rng.random() < (0.5 if sample.endless else 0.15 if END in head else 0.0)
    return Row(given, taught, rng.randint(1, length) if jumps else 0, rng.randint(0, REACH - length) if jumps else 0)
