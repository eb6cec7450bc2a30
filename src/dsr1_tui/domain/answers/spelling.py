"""What TeX commands and words stand for in an answer: one sign for the many that mean the same."""

from typing import Final

TEXTS: Final = frozenset(
    [
        "text",
        "textbf",
        "textit",
        "textrm",
        "textsf",
        "texttt",
        "textup",
        "textnormal",
        "emph",
        "mbox",
        "hbox",
        "mathrm",
        "operatorname",
        "rm",
        "unit",
    ]
)
STYLES: Final = frozenset(
    {"mathbf", "mathit", "boldsymbol", "bm", "mathsf", "mathtt", "pmb", "bf", "it", "vec", "overrightarrow", "hat"}
)
SIGNS: Final = {
    **dict.fromkeys(["dfrac", "tfrac", "cfrac", "frac"], "frac"),
    **dict.fromkeys(["times", "cdot", "ast", "bullet"], "*"),
    **dict.fromkeys(["le", "leq", "leqslant", "leqq"], "<="),
    **dict.fromkeys(["ge", "geq", "geqslant", "geqq"], ">="),
    **dict.fromkeys(["ne", "neq"], "!="),
    **dict.fromkeys(["mid", "vert", "lvert", "rvert", "|"], "|"),
    **dict.fromkeys(["approx", "simeq", "thickapprox"], "="),
    **dict.fromkeys(["circ", "degree"], "°"),
    **dict.fromkeys(["emptyset", "varnothing"], "emptyset"),
    **dict.fromkeys(["lbrace", "{"], "\\{"),
    **dict.fromkeys(["rbrace", "}"], "\\}"),
    **dict.fromkeys(["land", "wedge", "vee", "lor"], ";"),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), "binom"),
    "div": "/",
    "lt": "<",
    "gt": ">",
    "pm": "±",
    "mp": "∓",
    "cup": "∪",
    "cap": "∩",
    "in": "∈",
    "colon": ":",
    "%": "%",
    "$": "$",
    "#": "#",
    "&": "&",
    "\\": "\\\\",
    "langle": "(",
    "rangle": ")",
    "lparen": "(",
    "rparen": ")",
    "lbrack": "[",
    "rbrack": "]",
    "sqrt": "sqrt",
    "overline": "overline",
    "dot": "overline",
    "prime": "'",
}
LETTERS: Final = {"infty": "∞", "Pi": "Π", "varphi": "phi", "varepsilon": "epsilon", "imath": "i"}
FUNCTIONS: Final = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "log",
        "ln",
        "lg",
        "exp",
        "max",
        "min",
        "gcd",
        "lcm",
        "det",
        "arg",
        "deg",
    ]
)
SEPARATORS: Final = frozenset({"and", "or", "和", "或", "与", "及", "或者", "以及", "且"})
SHORT_WORDS: Final = frozenset({"no", "ok", "or", "is", "am", "pm", "so", "it"})
OPTIONS: Final = frozenset("ABCDEFGH")
