"""Connect to an endpoint: see what it serves and settle which model is talked to, under which rules."""

from dataclasses import dataclass

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import Rules, rules_for
from dsr1_tui.ports import FullEndpoint


@dataclass(frozen=True, slots=True)
class Connection:
    """An endpoint that answered, and the model chosen on it."""

    endpoint: FullEndpoint
    models: tuple[ModelInfo, ...]
    model: ModelInfo
    rules: Rules


async def connect(endpoint: FullEndpoint, *, rules: Rules | None = None) -> Connection:
    """Ask the endpoint what it serves and choose the model its target names, else the first.

    Raises:
        FaultError: what `Endpoint.models` raises; model-not-found.
    """
    models = await endpoint.models()
    model = choose_model(models, endpoint.target.model)
    return Connection(endpoint, models, model, rules_for(model, rules))


def switch_model(connection: Connection, wanted: str, *, rules: Rules | None = None) -> Connection:
    """The same endpoint with another of its models.

    Raises:
        FaultError: (model-not-found).
    """
    model = choose_model(connection.models, wanted)
    return Connection(connection.endpoint, connection.models, model, rules_for(model, rules))


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
