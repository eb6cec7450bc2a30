"""Forty formulas that show what the layouts can do, for `dsr1-chat math --gallery` and as seeds of the fuzz run."""

from typing import Final

GALLERY: Final[tuple[tuple[str, str], ...]] = (
    ("quadratic formula", r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}"),
    ("a boxed result", r"\boxed{x = 2 \text{ or } x = 3}"),
    ("a boxed fraction", r"\boxed{\dfrac{3}{4}}"),
    ("Basel problem", r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}"),
    ("Gaussian integral", r"\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}"),
    ("derivative", r"f'(x) = \lim_{h \to 0} \frac{f(x+h) - f(x)}{h}"),
    ("Euler's number", r"\lim_{n \to \infty} \left(1 + \frac{1}{n}\right)^n = e"),
    ("Euler's identity", r"e^{i\pi} + 1 = 0"),
    ("binomial theorem", r"(x + y)^n = \sum_{k=0}^{n} \binom{n}{k} x^{n-k} y^k"),
    ("binomial distribution", r"P(X = k) = \binom{n}{k} p^k (1-p)^{n-k}"),
    ("Bayes", r"P(A|B) = \frac{P(B|A)\,P(A)}{P(B)}"),
    ("Euler product", r"\zeta(s) = \prod_{p \text{ prime}} \frac{1}{1 - p^{-s}}"),
    ("absolute value", r"|x| = \begin{cases} x & \text{if } x \ge 0 \\ -x & \text{otherwise} \end{cases}"),
    ("linear system", r"\begin{cases} x + y = 5 \\ 2x - y = 1 \end{cases}"),
    ("matrix product", r"\begin{pmatrix} 2 & -1 \\ 0 & 2 \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix} = \vec b"),
    ("determinant", r"\det A = \begin{vmatrix} a & b \\ c & d \end{vmatrix} = ad - bc"),
    (
        "general matrix",
        r"\begin{bmatrix} a_{11} & \cdots & a_{1n} \\ \vdots & & \vdots \\ a_{m1} & \cdots & a_{mn} \end{bmatrix}",
    ),
    ("augmented matrix", r"\left[\begin{array}{cc|c} 1 & 2 & 3 \\ 4 & 5 & 6 \end{array}\right]"),
    ("a table with lines", r"\begin{array}{|c|c|} \hline x & x^2 \\ \hline 1 & 1 \\ 2 & 4 \\ \hline \end{array}"),
    ("aligned steps", r"\begin{aligned} S &= 1 + 2 + \cdots + n \\ &= \frac{n(n+1)}{2} \end{aligned}"),
    ("modular arithmetic", r"3^{100} \equiv (3^4)^{25} \equiv 1 \pmod{5}"),
    ("greatest common divisor", r"\gcd(a, b) \cdot \operatorname{lcm}(a, b) = |ab|"),
    (
        "floor and ceiling",
        r"\left\lfloor \frac{n}{5} \right\rfloor \le \frac{n}{5} \le \left\lceil \frac{n}{5} \right\rceil",
    ),
    ("continued fraction", r"\varphi = 1 + \cfrac{1}{1 + \cfrac{1}{1 + \cdots}}"),
    ("nested roots", r"\sqrt{1 + \sqrt{1 + \sqrt[3]{x}}}"),
    ("root of a fraction", r"\sigma = \sqrt{\frac{1}{N} \sum_{i=1}^{N} (x_i - \mu)^2}"),
    ("Pythagoras", r"\sin^2\theta + \cos^2\theta = 1"),
    (
        "geometry",
        r"\angle ABC = 90^\circ, \quad \triangle ABC \sim \triangle DEF, \quad \overline{AB} \parallel \overline{CD}",
    ),
    ("vectors", r"\vec{a} \cdot \vec{b} = |\vec{a}|\,|\vec{b}| \cos\theta, \quad \overrightarrow{AB}"),
    ("sets", r"A \setminus B = \{ x \in \mathbb{R} \mid x \in A \land x \notin B \}"),
    (
        "epsilon and delta",
        r"\forall \varepsilon > 0 \; \exists \delta > 0 : |x - a| < \delta \implies |f(x) - f(a)| < \varepsilon",
    ),
    ("a named sum", r"\underbrace{1 + 1 + \cdots + 1}_{n \text{ times}} = n"),
    ("partial derivatives", r"\frac{\partial^2 f}{\partial x \partial y} = \frac{\partial^2 f}{\partial y \partial x}"),
    ("definite integral", r"\int_0^1 x^2\,dx = \left. \frac{x^3}{3} \right|_0^1 = \frac{1}{3}"),
    (
        "Cauchy and Schwarz",
        r"\left(\sum_{i=1}^n a_i b_i\right)^2 \le \left( \sum_{i=1}^n a_i^2 \right) \left( \sum_{i=1}^n b_i^2 \right)",
    ),
    ("a sum over pairs", r"\sum_{\substack{1 \le i < j \le n \\ i + j = k}} a_i a_j"),
    (
        "Maxwell",
        r"\nabla \cdot \mathbf{E} = \frac{\rho}{\varepsilon_0}, \quad \oint_C \mathbf{B} \cdot d\mathbf{l} = \mu_0 I",
    ),
    ("a chain of events", r"X_n \xrightarrow{n \to \infty} X, \quad X \overset{d}{=} Y, \quad \mathbb{E}[X] = \mu"),
    ("words", r"\text{speed} = \frac{\text{distance}}{\text{time}} = \frac{120 \text{ km}}{1.5 \text{ h}}"),
    ("Chinese", r"\text{面积} = \text{长} \times \text{宽} = 12 \times 6 = 72 \text{ 平方厘米}"),
)
"""Titles and sources."""
