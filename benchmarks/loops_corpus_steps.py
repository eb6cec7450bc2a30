"""Honest step-by-step work whose steps resemble each other: traces of algorithms and games, plans and answer sheets."""

from collections.abc import Callable, Iterator
from random import Random

import loops_corpus_zh as zh


def long_division(rng: Random) -> str:
    """Decimal places of a fraction, one by one."""
    a, b = rng.randint(1, 99), rng.choice((7, 13, 17, 19, 23, 29, 31, 47, 59, 97))
    out, rest = f"Let me divide {a} by {b} by hand. {b} goes {a // b} times into {a}.\n", a % b
    for place in range(rng.randint(15, 60)):
        out += (
            f"Step {place + 1}: bring down a 0 to get {rest * 10}. {b} goes into {rest * 10} {rest * 10 // b} times, "
            f"{rest * 10 // b} * {b} = {rest * 10 // b * b}, and "
            f"{rest * 10} - {rest * 10 // b * b} = {rest * 10 % b}.\n"
        )
        rest = rest * 10 % b
    return out + "That is precise enough."


def collatz(rng: Random) -> str:
    """The Collatz sequence of a number."""
    n = rng.choice((27, 31, 41, 47, 54, 55, 62, 63, 71, 73, 97, 129, 171))
    out = f"Start with {n}.\n"
    while n != 1:
        m = 3 * n + 1 if n % 2 else n // 2
        out += f"{n} is odd, so 3*{n}+1 = {m}.\n" if n % 2 else f"{n} is even, so {n}/2 = {m}.\n"
        n = m
    return out + "We have reached 1."


def kaprekar_zh(rng: Random) -> str:
    """Kaprekar's routine, in Chinese."""
    out = ""
    for _ in range(rng.randint(6, 30)):
        n = rng.randint(1001, 9998)
        while n % 1111 == 0:
            n = rng.randint(1001, 9998)
        out += f"从{n}开始。\n"
        while n != 6174:
            high, low = (int("".join(sorted(f"{n:04}", reverse=up))) for up in (True, False))
            out += f"从大到小排列是{high}，从小到大排列是{low:04}，相减得到{high - low}。\n"
            n = high - low
        out += "得到了6174，结束。\n"
    return out


def hanoi(rng: Random) -> str:
    """The towers of Hanoi: a handful of sentences in an order that matters."""

    def moves(n: int, a: str, b: str, c: str) -> Iterator[str]:
        if n:
            yield from moves(n - 1, a, c, b)
            yield f"Move disk {n} from {a} to {c}."
            yield from moves(n - 1, b, a, c)

    steps = list(moves(rng.randint(5, 8), "A", "B", "C"))
    return "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1)) if rng.random() < 0.5 else "\n".join(steps)


def sort(rng: Random) -> str:
    """Bubble sort, the list shown after each step."""
    values = [rng.randint(1, 99) for _ in range(rng.randint(6, 14))]
    out = f"Sort {values}.\n"
    for end in range(len(values) - 1, 0, -1):
        for at in range(end):
            a, b = values[at : at + 2]
            if a > b:
                values[at : at + 2] = b, a
                out += f"Compare {a} and {b}: {a} is larger, so swap them. Now the list is {values}.\n"
            else:
                out += f"Compare {a} and {b}: they are in order.\n"
    return out


def search(rng: Random) -> str:
    """A breadth-first search of a random graph."""
    n = rng.randint(12, 60)
    edges = {a: sorted(rng.sample(range(n), k=3)) for a in range(n)}
    queue, seen, out = [0], {0}, "Start at node 0.\n"
    while queue:
        node = queue.pop(0)
        out += f"Take node {node} from the queue. Its neighbours are {edges[node]}.\n"
        for other in edges[node]:
            if other in seen:
                out += f"Node {other} has been visited already.\n"
            else:
                seen.add(other)
                queue.append(other)
                out += f"Node {other} is new, so mark it and put it into the queue.\n"
    return out + "The queue is empty."


def trial_by_all(rng: Random) -> str:
    """Primality by every integer up to the root: a counter, but one that ends."""
    n = rng.choice((541, 659, 797, 887, 997, 1009, 1201))
    tried = [f"{n} is not divisible by {d}." for d in range(2, round(n**0.5) + 1)]
    return f"Is {n} prime? I try every integer up to the root.\n" + " ".join(tried) + f"\nSo {n} is prime."


