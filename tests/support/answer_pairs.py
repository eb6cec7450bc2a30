"""Pairs of boxed answers with what they are to one another, and bodies meant to do harm."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).resolve().parents[1] / "data" / "answers" / "pairs.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two bodies."""

    one: str
    other: str
    same: bool
    why: str
    """What they are a case of."""


PAIRS: Final = [Pair(**json.loads(line)) for line in DATA.read_text("utf-8").splitlines()]

HOSTILE: Final = [
    "",
    " ",
    "\\",
    "\\" * 1999,
    "\\" * 100_000,
    "{" * 10_000,
    "{" * 900 + "7" + "}" * 900,
    "(" * 900 + "1" + ")" * 900,
    "-" * 1999 + "1",
    "\\frac{1}{" * 500 + "2" + "}" * 500,
    "\\frac{1}{" * 200 + "2" + "}" * 180,
    "\\sqrt{" * 250 + "2" + "}" * 250,
    "9^{9^{9^9}}",
    "9**9**9**9**9",
    "10^{9999999}",
    "1e9999",
    "2^{-99999999999999}",
    "(1+x)^{1000000}",
    "(a+b+c+d+e+f+g+h)^8(a-b+c-d)^8",
    "(10^9)!",
    r"\operatorname{factorial}(10^9)!!!",
    r"\binom{10^{9}}{5\cdot10^8}",
    r"\sum_{n=1}^{10^{12}} \frac{1}{n^2}",
    r"\int_0^1 e^{e^{e^x}} dx + \prod_{k=1}^{10^9} k",
    "9" * 100_000,
    "9" * 1_999,
    "0." + "3" * 1_900,
    "__import__('os').system('echo harm >&2')",
    r"\text{__import__('os').system('echo harm')}",
    "\\begin{pmatrix}" + "\\\\".join("&".join("1" * 20) for _ in range(40)) + "\\end{pmatrix}",
    "\\begin{pmatrix}" * 100,
    "\x00\x01\x1b[31m\x07\r\n",
    "\ud800\udfff",
    "\u202e\u200b\ufeff8\u2066\ud800",
    "x" * 1_999,
    ",".join("(1,2" for _ in range(300)),
    "1/0",
    "0^{-1}",
    "|" * 1000,
    "=" * 1000,
    "x_" * 900,
    "⁹" * 1000,
    "一" * 1000 + "亿" * 900,
    "5 cm" + "^9" * 900,
    "$" * 1999,
    '"]\n["1", "1", 1',
    "}" * 50 + "7" + "{" * 50,
]
