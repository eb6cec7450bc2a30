"""Exact sums of products with small numbers: what decides most answers without a computer algebra system."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Final

Mono = tuple[tuple[str, Fraction], ...]
"""Factors of a product: atom and exponent, sorted by atom."""

MOST_TERMS: Final = 100
MOST_BITS: Final = 4096
"""Largest numerator or denominator; beyond it a number stays as it is written."""
MOST_FACTORED: Final = 10**8
"""Largest integer whose root is simplified: 10,000 trial divisions."""
MOST_POWER: Final = 8
"""Largest power of a sum that is multiplied out."""
MOST_WORKED_OUT: Final = 256
"""Largest power of what is not simplified that is left to a computer algebra system."""
OPAQUE: Final = "?"
"""Opens the name of an atom that may be equal to something else."""
HUGE: Final = "?huge"
"""Opens the name of an atom that is too large for anyone to work out."""
IMAGINARY: Final = "i"
ONE: Final = Fraction(1)


class TooHardError(Exception):
    """What is beyond this package's bounds; never leaves it."""


@dataclass(frozen=True, slots=True)
class Poly:
    """A sum of products of atoms with rational exponents and exact coefficients.

    Atoms are letters, π, primes under a root (`#2`, exponent below 1) and whatever is not understood further (`?…`).
    Without the latter, two such sums are equal exactly when their terms are: roots of distinct square-free integers
    are linearly independent over the rationals (Besicovitch 1940), letters and π are taken as independent.
    """

    terms: tuple[tuple[Mono, Fraction], ...]
    """Sorted, no coefficient is zero."""

    @property
    def constant(self) -> Fraction | None:
        """The number that it is; `None` if it holds an atom."""
        if not self.terms:
            return Fraction(0)
        mono, value = self.terms[0]
        return value if len(self.terms) == 1 and not mono else None

    @property
    def letter(self) -> str | None:
        """The one atom that it is, if it is no more than that."""
        if len(self.terms) != 1:
            return None
        mono, value = self.terms[0]
        return mono[0][0] if value == 1 and len(mono) == 1 and mono[0][1] == 1 else None

    @property
    def atoms(self) -> frozenset[str]:
        """All atoms in it."""
        return frozenset(atom for mono, _ in self.terms for atom, _ in mono)

    @property
    def key(self) -> str:
        """The sum in its one spelling."""
        return "+".join(f"{value}" + "".join(f"*{a}^{e}" for a, e in mono) for mono, value in self.terms) or "0"


def number(value: Fraction | int) -> Poly:
    """A constant; `TooHardError` beyond `MOST_BITS`."""
    return _poly([((), Fraction(value))])


def atom(name: str) -> Poly:
    """A letter, or what is not understood further."""
    return Poly(((((name, ONE),), ONE),))


def add(*parts: Poly) -> Poly:
    """The sum."""
    return _poly(term for part in parts for term in part.terms)


def multiply(one: Poly, other: Poly) -> Poly:
    """The product, multiplied out."""
    if len(one.terms) * len(other.terms) > MOST_TERMS**2:
        raise TooHardError
    return _poly(_joined([*a, *b], x * y) for (a, x), (b, y) in product(one.terms, other.terms))


def negative(one: Poly) -> Poly:
    """The sum with its sign turned."""
    return Poly(tuple((mono, -value) for mono, value in one.terms))


def divide(one: Poly, other: Poly) -> Poly:
    """The quotient; `TooHardError` on a division by zero."""
    return multiply(one, power(other, number(-1)))


def power(base: Poly, exponent: Poly) -> Poly:
    """The power; what has no simple form becomes one atom."""
    size = exponent.constant
    if size is None:
        return atom(f"{OPAQUE}pow({base.key};{exponent.key})")
    if size == 1:
        return base
    if not base.terms:
        if size <= 0:
            raise TooHardError
        return base
    found = _whole_power(base, int(size)) if size.denominator == 1 else _root(base, size)
    if found is not None:
        return found
    return atom(f"{HUGE if abs(size) > MOST_WORKED_OUT else f'{OPAQUE}pow'}({base.key};{size})")


