r"""Reads tokens into rows of nodes: groups, scripts, numbers; what a command means comes from a table of builders."""

from collections.abc import Callable, Mapping
from typing import Final

from dsr1_tui.render.maths.cursor import Cursor
from dsr1_tui.render.maths.letters import PRIMES
from dsr1_tui.render.maths.nodes import Big, Binom, Cls, Frac, Group, Node, Refused, Row, Script, Space, Sym
from dsr1_tui.render.maths.pairs import paired
from dsr1_tui.render.maths.symbols import COMMANDS, character

MAX_DEPTH: Final = 40
"""Groups and arguments inside one another."""
_STOPS: Final = frozenset({"", "}", "&", r"\\", r"\newline", r"\cr", r"\end", r"\right"})
"""Tokens that end a row; the empty one stands for the end of the source."""
_LIMITS: Final = frozenset({r"\limits", r"\nolimits", r"\displaylimits"})
_PRIME_MARKS: Final = frozenset({"'", "’"})
_SCRIPT_MARKS: Final = _LIMITS | _PRIME_MARKS | {"^", "_"}
_INFIX: Final = frozenset({r"\over", r"\choose", r"\atop"})
_DEGREE: Final = (Sym("∘", Cls.BIN),)

Builder = Callable[["Parser", str, int], Row]
"""Reads what a command takes, given its name and the depth; gives the nodes it stands for."""


class Parser(Cursor):
    """Reads rows. Every method raises `Refused` where the source is malformed or too deep."""

    def __init__(self, source: str, builders: Mapping[str, Builder]) -> None:
        super().__init__(source)
        self.builders = builders
        """The table of commands, by their token."""
        self.lefts = 0
        r"""How many `\left` wait for their `\right` here."""

    def argument(self, depth: int) -> Row:
        """The row of a braced group, or of a single token."""
        if self.skip("{"):
            body = self.row(depth + 1)
            self.expect("}")
            return body
        if self.peek() in _STOPS or self.peek() in {"^", "_"}:
            raise Refused("an argument is missing")
        return self._atom(depth + 1)

    def option(self, depth: int) -> Row:
        """The row of an optional argument in brackets; empty without one."""
        if not self.skip("["):
            return ()
        body = self.row(depth + 1, frozenset({"]"}))
        self.expect("]")
        return body

    def bare_number(self) -> Row:
        """A number without braces, its percent sign included."""
        number = self.number()
        return (Sym(number + "%" if self.skip("%") or self.skip(r"\%") else number),)

    def row(self, depth: int, stops: frozenset[str] = frozenset()) -> Row:
        r"""Nodes up to a token that ends a row, which is left to the caller; `a \over b` becomes a fraction here."""
        if depth > MAX_DEPTH:
            raise Refused("too deep")
        nodes: list[Node] = []
        while not self._ends(lexeme := self.peek(), stops):
            if lexeme in _INFIX:
                self.take()
                return (_halves(lexeme, paired(tuple(nodes)), self.row(depth + 1, stops)),)
            if lexeme in _SCRIPT_MARKS:
                # A second script of a kind does not nest: its base is empty.
                base = nodes.pop() if nodes and not isinstance(nodes[-1], Script | Space) else None
                nodes.append(self._scripts(base, depth))
            elif self.at_digit():
                nodes.append(Sym(self.number()))
            else:
                nodes.extend(self._atom(depth))
        return paired(tuple(nodes))

    def _ends(self, lexeme: str, stops: frozenset[str]) -> bool:
        return lexeme in stops or (lexeme in _STOPS and (lexeme != r"\right" or self.lefts > 0))

    def _atom(self, depth: int) -> Row:
        """What the next token stands for, with the arguments it takes."""
        if depth > MAX_DEPTH:
            raise Refused("too deep")
        lexeme = self.take()
        if builder := self.builders.get(lexeme):
            return builder(self, lexeme, depth)
        if lexeme[0] == "\\":
            found = COMMANDS.get(lexeme[1:])
            return (found,) if found else self._unknown(lexeme, depth)
        if lexeme == "{":
            body = self.row(depth + 1)
            self.expect("}")
            return (Group(body),)
        return (character(lexeme),)

    def _unknown(self, lexeme: str, depth: int) -> Row:
        """An unknown command shows as itself, with its arguments in their braces, so that reading survives."""
        named = lexeme[1:2].isalpha()
        nodes: list[Node] = [Sym(lexeme if named else lexeme[1:])]
        while named and self.peek() == "{":
            nodes += [Sym("{", Cls.OPEN), Group(self.argument(depth)), Sym("}", Cls.CLOSE)]
        return tuple(nodes)

    def _scripts(self, base: Node | None, depth: int) -> Node:
        """The scripts, primes and limits that follow `base`, up to a second one of a kind."""
        sub: Row | None = None
        sup: Row | None = None
        primes = 0
        while (lexeme := self.peek()) in _SCRIPT_MARKS:
            if (sub if lexeme == "_" else sup) is not None and lexeme not in _LIMITS:
                break
            self.take()
            if lexeme == "_":
                sub = self.argument(depth)
            elif lexeme == "^":
                sup = self.argument(depth)
                sup = (Sym("°"),) if sup == _DEGREE else sup
            elif lexeme in _PRIME_MARKS:
                primes += 1
            elif isinstance(base, Big):
                base = Big(base.text, limits=lexeme != r"\nolimits")
            elif lexeme == r"\limits" and isinstance(base, Sym):
                base = Big(base.text)
        if primes:
            sup = (Sym(PRIMES[primes] if primes < len(PRIMES) else "′" * primes), *(sup or ()))
        if sub is None and sup is None:
            return base or Group(())
        return Script(base, sub, sup)


def _halves(lexeme: str, left: Row, right: Row) -> Node:
    r"""What `\over` and its kin make of the two halves of a group."""
    match lexeme:
        case r"\over":
            return Frac(left, right)
        case r"\choose":
            return Binom(left, right)
        case _:
            return Binom(left, right, "", "")
