r"""What the commands with arguments stand for, and those that do nothing: fractions, roots, accents, delimiters."""

from typing import Final

from dsr1_tui.render.maths.letters import ACCENTS, ALPHABETS
from dsr1_tui.render.maths.nodes import (
    Accent,
    Big,
    Binom,
    Boxed,
    Brace,
    Cls,
    Fence,
    Frac,
    Group,
    Line,
    LineKind,
    Node,
    Refused,
    Root,
    Row,
    Script,
    Space,
    Stacked,
    Sym,
)
from dsr1_tui.render.maths.parser import Builder, Parser
from dsr1_tui.render.maths.symbols import COMMANDS, NEGATED, character

_LENGTH_CHARS: Final = frozenset("-.0123456789")
_SPACES: Final = {
    r"\,": 1, r"\:": 1, r"\;": 1, r"\>": 1, r"\ ": 1, "\\\n": 1, "~": 1, r"\!": 0, r"\quad": 2, r"\qquad": 4,
    r"\enspace": 1, r"\enskip": 1, r"\thinspace": 1, r"\medspace": 1, r"\thickspace": 1, r"\negthinspace": 0,
    r"\space": 1, r"\nobreakspace": 1,
}  # fmt: skip
_IGNORED: Final = """
displaystyle textstyle scriptstyle scriptscriptstyle nonumber notag limits nolimits displaylimits allowbreak nobreak
bf rm it tt sf em normalfont mathstrut strut null relax hfill hfil big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr
biggr Biggr bigm Bigm biggm Biggm centering noindent normalsize large Large LARGE huge Huge small
footnotesize scriptsize tiny smallskip medskip bigskip hline boldmath unboldmath protect break goodbreak newpage
mathopen mathclose mathpunct mathchoice ensuremath phantomsection
"""
_LENGTHS: Final = "hspace kern mkern hskip mskip"
_DROPPED: Final = "label vspace ref eqref color mathcolor cline"
_ARROWS: Final = {
    "xrightarrow": "→", "xleftarrow": "←", "xleftrightarrow": "↔", "xRightarrow": "⇒", "xLeftarrow": "⇐",
    "xLeftrightarrow": "⇔", "xmapsto": "↦", "xlongequal": "=", "xhookrightarrow": "↪", "xrightleftharpoons": "⇌",
}  # fmt: skip
_LINES: Final[dict[str, LineKind]] = {
    "overline": "overline", "underline": "underline", "underbar": "underline", "overrightarrow": "right",
    "overleftarrow": "left", "overleftrightarrow": "both", "cancel": "cancel", "bcancel": "cancel",
    "xcancel": "cancel", "sout": "cancel",
}  # fmt: skip
_WIDE: Final[dict[str, LineKind]] = {
    "bar": "overline", "vec": "right", "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde",
}  # fmt: skip
_DELIMITERS: Final = {
    "(": "(", ")": ")", "[": "[", "]": "]", "|": "|", "/": "/", ".": "", "<": "⟨", ">": "⟩", r"\{": "{", r"\}": "}",
    r"\|": "‖", r"\backslash": "\\",
}  # fmt: skip


def _frac(p: Parser, name: str, depth: int) -> Row:
    if name == r"\cfrac":
        p.raw_option()
    num = p.argument(depth)
    return (Frac(num, p.argument(depth), tall=name in {r"\dfrac", r"\cfrac"}),)


def _binom(p: Parser, name: str, depth: int) -> Row:
    del name
    top = p.argument(depth)
    return (Binom(top, p.argument(depth)),)


def _sqrt(p: Parser, name: str, depth: int) -> Row:
    del name
    index = p.option(depth)
    return (Root(p.argument(depth), index),)


def _boxed(p: Parser, name: str, depth: int) -> Row:
    if name in {r"\colorbox", r"\fcolorbox"}:
        p.raw()
    if p.at_digit():  # \boxed 12 means twelve, whatever TeX would do
        return (Boxed(p.bare_number()),)
    return (Boxed(p.argument(depth)),)


