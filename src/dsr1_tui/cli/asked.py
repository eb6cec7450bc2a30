"""What a command line asks for, as one value: the flags before a sub-command and those after it, laid together."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dsr1_tui.domain.budget import leaves_no_room
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.steering import ForcedThinking, Steering
from dsr1_tui.services.resolve import TargetFlags

_UNFORCED: Final = (None, ForcedThinking.OFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All flags that the chat and the headless commands share."""

    target: TargetFlags = field(default_factory=TargetFlags)
    config: Path | None = None
    """`--config`; `None` reads the default file, if there is one."""
    rules: Rules | None = None
    demo: bool = False
    keep: bool = False
    """Whether the chat leaves a server running that it started."""
    resume: str | None = None
    """Prefix of a conversation's id, empty for the last one (`-c`), `None` for a new one."""
    sampling: SamplingLayer = field(default_factory=SamplingLayer)
    steering: Steering = field(default_factory=Steering)

    def over(self, below: "Asked") -> "Asked":
        """These flags laid over those given before the sub-command: what is said last counts."""
        return Asked(
            target=self.target.over(below.target),
            config=below.config if self.config is None else self.config,
            rules=below.rules if self.rules is None else self.rules,
            demo=self.demo or below.demo,
            keep=self.keep or below.keep,
            resume=below.resume if self.resume is None else self.resume,
            sampling=self.sampling.over(below.sampling),
            steering=self.steering.over(below.steering),
        )

    def checked(self) -> "Asked":
        """Itself.

        Raises:
            FaultError: (usage) flags that contradict each other.
        """
        if self.demo and self.target.addresses:
            raise fail(FaultCode.USAGE, "--demo and an endpoint's address contradict each other.", "Give one of them.")
        steering, longest = self.steering, self.sampling.max_tokens
        if isinstance(longest, int) and leaves_no_room(steering.budget_tokens, longest):
            message = f"--thinking-budget {steering.budget_tokens} takes all of --max-tokens {longest}."
            raise fail(FaultCode.USAGE, message, "Lower the budget or raise --max-tokens.")
        if self.rules is Rules.OFF and steering.thinking not in _UNFORCED:
            message = f"--rules off and --think {steering.thinking} contradict each other."
            raise fail(FaultCode.USAGE, message, "Forced thinking is one of R1's rules; give one of the two.")
        return self
