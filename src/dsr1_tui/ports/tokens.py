"""Who counts tokens where the server does not."""

from collections.abc import Callable
from typing import Protocol

from dsr1_tui.domain.request import ModelInfo


class Tokenizers(Protocol):
    """The tokenizers that are on this machine."""

    def of(self, model: ModelInfo) -> Callable[[str], int] | None:
        """What counts the tokens of a text as the model does, special tokens in it included.

        `None` where the model's own tokenizer is not here. May block for a second (call it in a thread); never raises.
        """
        ...