def _accent(p: Parser, name: str, depth: int) -> Row:
    body = p.argument(depth)
    kind = _WIDE.get(name[1:])
    if kind and len(body) > 1:
        return (Line(kind, body),)
    return (Accent(ACCENTS[name[1:]], body),)


def _line(p: Parser, name: str, depth: int) -> Row:
    return (Line(_LINES[name[1:]], p.argument(depth)),)


def _brace(p: Parser, name: str, depth: int) -> Row:
    return (Brace(p.argument(depth), over=name.startswith(r"\over")),)


def _arrow(p: Parser, name: str, depth: int) -> Row:
    under = p.option(depth)
    return (Stacked(Sym(_ARROWS[name[1:]], Cls.REL), p.argument(depth), under, arrow=True),)


def _stack(p: Parser, name: str, depth: int) -> Row:
    small = p.argument(depth)
    base = p.argument(depth)
    node: Node = base[0] if len(base) == 1 else Group(base)
    under = name == r"\underset"
    if isinstance(node, Big):
        return (Script(node, small if under else None, None if under else small),)
    if small == (character("?"),) and node == character("="):
        return (Sym("≟", Cls.REL),)
    return (Stacked(node, () if under else small, small if under else ()),)


def _arc(p: Parser, name: str, depth: int) -> Row:
    del name
    return (Stacked(Group(p.argument(depth)), (Sym("⌢"),), ()),)


def _alphabet(p: Parser, name: str, depth: int) -> Row:
    table = ALPHABETS[name[1:]]
    body = p.argument(depth)
    letters = [node for node in body if isinstance(node, Sym) and len(node.text) == 1 and node.text.isalpha()]
    if name[1:] in {"mathbf", "boldsymbol", "bm", "bold", "pmb"} and not len(body) == len(letters) == 1:
        return body if len(body) == 1 else (Group(body),)
    changed = tuple(Sym(n.text.translate(table), n.cls) if isinstance(n, Sym) else n for n in body)
    return changed if len(changed) == 1 else (Group(changed),)


def _left(p: Parser, name: str, depth: int) -> Row:
    r"""A `\left … \right` pair; one without its partner is a plain delimiter, which TeX would refuse."""
    del name
    left = _delimiter(p)
    p.lefts += 1
    body = p.row(depth + 1)
    p.lefts -= 1
    if p.skip(r"\right"):
        return (Fence(left, body, _delimiter(p)),)
    return (character(left), *body) if left else body


def _right(p: Parser, name: str, depth: int) -> Row:
    r"""A `\right` that no `\left` waits for."""
    del name, depth
    return (character(_delimiter(p) or " "),)


def _delimiter(p: Parser) -> str:
    token = p.take()
    if token in _DELIMITERS:
        return _DELIMITERS[token]
    found = COMMANDS.get(token[1:]) if token[0] == "\\" else None
    if isinstance(found, Sym) and (found.cls in {Cls.OPEN, Cls.CLOSE} or found.text in "|‖↑↓↕⇑⇓⇕"):
        return found.text
    raise Refused("not a delimiter")


def _middle(p: Parser, name: str, depth: int) -> Row:
    del name, depth
    return (Sym(_delimiter(p) or " ", Cls.REL),)


def _space(p: Parser, name: str, depth: int) -> Row:
    del p, depth
    return (Space(_SPACES[name]),)


def _ignored(p: Parser, name: str, depth: int) -> Row:
    del p, name, depth
    return ()


def _dropped(p: Parser, name: str, depth: int) -> Row:
    del name, depth
    p.skip("*")
    p.raw_option()
    p.raw()
    return ()


