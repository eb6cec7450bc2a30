"""What the text renderer costs a token: `python benchmarks/render.py`.

Streams an R1-like answer token by token (four characters) through the block splitter, renders each block when it closes
and wraps the open block every 25 tokens, as the screen does. The cost of a token must not grow with the answer.
"""

import itertools
import platform
import statistics
import sys
import time

from dsr1_tui.render.block import Block
from dsr1_tui.render.blocks import BlockSplitter
from dsr1_tui.render.markdown import render_block, warm_up
from dsr1_tui.render.plain import plain_lines

TOKEN = 4
"""Characters of one token, about."""
FLUSH = 25
"""Tokens between two wraps of the open block: 1,000 tokens a second flushed at 40 Hz."""
WIDTH = 100
ANSWER = r"""
### Step {n}: the discriminant

To solve \(x^2 - 5x + 6 = 0\), **first** compute the discriminant \(D = b^2 - 4ac\). Here the coefficients are
\(a = 1\), \(b = -5\) and \(c = 6\), so that the discriminant is positive and there are two real roots.

\[
x = \frac{{-b \pm \sqrt{{b^2 - 4ac}}}}{{2a}} = \frac{{5 \pm 1}}{{2}}
\]

1. **The larger root**: with the plus sign we get \(x_1 = 3\).
   - Check: \(3^2 - 5 \cdot 3 + 6 = 0\), as it must be.
   - It is an integer, which the rational root theorem had promised.
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

> The roots of a quadratic add up to \(-b/a\), here 5, and multiply to \(c/a\), here 6.

So the answer is \(\boxed{{x = 2 \text{{ or }} x = 3}}\).
"""


def answer(tokens: int) -> str:
    """An answer of `tokens` tokens."""
    parts: list[str] = []
    size = 0
    for number in itertools.count(1):
        if size >= tokens * TOKEN:
            break
        parts.append(ANSWER.format(n=number))
        size += len(parts[-1])
    return "".join(parts)[: tokens * TOKEN]


def measure(tokens: int) -> tuple[float, float, float, float]:
    """CPU µs a token of splitter, renderer and open block, and the longest single step in ms."""
    text = answer(tokens)
    chunks = [text[at : at + TOKEN] for at in range(0, len(text), TOKEN)]
    splitter = BlockSplitter()
    began = time.process_time()
    for chunk in chunks:
        splitter.feed(chunk)
    split = time.process_time() - began
    splitter = BlockSplitter()
    rendered = wrapped = worst = 0.0

    def render(blocks: tuple[Block, ...]) -> float:
        nonlocal worst
        total = 0.0
        for block in blocks:
            began = time.process_time()
            render_block(block, WIDTH)
            took = time.process_time() - began
            worst = max(worst, took)
            total += took
        return total

    for number, chunk in enumerate(chunks):
        rendered += render(splitter.feed(chunk))
        if number % FLUSH == 0:
            began = time.process_time()
            plain_lines(splitter.tail, WIDTH, start=splitter.tail_start)
            wrapped += time.process_time() - began
    rendered += render(splitter.finish())
    scale = 1e6 / tokens
    return split * scale, rendered * scale, wrapped * scale, worst * 1e3


def main() -> None:
    """Prints the table."""
    warm_up()
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {sys.platform}")
    print("tokens   splitter   renderer   open block   together (µs a token)   longest block (ms)")
    for tokens in (3_000, 30_000):
        runs = [measure(tokens) for _ in range(3)]
        split, rendered, wrapped, worst = (statistics.median(column) for column in zip(*runs, strict=True))
        together = split + rendered + wrapped
        print(f"{tokens:6,} {split:10.2f} {rendered:10.2f} {wrapped:12.2f} {together:10.2f} {worst:31.1f}")


if __name__ == "__main__":
    main()
