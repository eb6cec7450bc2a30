"""Honest mathematics: enumerations with real work, proofs by cases, tables, matrices, digits; made by computing it."""

from collections.abc import Callable
from fractions import Fraction
from math import gcd, isqrt
from random import Random


def _prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, isqrt(n) + 1))


def _factors(n: int) -> list[int]:
    out, d = [], 2
    while d * d <= n:
        while n % d == 0:
            out.append(d)
            n //= d
        d += 1
    return [*out, n] if n > 1 else out


def euclid(rng: Random) -> str:
    """The greatest common divisor, step by step."""
    a, b = rng.randint(500, 99999), rng.randint(200, 9999)
    out = f"I need the greatest common divisor of {a} and {b}.\n"
    while b:
        out += f"{a} = {a // b} * {b} + {a % b}, so gcd({a}, {b}) = gcd({b}, {a % b}).\n"
        a, b = b, a % b
    return out + f"The remainder is 0, so the answer is {a}.\n\n"


def factoring(rng: Random) -> str:
    """A number taken apart by trial division."""
    n = rest = rng.randint(1000, 99999)
    out = f"Let me factor {n}. "
    for p in filter(_prime, range(2, 60)):
        if rest % p:
            out += f"{rest} divided by {p} leaves {rest % p}. "
        while rest % p == 0:
            out += f"{rest} / {p} = {rest // p}, so {p} is a factor. "
            rest //= p
    return out + f"\nSo {n} = {' * '.join(map(str, _factors(n)))}.\n\n"


def quadratic(rng: Random) -> str:
    """A quadratic equation, two ways."""
    p, q = rng.randint(-12, 12), rng.randint(-12, 12)
    b, c = -(p + q), p * q
    return (
        f"Solve x^2 + ({b})x + ({c}) = 0. The discriminant is ({b})^2 - 4*({c}) = {b * b - 4 * c}, and its root is "
        f"{abs(p - q)}. So x = ({-b} + {abs(p - q)})/2 = {max(p, q)} or x = ({-b} - {abs(p - q)})/2 = {min(p, q)}. "
        f"By Vieta the sum must be {-b}: {p} + {q} = {p + q}, fine. The product must be {c}: {p} * {q} = {p * q}.\n\n"
    )


def fractions(rng: Random) -> str:
    """A sum of fractions, reduced."""
    parts = [Fraction(rng.randint(1, 19), rng.randint(2, 24)) for _ in range(rng.randint(3, 7))]
    out, total = "", Fraction(0)
    for part in parts:
        base = total.denominator * part.denominator // gcd(total.denominator, part.denominator)
        out += f"Adding {part} to {total}: over the common denominator {base} that is "
        out += f"{total * base}/{base} + {part * base}/{base} = {total + part}. "
        total += part
    return out + f"So the sum is {total}, about {float(total):.4f}.\n\n"


def worked(rng: Random) -> str:
    """One small problem, worked out in English."""
    return rng.choice((euclid, factoring, quadratic, fractions))(rng)


def worked_zh(rng: Random) -> str:
    """One small problem, worked out in Chinese."""
    a, b, c = rng.randint(12, 99), rng.randint(3, 60), rng.randint(2, 9)
    return rng.choice(
        (
            (
                f"商店有{a}个苹果，每箱{c}个，可以装{a // c}箱，还剩{a % c}个。如果再运来{b}个，一共是{a + b}个，"
                f"能装{(a + b) // c}箱，剩{(a + b) % c}个。验算：{(a + b) // c}乘以{c}再加{(a + b) % c}等于{a + b}。\n"
            ),
            (
                f"一列火车每小时行{a}千米，{c}小时行{a * c}千米。如果速度提高{b}千米，同样的路程要{a * c}除以{a + b}，"
                f"约等于{a * c / (a + b):.2f}小时，节省了{c - a * c / (a + b):.2f}小时。\n"
            ),
            (
                f"解方程{c}x加{b}等于{a}：移项得{c}x等于{a - b}，所以x等于{Fraction(a - b, c)}。"
                f"代入检验，左边是{c}乘以{Fraction(a - b, c)}加{b}，等于{a}，右边也是{a}。\n"
            ),
            (
                f"求{a}和{b}的最大公约数：{a}除以{b}余{a % b}，继续辗转相除，最后得到{gcd(a, b)}。"
                f"最小公倍数是{a * b // gcd(a, b)}。\n"
            ),
        )
    )


def enumeration(rng: Random) -> str:
    """Every n from 1 to some bound tried, with the work shown."""
    kind, m, top = rng.randrange(5), rng.randint(3, 13), rng.randint(20, 60)
    if kind == 0:
        body = (f"For n = {n}: n^2 + n + 41 = {n * n + n + 41}, which is prime." for n in range(1, top))
    elif kind == 1:
        body = (
            f"n = {n}: {n}^2 = {n * n}, and {n * n} mod {m} = {n * n % m}, "
            + ("so it works." if n * n % m == 1 else "so it does not work.")
            for n in range(1, top)
        )
    elif kind == 2:
        body = (
            f"If n = {n}, then {n} = {' * '.join(map(str, _factors(n)))}, so it has {len(_factors(n))} prime factors."
            for n in range(2, top)
        )
    elif kind == 3:
        body = (
            f"Try x = {n}. Then the left side is {n**3} - {m * n} = {n**3 - m * n} and the right side is {n + 100}, "
            f"so it is too {'small' if n**3 - m * n < n + 100 else 'large'}."
            for n in range(1, top)
        )
    else:
        body = (
            f"When the number is {n}, its square is {n * n}, the sum of whose digits is {sum(map(int, str(n * n)))}."
            for n in range(1, top)
        )
    return "Let me check every case.\n" + rng.choice(("\n", " ")).join(body) + "\nThat is all of them."


