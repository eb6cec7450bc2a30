"""The answer of `/v1/models` as `ModelInfo`, from vLLM and from servers that say less."""

from dsr1_tui.domain.request import ModelInfo


def parse_models(body: object) -> tuple[ModelInfo, ...] | None:
    """The models listed, in the server's order; None where this is no list of models.

    Entries without a printable id are left out: nobody could ask for them.
    """
    match body:
        case {"data": list(entries)}:
            found = (_parse_model(entry) for entry in entries)
            return tuple(model for model in found if model is not None)
        case {"data": None}:  # Ollama without any model
            return ()
        case _:
            return None


def _parse_model(entry: object) -> ModelInfo | None:
    if not isinstance(entry, dict):
        return None
    name, length = entry.get("id"), entry.get("max_model_len")
    if not (isinstance(name, str) and name and name.isprintable()):
        return None
    texts = {key: value for key in ("root", "parent", "owned_by") if isinstance(value := entry.get(key), str)}
    return ModelInfo(
        id=name,
        root=texts.get("root", ""),
        parent=texts.get("parent"),
        owned_by=texts.get("owned_by", ""),
        max_model_len=length if isinstance(length, int) and length > 0 else None,
    )
