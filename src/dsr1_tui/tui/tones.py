"""The few tones the interface speaks in, as theme tokens, so that no widget names a colour and a theme changes all."""

from typing import Final

ACCENT: Final = "$text-primary"
"""Keys, marks and what has the focus."""
DIM: Final = "$foreground-muted"
"""What one reads only when looking for it. (`Content` draws `$text-muted`, an automatic colour, in plain white.)"""
GOOD: Final = "$text-success"
FAIR: Final = "$text-warning"
BAD: Final = "$text-error"
