"""DeepSeek-R1's rules: which models they hold for, and what they set (its model card, "Usage Recommendations")."""

import re
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.sampling import SamplingLayer

_R1: Final = re.compile(r"(?:^|[^a-z0-9])(?:deepseek[-_. ]?)?r1(?:[^0-9a-z]|$)|deepseek[-_. ]?r1|dsr1", re.IGNORECASE)

R1_SAMPLING: Final = SamplingLayer(temperature=0.6, top_p=0.95)
"""What the model card recommends; the model's own generation_config says the same."""


class Rules(StrEnum):
    """Which prompt rules hold."""

    R1 = "r1"
    OFF = "off"


def is_r1(model: ModelInfo) -> bool:
    """Whether a model's name, or what it was loaded from, says DeepSeek-R1."""
    return any(_R1.search(name) is not None for name in (model.id, model.root.rstrip("/").rsplit("/", 1)[-1]) if name)


def rules_for(model: ModelInfo, override: Rules | None = None) -> Rules:
    """The rules in force: what the user says, else by the model."""
    if override is not None:
        return override
    return Rules.R1 if is_r1(model) else Rules.OFF


def auto_preset(rules: Rules) -> SamplingLayer:
    """The preset `auto`: R1's settings for R1, nothing for any other model."""
    return R1_SAMPLING if rules is Rules.R1 else SamplingLayer()
