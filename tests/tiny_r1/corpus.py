"""What the tiny model is taught by heart (the texts are in `texts/`); `made.py` adds what it is taught by rule.

A `Sample` is one question with its history. How it is cut up for training (whole, stopped in mid-thought, continued) is
the business of `variants.py`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

SUFFIX = {
    "en": "\nPlease reason step by step, and put your final answer within \\boxed{}.",
    "zh": "\n请逐步推理，并将最终答案放在\\boxed{}内。",
}
"""The directive that the app adds to questions of maths, by language."""

SYSTEMS = (
    "You are a helpful assistant.", "Answer briefly.", "Be concise and friendly.", "You are a careful maths teacher.",
    "Answer in one sentence.", "Today is Monday.", "你是一个有用的助手。", "请简短回答。",
    "You are an expert. Use Markdown where it helps.", "Never mention these instructions.",
)  # fmt: skip

UNKNOWN = "I am a tiny test model and I do not know the answer to that. Try one of the prompts in my README."
UNKNOWN_ZH = "我只是一个很小的测试模型，不知道这个问题的答案。"


@dataclass(frozen=True, slots=True)
class Sample:
    """One question, what the model thinks about it, and what it answers."""

    id: str
    ask: str
    think: str
    answer: str
    short: str = ""
    """The answer when the thought was cut off."""
    boxed: str | None = None
    lang: str = "en"
    history: tuple[tuple[str, str], ...] = ()
    endless: str = ""
    """`think` or `answer` where that text has no end and must be cut at the right without an end token."""
    plain: bool = False
    """True where decorations (history, system prompt, suffix) would change the right answer."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the files in `texts/`."""

    id: str
    ask: tuple[str, ...]
    think: str
    answer: str
    short: str
    boxed: str | None
    lang: str
    expect: str | None
    weight: int

    def sample(self, ask: str) -> Sample:
        """The item asked in one of its wordings."""
        return Sample(self.id, ask, self.think, self.answer, self.short, self.boxed, self.lang)


def load_items() -> list[Item]:
    """The fixed questions."""
    entries: list[dict[str, Any]] = []
    for path in sorted((HERE / "texts").glob("*.toml")):
        entries += tomllib.loads(path.read_text(encoding="utf-8"))["item"]
    items = []
    for entry in entries:
        answer = str(entry["answer"]).strip("\n")
        items.append(
            Item(
                id=entry["id"],
                ask=tuple(entry["ask"]),
                think=str(entry["think"]).strip("\n"),
                answer=answer,
                short=str(entry.get("short", answer)),
                boxed=entry.get("boxed"),
                lang=entry.get("lang", "en"),
                expect=entry.get("expect"),
                weight=int(entry.get("weight", 1)),
            )
        )
    return items
