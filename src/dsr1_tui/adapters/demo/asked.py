"""A chat request as the demo understands it, or vLLM's own words for why it is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dsr1_tui.adapters.demo.pieces import count

MODEL: Final = "DeepSeek-R1-style (recorded)"
"""Says that it is no model, and is still recognised as R1, so that R1's rules and settings show."""
CONTEXT: Final = 32_768
MAX_SAMPLES: Final = 8
"""As many as the longest recording of a vote has."""

_TURN_TOKENS: Final = 2
"""The template's mark before each turn, and the one after it."""


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str, kind: str = "BadRequestError", param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        """The `type` of vLLM's error object."""
        self.param = param


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a request matters to a recording; temperature and the like change nothing in it."""

    question: str
    """The last message of the user."""
    prompt_tokens: int
    """Pieces of all messages: the recording's own unit, as in its completion."""
    stream: bool
    samples: int
    max_tokens: int | None
    seed: int | None
    interval: int
    """`stream_interval`: tokens a chunk."""
    usage: bool
    """`stream_options.include_usage`."""
    running_usage: bool
    """`stream_options.continuous_usage_stats`."""


def parse(body: bytes) -> Asked:
    """Read the body of a chat request.

    Raises:
        RefusedError: with the status and the words of vLLM 0.32 (captured from a server).
    """
    try:
        fields: object = json.loads(body)
    except ValueError as error:
        raise RefusedError(400, f"JSON decode error: {error}", "Bad Request", "body") from None
    if not isinstance(fields, dict):
        raise RefusedError(400, "Input should be a valid dictionary", "Bad Request", "body")
    model = fields.get("model")
    if model is not None and model != MODEL:
        told = f"The model `{model}` does not exist. Valid aliases: {MODEL}."
        raise RefusedError(404, told, "NotFoundError", "model")
    if fields.get("continue_final_message"):
        raise RefusedError(
            400, "The demo plays recordings; it cannot continue a message.", param="continue_final_message"
        )
    question, prompt_tokens = _messages(fields.get("messages"))
    options = fields.get("stream_options")
    options = options if isinstance(options, dict) else {}
    return Asked(
        question=question,
        prompt_tokens=prompt_tokens,
        stream=fields.get("stream") is True,
        samples=_samples(fields),
        max_tokens=_max_tokens(fields),
        seed=_whole(fields, "seed"),
        interval=max(_whole(fields, "stream_interval") or 1, 1),
        usage=options.get("include_usage") is True,
        running_usage=options.get("continuous_usage_stats") is True,
    )


def _messages(messages: object) -> tuple[str, int]:
    if not isinstance(messages, list):
        raise RefusedError(400, "Input should be a valid list", "Bad Request", "body.messages")
    if not messages:
        told = "Cannot apply chat template to an empty conversation. Provide at least one message."
        raise RefusedError(400, told)
    turns = [(turn.get("role"), _text(turn.get("content"))) for turn in messages if isinstance(turn, dict)]
    tokens = sum(count(text) + _TURN_TOKENS for _, text in turns)
    if tokens >= CONTEXT:
        told = (
            f"This model's maximum context length is {CONTEXT} tokens. However, your prompt contains at least {tokens} "
            "input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the "
            f"input prompt. (parameter=input_tokens, value={tokens})"
        )
        raise RefusedError(400, told, param="input_tokens")
    return next((text for role, text in reversed(turns) if role == "user"), ""), tokens


def _text(content: object) -> str:
    match content:
        case str():
            return content
        case list():
            return "\n".join(str(part["text"]) for part in content if isinstance(part, dict) and "text" in part)
        case _:
            return ""


def _samples(fields: Mapping[str, object]) -> int:
    samples = _whole(fields, "n")
    if samples is None:
        return 1
    if samples < 1:
        raise RefusedError(400, f"n must be at least 1, got {samples}.")
    if samples > MAX_SAMPLES:
        raise RefusedError(400, f"n must be at most {MAX_SAMPLES} in the demo, got {samples}.")
    return samples


def _max_tokens(fields: Mapping[str, object]) -> int | None:
    limit = _whole(fields, "max_completion_tokens")
    limit = _whole(fields, "max_tokens") if limit is None else limit
    if limit is None:
        return None
    place = f"(parameter=max_tokens, value={limit})"
    if limit < 1:
        raise RefusedError(400, f"max_tokens must be at least 1, got {limit}. {place}", param="max_tokens")
    if limit > CONTEXT:
        told = f"max_tokens={limit} cannot be greater than max_model_len={CONTEXT}. Please request fewer output tokens."
        raise RefusedError(400, f"{told} {place}", param="max_tokens")
    return limit


def _whole(fields: Mapping[str, object], name: str) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        told = f"Input should be a valid integer ({name})"
        raise RefusedError(400, told, "Bad Request", f"body.{name}")
    return value