def _whole_power(base: Poly, size: int) -> Poly | None:
    if len(base.terms) == 1:
        mono, value = base.terms[0]
        if (max(abs(value.numerator), value.denominator).bit_length() - 1) * abs(size) > MOST_BITS or abs(
            size
        ) > MOST_BITS:
            return None
        return _poly([_joined([(name, times * size) for name, times in mono], value**size)])
    if size == 0:
        return number(1)
    if not 0 < size <= MOST_POWER:
        return None
    result = base
    for _ in range(size - 1):
        result = multiply(result, base)
    return result


def _root(base: Poly, size: Fraction) -> Poly | None:
    """A power with a fraction: of a positive number exactly, of a lone letter as it stands."""
    if len(base.terms) != 1 or abs(size) > MOST_POWER:
        return None
    mono, value = base.terms[0]
    sign: list[tuple[str, Fraction]] = []
    if value < 0:
        if size != Fraction(1, 2):
            return None
        sign = [(IMAGINARY, ONE)]
    if any(times != 1 for _, times in mono) or len(mono) + len(sign) > 1:
        return None  # √(x²) is not x, and √(xy) is √x√y for some x and y only
    primes = _primes(abs(value))
    if primes is None:
        return None
    factors = [(name, times * size) for name, times in (*mono, *primes)]
    return _poly([_joined([*factors, *sign], ONE)])


def _primes(value: Fraction) -> list[tuple[str, Fraction]] | None:
    if max(value.numerator, value.denominator) > MOST_FACTORED:
        return None
    above = [(f"#{prime}", Fraction(times)) for prime, times in _factored(value.numerator)]
    return above + [(f"#{prime}", Fraction(-times)) for prime, times in _factored(value.denominator)]


@lru_cache(maxsize=256)
def _factored(whole: int) -> tuple[tuple[int, int], ...]:
    found: dict[int, int] = {}
    divisor = 2
    while divisor * divisor <= whole:
        while whole % divisor == 0:
            found[divisor] = found.get(divisor, 0) + 1
            whole //= divisor
        divisor += 1
    if whole > 1:
        found[whole] = found.get(whole, 0) + 1
    return tuple(found.items())


def _joined(factors: Iterable[tuple[str, Fraction]], value: Fraction) -> tuple[Mono, Fraction]:
    """One product in its one spelling: exponents added, whole powers of primes and of i in the coefficient."""
    powers: dict[str, Fraction] = {}
    for name, times in factors:
        powers[name] = powers.get(name, Fraction(0)) + times
    for name, times in list(powers.items()):
        if name.startswith("#"):
            whole = times.numerator // times.denominator
            if abs(whole) > MOST_BITS:
                raise TooHardError
            value *= Fraction(int(name[1:])) ** whole
            powers[name] = times - whole
        elif name == IMAGINARY and times.denominator == 1:
            value *= -1 if times.numerator % 4 > 1 else 1
            powers[name] = Fraction(times.numerator % 2)
    return tuple(sorted((name, times) for name, times in powers.items() if times)), value


def _poly(terms: Iterable[tuple[Mono, Fraction]]) -> Poly:
    summed: dict[Mono, Fraction] = {}
    for mono, value in terms:
        summed[mono] = summed.get(mono, Fraction(0)) + value
        if len(summed) > MOST_TERMS or max(abs(value.numerator), value.denominator).bit_length() > 2 * MOST_BITS:
            raise TooHardError
    return Poly(tuple(sorted((mono, value) for mono, value in summed.items() if value)))


PI_RADIANS: Final = multiply(number(Fraction(1, 180)), atom("pi"))
"""A degree in radians."""
