"""What the loop guard is compared with: a compression ratio, and the exact n-gram rule of vLLM."""

import zlib
from collections import defaultdict, deque
from collections.abc import Sequence

ZLIB_RATIO = 2.4
"""Above it a text counts as repetitive: the threshold of Whisper's decoder, which is widely copied."""
ZLIB_WINDOW = 4096
"""Characters that are compressed."""
ZLIB_EVERY = 32
"""Tokens between two looks."""


def zlib_trip(tokens: Sequence[str]) -> int | None:
    """Tokens until the last 4,096 characters (1,024 at least) compress better than 2.4; None if they never do."""
    window = ""
    for count, token in enumerate(tokens, 1):
        window += token
        if count % ZLIB_EVERY or len(window) < ZLIB_WINDOW // 4:
            continue
        window = window[-ZLIB_WINDOW:]
        plain = window.encode()
        if len(plain) / len(zlib.compress(plain)) > ZLIB_RATIO:
            return count
    return None


def ngram_trip(tokens: Sequence[str], *, max_size: int, min_size: int, min_count: int) -> int | None:
    """Tokens until the last ones are a pattern of `min_size` to `max_size` tokens, `min_count` times; None if never.

    What vLLM's `repetition_detection` finds (vllm/v1/core/sched/utils.py, 0.32), which tries every size at every token;
    here each size keeps a count of tokens that have matched, which finds the same.
    """
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    matched: dict[int, int] = {}
    for at, token in enumerate(tokens):
        where = places[token]
        while where and at - where[0] > max_size:
            where.popleft()
        matched = {at - place: matched.get(at - place, 0) + 1 for place in where}
        where.append(at)
        if any(run >= size * (min_count - 1) for size, run in matched.items() if size >= min_size):
            return at + 1
    return None
