"""Connect to an endpoint: see what it serves and settle which model is talked to, under which rules."""

import asyncio
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.r1_template import is_r1_prompt
from dsr1_tui.domain.request import ModelInfo, PromptMessage
from dsr1_tui.domain.rules import Rules, is_r1, rules_for
from dsr1_tui.ports import FullEndpoint

LOOK_S: Final = 2.0
"""Longest wait for a server to render a prompt: nobody connects later for it."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An endpoint that answered, and the model chosen on it."""

    endpoint: FullEndpoint
    models: tuple[ModelInfo, ...]
    model: ModelInfo
    rules: Rules
    by_template: bool = False
    """Whether the prompts that the server renders are R1's; not asked where the model's name tells."""


async def connect(endpoint: FullEndpoint, *, rules: Rules | None = None) -> Connection:
    """Ask the endpoint what it serves and choose the model its target names, else the first.

    Raises:
        FaultError: what `Endpoint.models` raises; model-not-found.
    """
    models = await endpoint.models()
    model = choose_model(models, endpoint.target.model)
    by_template = not is_r1(model) and await _renders_as_r1(endpoint, model)
    return Connection(endpoint, models, model, _rules(model, rules, by_template=by_template), by_template)


def switch_model(connection: Connection, wanted: str, *, rules: Rules | None = None) -> Connection:
    """The same endpoint with another of its models.

    Raises:
        FaultError: (model-not-found).
    """
    model = choose_model(connection.models, wanted)
    by_template = connection.by_template  # one server serves one base model, whose template all of its names share
    chosen = _rules(model, rules, by_template=by_template)
    return Connection(connection.endpoint, connection.models, model, chosen, by_template)


async def _renders_as_r1(endpoint: FullEndpoint, model: ModelInfo) -> bool:
    """Whether the server puts a question into R1's template; only vLLM tells."""
    if not model.is_vllm:
        return False
    try:
        async with asyncio.timeout(LOOK_S):
            rendered = await endpoint.rendered(model.id, (PromptMessage(MessageRole.USER, "Hi"),))
    except TimeoutError:  # a busy server: its model's name has to do
        return False
    return rendered is not None and is_r1_prompt(rendered)


def _rules(model: ModelInfo, wanted: Rules | None, *, by_template: bool) -> Rules:
    return Rules.R1 if wanted is None and by_template else rules_for(model, wanted)


def choose_model(models: tuple[ModelInfo, ...], wanted: str | None) -> ModelInfo:
    """The model of that name; a part of the name is enough where it fits only one.

    Raises:
        FaultError: (model-not-found).
    """
    if not models:
        raise fail(FaultCode.MODEL_NOT_FOUND, "The endpoint serves no model.", "Load one there, then try again.")
    if wanted is None:
        return models[0]
    exact = [model for model in models if model.id == wanted]
    near = exact or [model for model in models if wanted.lower() in model.id.lower()]
    if len(near) == 1:
        return near[0]
    names = ", ".join(model.id for model in models[:8]) + (", …" if len(models) > 8 else "")  # noqa: PLR2004  a line's worth
    what = "is not served here" if not near else "fits more than one model"
    raise fail(FaultCode.MODEL_NOT_FOUND, f"The model “{wanted[:80]}” {what}.", f"Served: {names}.")
