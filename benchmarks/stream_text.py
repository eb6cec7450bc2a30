"""The text that the streaming benchmark streams: R1-like, always the same, cut into pieces of about a token each.

No part of it is said twice in the same words, because the app would rightly take that for a loop and step in.
"""

import itertools
import random
from collections.abc import Iterator
from typing import Final

from dsr1_tui.adapters.demo.pieces import pieces

MARK: Final = "ENDMARK"
"""The last word of the answer, in no other place: when it is on the terminal, the answer is."""
THOUGHT: Final = 0.7
"""Share of the tokens that are reasoning, about as R1 has it on competition maths."""

_WORDS: Final = (
    "so we need to check the value of each root and then see whether the sum of these terms is what the problem asks "
    "first let me expand this expression and collect like terms wait that does not look right let me verify again "
    "hmm the discriminant is positive therefore both solutions are real and we can factor it directly"
)
_NAMES: Final = "root value item order node price result buffer offset width height token score total index count"
_CHINESE: Final = (
    "因此 这个方程 有两个实数根 分别是 二和三 我们可以 把它们 代入原方程 进行检验 结果 完全正确 首先 然后 判别式 大于零"
)

_SECTION: Final = r"""
### {title}

To solve \(x^2 - {b}x + {c} = 0\), **first** {one} \(D = b^2 - 4ac\), {two}; {three}: \(a = 1\), \(b = -{b}\) and
\(c = {c}\), {four}.

\[
x = \frac{{-b \pm \sqrt{{b^2 - 4ac}}}}{{2a}} = \frac{{{b} \pm \sqrt{{{d}}}}}{{2}}
\]

1. **{five}**: {six} \(x_1 = {b}\).
   - {seven}: \({c}^2 - {b} \cdot {d} + 6 = 0\).
2. **{eight}**: {nine} \(x_2 = {c}\).

| {n0} | {n1} | check |
|------|------:|-------|
| \(x_1\) | {b} | \({b} - {d} + {c} = 0\) |
| \(x_2\) | {c} | \({c} - {b} + {d} = 0\) |

```python
def {n0}_{b}({n1}: float, {n2}: float) -> tuple[float, float]:
    {n3} = ({n1} * {b} - {c} * {n2}) ** 0.5  # {ten}
    return ({n3} + {n1}) / {d}, -{n3} / (2 * {n2})
```

{chinese}。

> {eleven} \(-{b}/{c}\), {twelve} \({d}/a\).
"""
_PHRASES: Final = "title one two three four five six seven eight nine ten eleven twelve"


def _reasoning() -> Iterator[str]:
    chance, words = random.Random(7), _WORDS.split()
    for number in itertools.count(1):
        said = " ".join(chance.choices(words, k=chance.randint(25, 70)))
        yield f"{said.capitalize()}, and with \\( x^2 - {number}x + 6 = 0 \\) that is settled.\n\n"


def _answer() -> Iterator[str]:
    chance, words, names, chinese = random.Random(11), _WORDS.split(), _NAMES.split(), _CHINESE.split()
    while True:
        phrases = {name: " ".join(chance.choices(words, k=chance.randint(4, 11))) for name in _PHRASES.split()}
        numbers = {name: chance.randint(2, 9999) for name in ("b", "c", "d")}
        named = {f"n{at}": name for at, name in enumerate(chance.sample(names, k=4))}
        text = "，".join("".join(chance.choices(chinese, k=4)) for _ in range(4))
        yield _SECTION.format(**phrases, **numbers, **named, chinese=text)


def _cut(texts: Iterator[str], count: int) -> list[str]:
    return list(itertools.islice((piece for text in texts for piece in pieces(text)), count))


def reasoning_tokens(count: int) -> list[str]:
    """`count` tokens of thought."""
    return _cut(_reasoning(), count)


def answer_tokens(count: int) -> list[str]:
    """`count` tokens of Markdown with maths, code, tables and Chinese; the last is `MARK`."""
    closing = ["\n\n", *pieces(r"Final: \(\boxed{6}\)"), " " + MARK]
    return _cut(_answer(), max(count - len(closing), 0)) + closing
