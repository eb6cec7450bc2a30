r"""Words inside a formula: `\text` and its kin keep their spaces, `\mathrm` and `\operatorname` make names."""

import re
from typing import Final

from dsr1_tui.render.maths.nodes import Big, Cls, Group, Node, Refused, Row, Sym, Text
from dsr1_tui.render.maths.parser import MAX_DEPTH, Builder, Parser
from dsr1_tui.render.maths.symbols import COMMANDS

_PIECE: Final = re.compile(
    r"\$(?P<dollar>(?:[^$\\]|\\.)+)\$|\\\((?P<paren>.+?)\\\)|\\(?P<name>[A-Za-z]+)[ ]?|\\(?P<char>.)|(?P<brace>[{}])"
    r"|(?P<words>[^\\${}]+|\$)",
    re.DOTALL,
)
_BLANKS: Final = re.compile(r"\s+")
_TEXTS: Final = (
    "text textbf textit textrm textsf texttt textsc textnormal textup textmd mbox hbox emph mathtext intertext"
)
_NAMES: Final = "mathrm mathit mathsf mathtt mathnormal mathop operatorfont"
_STYLES: Final = frozenset(
    f"{_TEXTS} {_NAMES} bf it rm bfseries itshape underline uline mathbf normalfont small large displaystyle".split()
)
_QUOTES: Final = (("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"), ("~", " "))
_GAPS: Final = {"quad": "  ", "qquad": "    ", "newline": " ", "space": " ", "par": " "}


def _text(p: Parser, name: str, depth: int) -> Row:
    del name
    return tuple(_words(p, p.raw(), depth + 1))


def _words(p: Parser, raw: str, depth: int) -> list[Node]:
    r"""The words of a text, and the maths that `$ $` or `\( \)` set into it."""
    if depth > MAX_DEPTH:
        raise Refused("too deep")
    nodes: list[Node] = []
    for match in _PIECE.finditer(raw):
        if maths := match.group("dollar") or match.group("paren"):
            inner = Parser(maths, p.builders)
            body = inner.row(depth + 1)
            if inner.peek():
                raise Refused("a row ends inside a text")
            nodes.append(Group(body))
        else:
            piece = _plain(match)
            if nodes and isinstance(last := nodes[-1], Text):
                piece = last.text + piece
                nodes.pop()
            nodes.append(Text(piece))
    return [node for node in nodes if node != Text("")]


def _plain(match: re.Match[str]) -> str:
    """What a piece of text without maths shows."""
    if words := match.group("words"):
        for written, shown in _QUOTES:
            words = words.replace(written, shown)
        return _BLANKS.sub(" ", words)
    if match.group("brace"):
        return ""
    if char := match.group("char"):
        return " " if char in " \\\n," else char if char not in "'`^\"=.-/!;:" else ""
    name = match.group("name")
    if name in _STYLES:
        return ""
    found = COMMANDS.get(name)
    return found.text if found else _GAPS.get(name, "\\" + name)


def _name(p: Parser, name: str, depth: int) -> Row:
    r"""`\mathrm` and its kin: letters in a row are one name; a function's name acts as the function."""
    body = p.argument(depth)
    if not body or not all(isinstance(node, Sym) and node.text.isalnum() for node in body):
        return body if len(body) == 1 else (Group(body),)
    word = "".join(node.text for node in body if isinstance(node, Sym))
    found = COMMANDS.get(word)
    if isinstance(found, Big) or (isinstance(found, Sym) and found.cls is Cls.FUNC and found.text == word):
        return (found,)
    return (Big(word),) if name == r"\mathop" else (Sym(word),)


def _operator(p: Parser, name: str, depth: int) -> Row:
    """An operator's name given by the author; the starred form takes its limits below."""
    starred = p.skip("*")
    word = "".join(node.text for node in _words(p, p.raw(), depth + 1) if isinstance(node, Text)).replace(" ", "")
    if not word:
        return ()
    return (Big(word),) if starred or name == r"\operatornamewithlimits" else (Sym(word, Cls.FUNC),)


def _builders() -> dict[str, Builder]:
    table: dict[str, Builder] = {"\\" + name: _text for name in _TEXTS.split()}
    table |= {"\\" + name: _name for name in _NAMES.split()}
    return table | {r"\operatorname": _operator, r"\operatornamewithlimits": _operator}


BUILDERS: Final = _builders()
"""Commands for words, by their token."""
