r"""Maths for a terminal: finds formulas in Markdown source and lays them out in one line or in two dimensions."""

from dsr1_tui.render.maths.forms import Grid, display_form, inline_form, inline_spans
from dsr1_tui.render.maths.scan import MathSpan, find_maths, scan_at

__all__ = ["Grid", "MathSpan", "display_form", "find_maths", "inline_form", "inline_spans", "scan_at"]
