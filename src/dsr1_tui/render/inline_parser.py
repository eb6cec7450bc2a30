"""Inline Markdown through markdown-it-py, with every token's source position. Imported when first needed (70 ms)."""

import re
from functools import cache
from typing import Final, Literal, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

from dsr1_tui.domain.boxed import find_boxed
from dsr1_tui.render.maths import scan_at

_OPENER: Final = re.compile(r"\$|\\[\[(bf]")
_BREAK: Final = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_FACTOR_END: Final = re.compile(r"[A-Za-z0-9)\]]")
_FACTOR_START: Final = re.compile(r"[A-Za-z0-9(\[]")
_ENDS: Final = ":.!?"
_WIDE: Final = "\u2e80"
"""Where the wide characters begin (CJK and its punctuation, emoji)."""
_MATHS: Final = "maths"
_DISPLAY: Final = "display"
_AT: Final = "at"


class InlineToken(NamedTuple):
    """One inline token; `start:end` is where its text stands in the parsed string."""

    kind: str
    """markdown-it's type (`text`, `text_special`, `code_inline`, `softbreak`, `em_open` …), or `maths`, `display`."""
    text: str
    start: int
    end: int
    detail: str = ""
    """A link's or image's target, or what markdown-it calls the markup."""


class _State(StateInline):
    """Notes where tokens begin; markdown-it itself keeps no inline positions."""

    def pushPending(self) -> Token:  # noqa: N802 - markdown-it's name
        """Pushes the text gathered so far; it ends at the current position or shortly before."""
        token = super().pushPending()
        token.meta[_AT] = max(0, self.src.rfind(token.content, 0, self.pos))
        return token

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: FBT001, N802, N803 - markdown-it's names
        """Whether a run of `*`, `_` or `~` opens or closes, by CommonMark's rule with what models need.

        Beside a wide character `*` needs no space (`**答案：**是`), nor where bold ends in a colon (`**Step 1:**Let`);
        a lone `*` between words is a product (`2*3*4`).
        """
        scanned = super().scanDelims(start, canSplitWord)
        if not canSplitWord:
            return scanned
        before = self.src[start - 1 : start]
        after = self.src[start + scanned.length : start + scanned.length + 1]
        if scanned.length == 1 and _FACTOR_END.match(before) and _FACTOR_START.match(after):
            return Scanned(can_open=False, can_close=False, length=1)
        if not before or not after or before.isspace() or after.isspace():
            return scanned
        wide = max(before, after) >= _WIDE
        ends = before in _ENDS and after.isalnum()
        return Scanned(scanned.can_open or wide, scanned.can_close or wide or ends, scanned.length)

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Pushes a token that begins at the current position, or behind its twin (`**` is two tokens)."""
        token = super().push(ttype, tag, nesting)
        at = self.pos
        if ttype == "text" and len(self.tokens) > 1:
            before = self.tokens[-2]
            if before.type == "text" and before.meta.get("pos") == self.pos:
                at = before.meta[_AT] + len(before.content)
        token.meta["pos"] = self.pos
        token.meta[_AT] = at
        return token


def _maths_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Maths and boxes, before `escape` eats their backslashes."""
    if not _OPENER.match(state.src, state.pos):
        return False
    span = scan_at(state.src, state.pos)
    if span is not None:
        end, body, kind = span.end, span.body, _DISPLAY if span.display else _MATHS
    elif (box := _boxes(state).get(state.pos)) is not None:
        end, body, kind = box, state.src[state.pos : box], _MATHS
    else:
        return False
    if end > state.posMax:
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content = body
        token.meta["end"] = end
    state.pos = end
    return True


def _boxes(state: StateInline) -> dict[int, int]:
    """Where the boxes of this text begin and end; found once."""
    known = state.env.get("boxes")
    if not isinstance(known, dict):
        known = state.env["boxes"] = {box.start: box.end for box in find_boxed(state.src)}
    return known


def _break_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """`<br>`: the one piece of HTML that models use where nothing else would do, in tables."""
    if state.src[state.pos] != "<" or not (match := _BREAK.match(state.src, state.pos)):
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = match.end()
    return True


def _bracket_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """A bracket behind the last `](` is text; looking for its partner would cost the square of many brackets."""
    if state.src[state.pos] not in "[!":
        return False
    last = state.env.get("last link")
    if not isinstance(last, int):
        last = state.env["last link"] = state.src.rfind("](")
    if state.pos < last:
        return False
    if not silent:
        state.pending += state.src[state.pos]
    state.pos += 1
    return True


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.enable("strikethrough").disable("fragments_join")
    parser.inline.ruler.before("escape", _MATHS, _maths_rule)
    parser.inline.ruler.before("link", "bracket", _bracket_rule)
    parser.inline.ruler.before("autolink", "break", _break_rule)
    return parser


def parse_inline(text: str) -> list[InlineToken]:
    """The inline tokens of `text`, in order, empty ones left out."""
    parser = _parser()
    state = _State(text, parser, {}, [])
    parser.inline.tokenize(state)
    for rule in parser.inline.ruler2.getRules(""):
        rule(state)
    tokens = state.tokens
    out: list[InlineToken] = []
    for index, token in enumerate(tokens):
        if token.type == "text" and not token.content:
            continue
        start = int(token.meta[_AT])
        follow = int(tokens[index + 1].meta[_AT]) if index + 1 < len(tokens) else len(text)
        out.append(_converted(text, token, start, follow))
    return out


def _converted(text: str, token: Token, start: int, follow: int) -> InlineToken:
    """Our token for markdown-it's, which begins at `start`; the next one begins at `follow`."""
    match token.type:
        case "text":
            if text[start] == "<" != token.content[0]:  # an autolink's text is pushed where its `<` stands
                start += 1
            return InlineToken("text", token.content, start, start + len(token.content))
        case "text_special":
            return InlineToken("text_special", token.content, start, start + len(token.markup), token.markup)
        case "code_inline":
            start += len(token.markup)
            # markdown-it takes one space off each end of `` `code` ``.
            if text[start : start + len(token.content)].replace("\n", " ") != token.content:
                start += 1
            return InlineToken("code_inline", token.content, start, start + len(token.content))
        case "maths" | "display":
            return InlineToken(token.type, token.content, start, int(token.meta["end"]))
        case "image":
            return InlineToken("image", token.content, start, max(start, follow), str(token.attrs.get("src", "")))
        case "link_open":
            return InlineToken("link_open", token.info, start, start, str(token.attrs.get("href", "")))
        case _:
            return InlineToken(token.type, "", start, start)
