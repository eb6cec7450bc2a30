"""The one-line form, formula by formula: each line is what a reader of an answer would want to see."""

import pytest

from dsr1_tui.render.maths import inline_form, inline_spans

FORMULAS = [
    (r"\frac{-b \pm \sqrt{b^2-4ac}}{2a}", "(−b ± √(b² − 4ac))/(2a)"),
    (r"\dfrac{3}{4}", "3/4"),
    (r"x^{n+1}", "xⁿ⁺¹"),
    (r"x^{a/b}", "x^(a/b)"),
    (r"e^{-x^2/2}", "e^(−x²/2)"),
    (r"\frac{1}{2}mv^2", "(1/2)mv²"),
    (r"\frac{1}{3}(S + T + 1)", "(1/3)(S + T + 1)"),
    (r"2\frac{1}{3}", "2 1/3"),
    (r"(a+b)\frac{h}{2}", "(a + b)(h/2)"),
    (r"\frac{dy}{dx} = \frac{d^2 y}{dx^2}", "dy/dx = d²y/dx²"),
    (
        r"\frac{1/3}{(2/3)^2} = \frac{1/3}{4/9} = \frac{1}{3} \cdot \frac{9}{4}",
        "(1/3)/(2/3)² = (1/3)/(4/9) = 1/3 · 9/4",
    ),
    (r"\left(\frac{1}{2}\right)^{10}", "(1/2)¹⁰"),
    (r"\sin^2\theta + \cos^2\theta = 1", "sin² θ + cos² θ = 1"),
    (r"\sin\frac{\pi}{6} = \frac12", "sin(π/6) = 1/2"),
    (r"\frac{\sin x}{x}", "(sin x)/x"),
    (r"\lim_{x\to 0} \frac{\sin x}{x} = 1", "lim_(x→0) (sin x)/x = 1"),
    (r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}", "∑ₙ₌₁^∞ 1/n² = π²/6"),
    (r"\int_0^1 x^2 dx = \frac{1}{3}", "∫₀¹ x² dx = 1/3"),
    (r"\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}", "∫_(−∞)^∞ e^(−x²) dx = √π"),
    (r"\int \frac{1}{x} dx = \ln|x|+C", "∫ (1/x) dx = ln|x| + C"),
    (r"a \equiv b \pmod{n}", "a ≡ b (mod n)"),
    (r"a \not\equiv b \pmod{p}", "a ≢ b (mod p)"),
    (r"17 \bmod 5 = 2", "17 mod 5 = 2"),
    (r"7^{2023} \mod 10", "7²⁰²³ mod 10"),
    (r"\gcd(a, b) \cdot \operatorname{lcm}(a,b) = ab", "gcd(a, b) · lcm(a, b) = ab"),
    (r"|x - 3| < |-5|", "|x − 3| < |−5|"),
    (r"|A \cup B| = |A| + |B| - |A \cap B|", "|A ∪ B| = |A| + |B| − |A ∩ B|"),
    (r"P(A|B) = \frac{P(A \cap B)}{P(B)}", "P(A|B) = P(A ∩ B)/P(B)"),
    (r"\{ x | x^2 < 2 \}", "{x | x² < 2}"),
    (r"f: \mathbb{R} \to \mathbb{R}", "f : ℝ → ℝ"),
    (r"A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "A = (1, 2; 3, 4)"),
    (
        r"f(x) = \begin{cases} x^2 & \text{if } x \geq 0 \\ -x & \text{otherwise} \end{cases}",
        "f(x) = {x² if x ≥ 0; −x otherwise}",
    ),
    (r"\begin{align*} S &= \frac{n(n+1)}{2} \\ &= 5050 \end{align*}", "S = n(n + 1)/2 = 5050"),
    (r"\begin{aligned} x + y &= 5 \\ x - y &= 1 \end{aligned}", "x + y = 5; x − y = 1"),
    (r"\angle ABC = 90^\circ", "∠ABC = 90°"),
    (r"\triangle ABC \sim \triangle DEF", "△ABC ∼ △DEF"),
    (r"\overline{AB} \parallel \overline{CD}", "A̅B̅ ∥ C̅D̅"),
    (r"\vec{a} \cdot \vec{b} = |\vec{a}||\vec{b}|\cos\theta", "a⃗ · b⃗ = |a⃗||b⃗| cos θ"),
    (r"\overrightarrow{AB}", "AB⃗"),
    (r"x_1, x_2, \ldots, x_n", "x₁, x₂, …, xₙ"),
    (r"a_{i,j}", "a_(i,j)"),
    (r"x_{\text{max}}", "xₘₐₓ"),
    (r"\log_b(xy) = \log_b x + \log_b y", "log_b(xy) = log_b x + log_b y"),
    (r"\sqrt[3]{27} = 3", "∛27 = 3"),
    (r"a^{\frac{m}{n}} = \sqrt[n]{a^m}", "a^(m/n) = ⁿ√(aᵐ)"),
    (r"\sqrt{2}x + 2\sqrt{3}", "√2 x + 2√3"),
    (r"\frac{1}{\sqrt{2}}", "1/√2"),
    (r"\frac{n!}{k!(n-k)!}", "n!/(k!(n − k)!)"),
    (r"\boxed{x = 2 \text{ or } x = 3}", "x = 2 or x = 3"),
    (r"\boxed{(C)\ 42}", "(C) 42"),
    (r"\text{面积} = 长 \times 宽 = 12 \times 6 = 72 \text{ 平方厘米}", "面积 = 长 × 宽 = 12 × 6 = 72 平方厘米"),
    (r"25% \text{ of } 80", "25% of 80"),
    (r"1{,}000{,}000", "1,000,000"),
    (r"1,000 + 2,345.67", "1,000 + 2,345.67"),
    (r"(0, 1] \cup [2, \infty)", "(0, 1] ∪ [2, ∞)"),
    (r"\lfloor x \rfloor + \lceil y \rceil", "⌊x⌋ + ⌈y⌉"),
    (r"\neg p \lor q", "¬p ∨ q"),
    (r"\frac{a}{b} \div \frac{c}{d} = \frac{a}{b} \times \frac{d}{c}", "(a/b) ÷ (c/d) = a/b × d/c"),
    (r"\frac{\frac{a}{b}}{\frac{c}{d}}", "(a/b)/(c/d)"),
    (r"f'(x) = 3x^2, f''(x)", "f′(x) = 3x², f″(x)"),
    (r"A^{-1}A = I, A^T, A^\top", "A⁻¹A = I, Aᵀ, Aᵀ"),
    (r"\mathcal{L}(\theta)", "ℒ(θ)"),
    (r"\underbrace{1 + 1 + \cdots + 1}_{n \text{ times}} = n", "(1 + 1 + ⋯ + 1)_(n times) = n"),
    (r"\Pr(X = k) = \binom{n}{k} p^k (1-p)^{n-k}", "Pr(X = k) = C(n, k)pᵏ(1 − p)ⁿ⁻ᵏ"),
    (r"\left. \frac{x^2}{2} \right|_0^1", "(x²/2)|₀¹"),
    (r"\frac{dy}{dx}\bigg|_{x=0}", "(dy/dx)|ₓ₌₀"),
    (r"\foo{x} + \bar x \baz y", r"\foo{x} + x̄\baz y"),
    (r"x \xrightarrow{n \to \infty} y", "x —(n→∞)→ y"),
    (r"a \overset{d}{=} b \stackrel{?}{=} c", "a =ᵈ b ≟ c"),
    (r"5\,\text{km/h}", "5 km/h"),
    (r"-3 \times -2 = +6", "−3 × −2 = +6"),
    (r"2^{2^n} + 2^{\alpha}\beta", "2^(2ⁿ) + 2^α β"),
    (r"-\frac{b}{2a}", "−b/(2a)"),
    (r"\textcolor{red}{x} + \color{blue} y", "x + y"),
    (r"\sum_{\substack{1 \le i < j \le n \\ i+j=k}} a_i a_j", "∑_(1≤i<j≤n; i+j=k) aᵢaⱼ"),
    (r"{a+b \over c}", "(a + b)/c"),
    (r"S_{\triangle ABC} = \frac{1}{2}ab\sin C", "S_(△ABC) = (1/2)ab sin C"),
    (r"2:3 = 4:6", "2:3 = 4:6"),
    (r"0.\overline{36}", "0.3̅6̅"),
    (r"x \to -\infty", "x → −∞"),
    (r"\iint_D f(x,y)\,dx\,dy", "∬_D f(x, y) dx dy"),
    (r"\left\{ \begin{array}{l} x+y=1 \\ x-y=2 \end{array} \right.", "{x + y = 1; x − y = 2"),
    (r"n^\text{th}", "nᵗʰ"),
    (r"3.14 \times 10^8 \text{ m/s}", "3.14 × 10⁸ m/s"),
    (r"\$5.00", "$5.00"),
    (r"\frac{a}{-b}", "a/(−b)"),
    (r"\frac{22}{7}.", "22/7."),
    (r"\operatorname*{arg\,max}_{\theta} L(\theta)", "argmax_θ L(θ)"),
    (r"_nC_r = \frac{n!}{r!(n-r)!}", "ₙCᵣ = n!/(r!(n − r)!)"),
    (r"(2n-1)!!", "(2n − 1)!!"),
]


@pytest.mark.parametrize(("source", "shown"), FORMULAS)
def test_a_formula_in_one_line(source: str, shown: str) -> None:
    assert inline_form(source) == shown


def test_boxes_are_told_apart_from_what_is_around_them() -> None:
    assert inline_spans(r"x = \boxed{\frac{1}{2}} \text{ or } \fbox{3}") == (
        ("x = ", False),
        ("1/2", True),
        (" or ", False),
        ("3", True),
    )


def test_an_empty_box_leaves_no_trace() -> None:
    assert inline_spans(r": \boxed{}") == ((":", False),)
    assert inline_spans(r"\boxed{\fbox{ }}") is None


def test_a_box_in_a_box_is_one_box() -> None:
    assert inline_spans(r"\boxed{1 + \boxed{2}}") == (("1 + 2", True),)


@pytest.mark.parametrize("source", [r"\boxed 12", r"\boxed{12}", r"\fbox{ 12 }", r"\boxed{\textbf{12}}"])
def test_a_box_gives_its_body(source: str) -> None:
    assert inline_spans(source) == (("12", True),)


@pytest.mark.parametrize(
    "source",
    [
        "",
        " ",
        "{",
        "}",
        r"\frac{1}",
        "x^",
        r"\begin{pmatrix} 1",
        r"\begin{tikzpicture}\end{tikzpicture}",
        "x\\",
        r"\end{cases}",
    ],
)
def test_what_is_malformed_has_no_form(source: str) -> None:
    assert inline_form(source) is None


@pytest.mark.parametrize(
    "source", ["a\tb", "a\\\tb", "a\\\nb", "\\text{a\tb}", "\\text{a\\\tb}", "\\text{a\\\nb}", "\x1ba\x85b\u202e"]
)
def test_white_space_of_any_kind_is_a_space_at_most(source: str) -> None:
    assert inline_form(source) in {"ab", "a b"}


def test_a_comment_is_dropped_and_a_percent_sign_is_not() -> None:
    assert inline_form("x % a comment\n+ 1") == "x + 1"
    assert inline_form("50% + 50 % = 100%") == "50% + 50% = 100%"