def enumeration_zh(rng: Random) -> str:
    """The same in Chinese."""
    m, top = rng.randint(3, 13), rng.randint(20, 60)
    if rng.random() < 0.5:
        body = (
            f"当n={n}时，n的平方是{n * n}，除以{m}余{n * n % m}，{'符合' if n * n % m == 1 else '不符合'}条件。"
            for n in range(1, top)
        )
    else:
        body = (f"如果这个数是{n}，它的各位数字之和乘以{m}等于{sum(map(int, str(n))) * m}。" for n in range(1, top))
    return "我们逐个检验。\n" + rng.choice(("\n", "")).join(body) + "\n全部检验完毕。"


def cases(rng: Random) -> str:
    """A proof by cases, one for each remainder."""
    m, k = rng.choice((5, 7, 8, 9, 11, 12, 13)), rng.choice((2, 3, 4))
    out = f"We show that n^{k} mod {m} takes few values. Write n = {m}q + r.\n"
    for r in range(m):
        out += (
            f"Case {r + 1}: n leaves the remainder {r} when divided by {m}. Then n^{k} leaves the same remainder as "
            f"{r}^{k} = {r**k}, and {r**k} = {r**k // m} * {m} + {r**k % m}. So in this case n^{k} leaves the "
            f"remainder {r**k % m}.\n"
        )
    return out + f"So the values are {sorted({r**k % m for r in range(m)})}.\n"


def times_tables(rng: Random) -> str:
    """Multiplication tables: in signs, in words, as a grid, in Chinese."""
    kind, top = rng.randrange(4), rng.randint(9, 20)
    if kind == 0:
        return "\n\n".join("\n".join(f"{a} x {b} = {a * b}" for b in range(1, top)) for a in range(1, top))
    if kind == 1:
        return "\n\n".join(
            f"The table of {a}:\n" + "\n".join(f"{b} times {a} is {a * b}." for b in range(1, 13)) for a in range(2, 13)
        )
    if kind == 2:
        head = "| x | " + " | ".join(map(str, range(1, top))) + " |\n" + "|---" * top + "|\n"
        return head + "\n".join(
            f"| {a} | " + " | ".join(str(a * b) for b in range(1, top)) + " |" for a in range(1, top)
        )
    return "\n".join("，".join(f"{a}乘{b}得{a * b}" for a in range(1, b + 1)) + "。" for b in range(1, top))


def matrices(rng: Random) -> str:
    """Zeros, identities, random bits, in brackets or in LaTeX."""
    n = rng.randint(8, 20)
    kind = rng.randrange(4)
    value: Callable[[int, int], int] = {
        0: lambda _i, _j: 0,
        1: lambda i, j: int(i == j),
        2: lambda _i, _j: rng.randint(0, 1),
        3: lambda i, j: (i * j) % 7 - 3,
    }[kind]
    rows = [[value(i, j) for j in range(n)] for i in range(n)]
    if rng.random() < 0.5:
        return (
            "The matrix is\n\\begin{pmatrix}\n"
            + " \\\\\n".join(" & ".join(map(str, row)) for row in rows)
            + "\n\\end{pmatrix}\n"
        )
    return "[" + ",\n ".join(map(str, rows)) + "]\n"


def numbers(rng: Random) -> str:
    """Plain lists: counting, primes, powers, Fibonacci, chance."""
    top = rng.randint(100, 1000)
    kind = rng.randrange(5)
    fib = [0, 1]
    while len(fib) < 60:
        fib.append(fib[-1] + fib[-2])
    values = (
        list(range(1, top)),
        [n for n in range(top * 4) if _prime(n)],
        [2**n for n in range(60)],
        fib,
        [rng.randint(0, 99) for _ in range(top)],
    )[kind]
    return rng.choice((", ", "\n", " ", "，")).join(map(str, values))


def digits(rng: Random) -> str:
    """Digits of pi or of the root of two."""
    n = rng.randint(300, 3000)
    if rng.random() < 0.5:
        return "1." + str(isqrt(2 * 10 ** (2 * n)))[1:]
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    out: list[str] = []
    while len(out) < n:  # Gibbons' unbounded spigot
        if 4 * q + r - t < m * t:
            out.append(str(m))
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "3." + "".join(out[1:])


MATHS: dict[str, tuple[Callable[[Random], str], int]] = {
    "enumeration": (enumeration, 20),
    "enumeration_zh": (enumeration_zh, 12),
    "cases": (cases, 8),
    "times_tables": (times_tables, 10),
    "matrices": (matrices, 12),
    "numbers": (numbers, 12),
    "digits": (digits, 6),
}
