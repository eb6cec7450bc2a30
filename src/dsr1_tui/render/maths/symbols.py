r"""What each symbol command looks like and how it behaves: names as in LaTeX and amsmath, glyphs as in Unicode."""

from typing import Final

from dsr1_tui.render.maths.nodes import Big, Cls, Sym

_ORD: Final = r"""
alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ
lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ
chi χ psi ψ omega ω digamma ϝ Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
varGamma Γ varDelta Δ varTheta Θ varLambda Λ varPi Π varSigma Σ varPhi Φ varPsi Ψ varOmega Ω Alpha Α Beta Β
infty ∞ partial ∂ nabla ∇ forall ∀ exists ∃ nexists ∄ emptyset ∅ varnothing ∅ neg ¬ lnot ¬ top ⊤ bot ⊥
angle ∠ measuredangle ∡ sphericalangle ∢ triangle △ triangledown ▽ square □ Box □ Diamond ◇ lozenge ◊ bigstar ★
blacksquare ■ blacktriangle ▲ bigtriangleup △ diamondsuit ♦ heartsuit ♥ clubsuit ♣ spadesuit ♠ flat ♭ natural ♮
sharp ♯ checkmark ✓ hbar ℏ hslash ℏ ell ℓ wp ℘ Re ℜ Im ℑ aleph ℵ beth ℶ gimel ℷ imath ı jmath ȷ eth ð mho ℧
degree ° prime ′ backprime ‵ dagger † ddagger ‡ S § P ¶ copyright © pounds £ euro € yen ¥ complement ∁
ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ iddots ⋰ dotsc … dotsb ⋯ dotsm ⋯ dotsi ⋯ dotso … hdots … textellipsis …
backslash \ surd √ % % $ $ # # _ _ & & lq ‘ rq ’ textdegree ° textquotesingle ' i ı j ȷ o ø O Ø aa å AA Å ss ß
textbackslash \ textasciitilde ~ textasciicircum ^ textdollar $ textunderscore _ textbar | slash / diagup ╱
qedsymbol □ qed □ Bbbk 𝕜 diameter ⌀ circledR ® maltese ✠ textendash – textemdash — textbullet •
R ℝ N ℕ Z ℤ Q ℚ C ℂ reals ℝ naturals ℕ integers ℤ
"""
_BIN: Final = r"""
pm ± mp ∓ times × div ÷ cdot · centerdot · cdotp · ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗
oslash ⊘ odot ⊙ cap ∩ cup ∪ Cap ⋒ Cup ⋓ sqcap ⊓ sqcup ⊔ uplus ⊎ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖
smallsetminus ∖ wr ≀ amalg ⨿ dotplus ∔ divideontimes ⋇ ltimes ⋉ rtimes ⋊ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡
barwedge ⊼ veebar ⊻ curlywedge ⋏ curlyvee ⋎ intercal ⊺ rhd ⊳ lhd ⊲ bigcirc ◯ triangleleft ◁ triangleright ▷ bmod mod
diamond ⋄ circledast ⊛ circleddash ⊝ circledcirc ⊚
"""
_REL: Final = r"""
leq ≤ le ≤ geq ≥ ge ≥ leqslant ≤ geqslant ≥ leqq ≦ geqq ≧ neq ≠ ne ≠ equiv ≡ approx ≈ approxeq ≊ cong ≅ sim ∼
simeq ≃ asymp ≍ doteq ≐ doteqdot ≑ propto ∝ varpropto ∝ ll ≪ gg ≫ lll ⋘ ggg ⋙ prec ≺ succ ≻ preceq ⪯ succeq ⪰
subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈ nsupseteq ⊉ sqsubset ⊏ sqsupset ⊐
sqsubseteq ⊑ sqsupseteq ⊒ in ∈ ni ∋ owns ∋ notin ∉ mid ∣ nmid ∤ parallel ∥ nparallel ∦ perp ⊥ vdash ⊢ dashv ⊣
models ⊨ vDash ⊨ Vdash ⊩ nvdash ⊬ nvDash ⊭ smile ⌣ frown ⌢ bowtie ⋈ Join ⋈ between ≬ pitchfork ⋔ therefore ∴
because ∵ to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⟺
implies ⟹ impliedby ⟸ Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ longrightarrow ⟶ longleftarrow ⟵
longleftrightarrow ⟷ mapsto ↦ longmapsto ⟼ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕
nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ rightharpoondown ⇁
leftharpoonup ↼ leftharpoondown ↽ rightleftharpoons ⇌ leftrightharpoons ⇋ rightleftarrows ⇄ leftrightarrows ⇆
rightrightarrows ⇉ twoheadrightarrow ↠ rightsquigarrow ⇝ leadsto ⇝ nrightarrow ↛ nleftarrow ↚ nRightarrow ⇏
nLeftarrow ⇍ nLeftrightarrow ⇎ circlearrowleft ↺ circlearrowright ↻ curvearrowright ↷ curvearrowleft ↶ dashrightarrow ⇢
lesssim ≲ gtrsim ≳ lessgtr ≶ gtrless ≷ lessapprox ⪅ gtrapprox ⪆ nless ≮ ngtr ≯ nleq ≰ ngeq ≱ nsim ≁ ncong ≇
lneq ⪇ gneq ⪈ lneqq ≨ gneqq ≩ triangleq ≜ coloneqq ≔ coloneq ≔ eqqcolon ≕ circeq ≗ bumpeq ≏ Bumpeq ≎ eqcirc ≖
preccurlyeq ≼ succcurlyeq ≽ precsim ≾ succsim ≿ trianglelefteq ⊴ trianglerighteq ⊵ vartriangleleft ⊲
vartriangleright ⊳ ntriangleleft ⋪ ntriangleright ⋫ Subset ⋐ Supset ⋑ backsim ∽ backsimeq ⋍ thicksim ∼ thickapprox ≈
lt < gt > shortmid ∣ shortparallel ∥ multimap ⊸ risingdotseq ≓ fallingdotseq ≒ vartriangle △ nprec ⊀ nsucc ⊁
eqsim ≂ gtrdot ⋗ lessdot ⋖ subseteqq ⊆ supseteqq ⊇ subsetneqq ⊊ varsubsetneq ⊊ nexist ∄
"""
_OPEN: Final = (
    r"{ { lbrace { lbrack [ lparen ( langle ⟨ lfloor ⌊ lceil ⌈ lvert | lVert ‖ lgroup ( ulcorner ⌜ llcorner ⌞"
)
_CLOSE: Final = (
    r"} } rbrace } rbrack ] rparen ) rangle ⟩ rfloor ⌋ rceil ⌉ rvert | rVert ‖ rgroup ) urcorner ⌝ lrcorner ⌟"
)
_BIG: Final = r"""
sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄ bigsqcup ⨆
lim lim max max min min sup sup inf inf limsup limsup liminf liminf varlimsup limsup varliminf liminf
injlim injlim projlim projlim argmax argmax argmin argmin esssup esssup
"""
_INT: Final = "int ∫ iint ∬ iiint ∭ iiiint ⨌ oint ∮ oiint ∯ oiiint ∰ smallint ∫ intop ∫ idotsint ∫⋯∫"
_FUNCTIONS: Final = """
sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arccot arcsec arccsc arsinh arcosh artanh sech csch
log ln lg exp det dim ker hom deg gcd lcm arg sgn tr rank diag Tr Var Cov sign ord lb mod erf proj cosec
Pr cis vol grad div curl span
"""

