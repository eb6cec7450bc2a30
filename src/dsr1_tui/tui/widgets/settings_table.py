"""Every row of the generation panel, in its order."""

from typing import Final

from dsr1_tui.tui.widgets.setting import Setting
from dsr1_tui.tui.widgets.setting_choices import BOXED, LOOP, PRESET, THINKING
from dsr1_tui.tui.widgets.setting_sampling import SAMPLING_SETTINGS
from dsr1_tui.tui.widgets.setting_steering import BUDGET, INSTRUCTIONS, SAMPLES

SAMPLED: Final[tuple[Setting, ...]] = (PRESET, *SAMPLING_SETTINGS)
"""What a request is drawn with, the preset that fills it first."""
STEERED: Final[tuple[Setting, ...]] = (BUDGET, LOOP, THINKING, BOXED, INSTRUCTIONS, SAMPLES)
"""What is done beside that."""
SETTINGS: Final[tuple[Setting, ...]] = (*SAMPLED, *STEERED)
SETTING_NAMED: Final = {setting.name: setting for setting in SETTINGS}