def coins(rng: Random) -> str:
    """A simulation: few words, but each is news."""
    n = rng.randint(200, 1500)
    kind = rng.randrange(3)
    if kind == 0:
        return " ".join(rng.choice(("heads", "tails")) for _ in range(n))
    if kind == 1:
        return ", ".join(rng.choice(("True", "False")) for _ in range(n))
    return "\n".join(
        f"Toss {i}: {rng.choice(('heads', 'tails'))}, score {rng.randint(0, n)}." for i in range(1, n // 8)
    )


def truth_table(rng: Random) -> str:
    """All values of some variables."""
    names = "pqrstuv"[: rng.randint(4, 7)]
    rows = range(2 ** len(names))
    head = "| " + " | ".join(names) + " | result |\n" + "|---" * (len(names) + 1) + "|\n"
    return head + "\n".join(
        "| " + " | ".join("TF"[row >> bit & 1] for bit in range(len(names))) + f" | {'TF'[rng.randrange(2)]} |"
        for row in rows
    )


def answers(rng: Random) -> str:
    """An answer sheet with a word on each."""
    return "\n".join(
        f"Question {n}: {rng.choice('ABCD')}. {rng.choice(('Correct', 'Correct', 'Wrong'))}, "
        f"{rng.choice(('the definition says so', 'see page', 'by elimination', 'compare the figure'))} "
        f"{rng.randint(1, 300)}."
        for n in range(1, rng.randint(20, 120))
    )


def chess(rng: Random) -> str:
    """Moves of a game, as notation."""
    pieces = ("", "N", "B", "R", "Q", "K")
    return " ".join(
        f"{n}. " + " ".join(f"{rng.choice(pieces)}{rng.choice('abcdefgh')}{rng.randint(1, 8)}" for _ in range(2))
        for n in range(1, rng.randint(40, 300))
    )


def sudoku(rng: Random) -> str:
    """A grid printed again after every cell that is filled in."""
    grid = [[(3 * (r % 3) + r // 3 + c) % 9 + 1 for c in range(9)] for r in range(9)]
    empty = rng.sample([(r, c) for r in range(9) for c in range(9)], k=rng.randint(6, 30))
    shown = dict.fromkeys(empty, ".")
    out = ""
    for r, c in empty:
        out += f"In row {r + 1}, column {c + 1} only {grid[r][c]} is possible:\n"
        del shown[r, c]
        out += "\n".join(" ".join(shown.get((i, j), str(grid[i][j])) for j in range(9)) for i in range(9)) + "\n\n"
    return out


def thirty_days(rng: Random) -> str:
    """A plan whose days are nearly, or quite, the same."""
    exercise = rng.choice(("push-ups", "squats", "minutes of running", "pages of reading"))
    if rng.random() < 0.5:
        return "\n".join(f"Day {n}: do {20 + n} {exercise}, drink water and rest well." for n in range(1, 31))
    return "\n".join(
        f"Day {n}: {rng.randint(2, 9) * 5} {exercise}, then {rng.choice(('rest', 'stretch', 'walk', 'swim'))}."
        for n in range(1, rng.randint(30, 90))
    )


def schedule_zh(rng: Random) -> str:
    """A timetable in Chinese."""
    lessons = zh.stock("lesson")
    return "\n".join(
        f"第{week}周星期{day}：上午{rng.choice(lessons)}，下午{rng.choice(lessons)}，晚上复习{rng.choice(lessons)}。"
        for week in range(1, rng.randint(5, 21))
        for day in "一二三四五"
    )


STEPS: dict[str, tuple[Callable[[Random], str], int]] = {
    "long_division": (long_division, 8),
    "collatz": (collatz, 8),
    "kaprekar_zh": (kaprekar_zh, 5),
    "hanoi": (hanoi, 6),
    "sort": (sort, 6),
    "search": (search, 8),
    "trial_by_all": (trial_by_all, 4),
    "coins": (coins, 8),
    "truth_table": (truth_table, 6),
    "answers": (answers, 6),
    "chess": (chess, 4),
    "sudoku": (sudoku, 6),
    "thirty_days": (thirty_days, 6),
    "schedule_zh": (schedule_zh, 4),
}
