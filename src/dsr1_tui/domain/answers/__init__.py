"""Whether two boxed answers mean the same, as far as exact arithmetic and spelling tell.

`compare` decides numbers, fractions, percent, units, sets, tuples, intervals, matrices, roots, polynomials, options,
yes and no, and texts, in English and Chinese; what needs algebra is UNSURE and left to a `ports.Judge`. It never
raises and its cost is bounded, whatever the model wrote. What it decides:

- 50% is 0.5 and not 50; 60° is π/3. Decimals are exact: 0.333 is not 1/3.
- Units are converted: 1 m is 100 cm. A value with a unit and the bare value are UNSURE, and so are `x = 5` and `5`:
  graders take them as the same (`same_but_for_label`), but that is not transitive.
- A list `1, 2`, "1 or 2", ±, `{1, 2}` are sets. (1, 2) is a pair or an open interval, and not {1, 2}.
- `x > 3` is (3, ∞) for x; `x = 1, y = 2` is (x, y) = (1, 2).
- `1,000` outside brackets is a thousand; (1,000) is not.
- Options are the same in either case (A to D); several at once are a set.
- Texts differ if anything but case, blanks and punctuation does.
"""

from dsr1_tui.domain.answers.compare import compare, normal_form
from dsr1_tui.domain.answers.form import (
    FormKind,
    Likeness,
    NormalForm,
    algebra_pair,
    compare_forms,
    same_but_for_label,
)

__all__ = [
    "FormKind",
    "Likeness",
    "NormalForm",
    "algebra_pair",
    "compare",
    "compare_forms",
    "normal_form",
    "same_but_for_label",
]