_ASCII: Final = {
    "+": Sym("+", Cls.BIN),
    "-": Sym("−", Cls.BIN),
    "*": Sym("*", Cls.BIN),
    "=": Sym("=", Cls.REL),
    "<": Sym("<", Cls.REL),
    ">": Sym(">", Cls.REL),
    ":": Sym(":", Cls.REL),
    ",": Sym(",", Cls.PUNCT),
    ";": Sym(";", Cls.PUNCT),
    "(": Sym("(", Cls.OPEN),
    "[": Sym("[", Cls.OPEN),
    ")": Sym(")", Cls.CLOSE),
    "]": Sym("]", Cls.CLOSE),
    "!": Sym("!", Cls.CLOSE),
    "?": Sym("?", Cls.CLOSE),
    "，": Sym("，"),
}


def _pairs(table: str, cls: Cls) -> dict[str, Sym]:
    words = table.split()
    return {name: Sym(text, cls) for name, text in zip(words[::2], words[1::2], strict=True)}


def _commands() -> dict[str, Sym | Big]:
    found: dict[str, Sym | Big] = {name: Sym(name, Cls.FUNC) for name in _FUNCTIONS.split() if name != "div"}
    for table, cls in ((_ORD, Cls.ORD), (_BIN, Cls.BIN), (_REL, Cls.REL), (_OPEN, Cls.OPEN), (_CLOSE, Cls.CLOSE)):
        found |= _pairs(table, cls)
    found |= {name: Big(sym.text) for name, sym in _pairs(_BIG, Cls.BIG).items()}
    found |= {name: Big(sym.text, limits=False) for name, sym in _pairs(_INT, Cls.BIG).items()}
    found |= {"|": Sym("‖"), "Vert": Sym("‖"), "vert": Sym("|"), "colon": Sym(":", Cls.PUNCT)}
    return found


COMMANDS: Final = _commands()
"""Commands that stand for one symbol or name, without their backslash."""

_GLYPHS: Final = {
    sym.text: sym
    for sym in COMMANDS.values()
    if isinstance(sym, Sym)
    and len(sym.text) == 1
    and sym.cls in {Cls.BIN, Cls.REL, Cls.OPEN, Cls.CLOSE}
    and sym.text not in "|‖"
} | {"−": Sym("−", Cls.BIN), "⊥": Sym("⊥", Cls.REL), "△": Sym("△"), "∘": Sym("∘", Cls.BIN)}


def character(char: str) -> Sym | Big:
    """The atom for a single character of the source, Unicode maths included."""
    if found := _ASCII.get(char):
        return found
    if char in "∑∏∐∫∮":
        return Big(char, limits=char not in "∫∮")
    return _GLYPHS.get(char) or Sym(char)


NEGATED: Final = dict(zip("=<>≤≥∈∋∣∥∼≃≅≈≡⊂⊃⊆⊇∃≺≻→⇒←⇔≲≳⊢⊨", "≠≮≯≰≱∉∌∤∦≁≄≇≉≢⊄⊅⊈⊉∄⊀⊁↛⇏↚⇎≴≵⊬⊭", strict=True))
r"""What `\not` makes of a symbol that has a negated form of its own."""
