"""The text that the streaming benchmark streams: R1-like, always the same, cut into pieces of about a token each."""

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

_SECTION: Final = r"""
### Step {n}: the discriminant

To solve \(x^2 - {n}x + 6 = 0\), **first** compute the discriminant \(D = b^2 - 4ac\). Here the coefficients are
\(a = 1\), \(b = -{n}\) and \(c = 6\), so that the discriminant is positive and there are two real roots.

\[
x = \frac{{-b \pm \sqrt{{b^2 - 4ac}}}}{{2a}} = \frac{{{n} \pm 1}}{{2}}
\]

1. **The larger root**: with the plus sign we get \(x_1 = 3\).
   - Check: \(3^2 - 5 \cdot 3 + 6 = 0\), as it must be.
2. **The smaller root**: with the minus sign we get \(x_2 = 2\).

| root | value | check |
|------|------:|-------|
| \(x_1\) | 3 | \(9 - 15 + 6 = 0\) |
| \(x_2\) | 2 | \(4 - 10 + 6 = 0\) |

```python
def roots(a: float, b: float, c: float) -> tuple[float, float]:
    d = (b * b - 4 * a * c) ** 0.5  # the discriminant
    return (-b + d) / (2 * a), (-b - d) / (2 * a)
```

因此，这个方程有两个实数根，分别是二和三。我们可以把它们代入原方程进行检验，结果完全正确。

> The roots of a quadratic add up to \(-b/a\), here {n}, and multiply to \(c/a\), here 6.
"""


def _reasoning() -> Iterator[str]:
    chance, known = random.Random(7), _WORDS.split()
    for number in itertools.count(1):
        words = " ".join(chance.choices(known, k=chance.randint(25, 70)))
        yield f"{words.capitalize()}, and with \\( x^2 - {number}x + 6 = 0 \\) that is settled.\n\n"


def reasoning_tokens(count: int) -> list[str]:
    """`count` tokens of thought."""
    return list(itertools.islice((piece for text in _reasoning() for piece in pieces(text)), count))


def answer_tokens(count: int) -> list[str]:
    """`count` tokens of Markdown with maths, code, tables and Chinese; the last is `MARK`."""
    sections = (piece for number in itertools.count(1) for piece in pieces(_SECTION.format(n=number)))
    closing = ["\n\n", *pieces(r"Final: \(\boxed{6}\)"), " " + MARK]
    return list(itertools.islice(sections, max(count - len(closing), 0))) + closing