def _length(p: Parser, name: str, depth: int) -> Row:
    """A space of some length: one cell, since what it is for is seldom its size."""
    del name, depth
    p.skip("*")
    if p.peek() == "{":
        p.raw()
    else:  # 3mu
        while p.peek() in _LENGTH_CHARS and p.peek():
            p.take()
        p.take()
        p.take()
    return (Space(1),)


def _coloured(p: Parser, name: str, depth: int) -> Row:
    del name
    p.raw_option()
    p.raw()
    return (Group(p.argument(depth)),)


def _phantom(p: Parser, name: str, depth: int) -> Row:
    del depth
    wide = sum(not char.isspace() for char in p.raw())
    return () if name == r"\vphantom" else (Space(min(wide, 8)),)


def _not(p: Parser, name: str, depth: int) -> Row:
    del name
    (node, *rest) = p.argument(depth) or (Sym(" "),)
    if not isinstance(node, Sym):
        return (node, *rest)
    return (Sym(NEGATED.get(node.text, node.text + "\u0338"), node.cls), *rest)


def _parenthesis(p: Parser, name: str, depth: int) -> Row:
    """`(mod n)`, set off by a space as TeX does; `pod` leaves the word out."""
    word: Row = () if name == r"\pod" else (Sym("mod", Cls.FUNC),)
    return (Space(1), Fence("(", word + p.argument(depth), ")"))


def _tag(p: Parser, name: str, depth: int) -> Row:
    del name
    bare = p.skip("*")
    body = p.argument(depth)
    return (Space(3), Group(body) if bare else Fence("(", body, ")"))


def _class(p: Parser, name: str, depth: int) -> Row:
    r"""`\mathbin{x}` and its kin: the body with the class asked for."""
    body = p.argument(depth)
    if len(body) != 1 or not isinstance(body[0], Sym):
        return (Group(body),)
    return (Sym(body[0].text, {"rel": Cls.REL, "bin": Cls.BIN}.get(name[5:], Cls.ORD)),)


def _builders() -> dict[str, Builder]:
    table: dict[str, Builder] = {"\\" + name: _ignored for name in _IGNORED.split()}
    table |= {"\\" + name: _dropped for name in _DROPPED.split()}
    table |= {"\\" + name: _length for name in _LENGTHS.split()}
    table |= {"\\" + name: _accent for name in ACCENTS}
    table |= {"\\" + name: _line for name in _LINES}
    table |= {"\\" + name: _arrow for name in _ARROWS}
    table |= {"\\" + name: _alphabet for name in ALPHABETS}
    table |= dict.fromkeys(_SPACES, _space)
    table |= dict.fromkeys((r"\frac", r"\dfrac", r"\tfrac", r"\cfrac", r"\sfrac", r"\nicefrac"), _frac)
    table |= dict.fromkeys((r"\binom", r"\dbinom", r"\tbinom"), _binom)
    table |= dict.fromkeys((r"\boxed", r"\fbox", r"\framebox", r"\colorbox", r"\fcolorbox"), _boxed)
    table |= dict.fromkeys((r"\underbrace", r"\overbrace"), _brace)
    table |= dict.fromkeys((r"\overset", r"\underset", r"\stackrel"), _stack)
    table |= dict.fromkeys((r"\phantom", r"\hphantom", r"\vphantom"), _phantom)
    table |= dict.fromkeys((r"\overparen", r"\overarc", r"\wideparen"), _arc)
    table |= dict.fromkeys((r"\pmod", r"\pod"), _parenthesis)
    table |= dict.fromkeys((r"\mathbin", r"\mathrel", r"\mathord", r"\mathinner"), _class)
    table |= {
        r"\sqrt": _sqrt,
        r"\left": _left,
        r"\right": _right,
        r"\middle": _middle,
        r"\not": _not,
        r"\tag": _tag,
        r"\/": _ignored,
    }
    return table | {r"\textcolor": _coloured, r"\-": _ignored, r"\@": _ignored, "$": _ignored}


BUILDERS: Final = _builders()
"""Commands with arguments or without effect, by their token."""
