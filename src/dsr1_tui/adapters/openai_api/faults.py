"""What a server says when it refuses or breaks, as one plain `Fault` without key, prompt or control characters."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.target import Target

MAX_CHARS: Final = 300
"""Longest text of a server's that is shown."""

_PROMPT_CHARS: Final = 12
"""From this length on a message of the prompt is kept out of fault texts."""

_ECHO: Final = re.compile(r"Final message to continue:|Rendered chat:|,?\s*'input': (?!'<)")
"""Where vLLM begins to repeat the request: from here on its message is the user's own text."""

_ENGINE: Final = re.compile(
    r"EngineCore|EngineDead|engine (?:process|loop|core)?\s*(?:is dead|died|has died)", re.IGNORECASE
)
_CONTEXT: Final = re.compile(
    r"maximum context length|max_model_len|context (?:length|window|size)|exceed_context_size", re.IGNORECASE
)
_NO_MODEL: Final = re.compile(r"\bmodel\b", re.IGNORECASE)

_UNAUTHORIZED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

URL_HINT: Final = "Is the base URL right? vLLM's is like http://host:8000."
UP_HINT: Final = "Is the server up? Start one with dsr1-chat, or give --base-url."
AGAIN_HINT: Final = "Ask again, or look at the server's log."


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a fault happens, and what must not be repeated in its text."""

    where: str
    """Host and port; the box, where they are a tunnel's near end."""
    has_key: bool = False
    """Whether an API key was given."""
    secrets: tuple[str, ...] = ()
    """The key and the prompt's texts."""

    def quote(self, text: str) -> str:
        """A server's message on one line, safe to show."""
        return tidy(text, self.secrets)


def scene_of(target: Target, messages: Iterable[PromptMessage] = ()) -> Scene:
    """The scene of a request with these messages.

    A message of a word or a number is no secret here: taking it out would eat the server's own words and figures.
    """
    prompt = tuple(m.content for m in messages if len(m.content) >= _PROMPT_CHARS)
    key = target.api_key
    where = urlsplit(target.base_url).netloc if target.via is None else target.via.label
    return Scene(where, has_key=bool(key), secrets=(key, *prompt) if key else prompt)


def tidy(text: str, secrets: Iterable[str] = ()) -> str:
    """One printable line of at most `MAX_CHARS`, without `secrets` and without what repeats the request.

    Controls, bidi marks and other invisible characters become blanks, so that no escape sequence survives.
    """
    text = _ECHO.split(text, maxsplit=1)[0]
    for secret in sorted(secrets, key=len, reverse=True):
        for form in {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]}:
            if form.strip():
                text = text.replace(form, "…")
    line = " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())
    return line if len(line) <= MAX_CHARS else line[: MAX_CHARS - 1].rstrip() + "…"


def fault_of_status(status: int, body: object, scene: Scene, *, of_model: bool) -> Fault:
    """The fault a refused request stands for.

    Args:
        status: the HTTP status, or the code a stream's error object names.
        body: the parsed JSON, or the text where it was none.
        scene: where it happened.
        of_model: whether the request named a model, so that a 404 may mean that one.
    """
    said = scene.quote(message_of(body))
    where = scene.where
    if status in _UNAUTHORIZED:
        what = f"{where} does not accept the API key." if scene.has_key else f"{where} asks for an API key."
        return Fault(FaultCode.UNAUTHORIZED, what, "Name the variable that holds it with --api-key-env NAME.")
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return Fault(
            FaultCode.PROXY, f"The proxy on the way to {where} asks for a password.", f"Or set NO_PROXY={where}."
        )
    if status < HTTPStatus.BAD_REQUEST:
        return Fault(FaultCode.NOT_AN_API, f"{where} sends elsewhere (HTTP {status}).", URL_HINT)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        if of_model and isinstance(body, dict) and "error" in body and _NO_MODEL.search(said):
            return Fault(FaultCode.MODEL_NOT_FOUND, _sentence(said), "Choose another with --model NAME or /model.")
        return Fault(FaultCode.NOT_AN_API, f"{where} is not an OpenAI-compatible API (HTTP {status}).", URL_HINT)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        if _ENGINE.search(said):
            return engine_died(scene)
        detail = f": {said}" if said and isinstance(body, dict) else f" {_phrase(status)}"
        return Fault(FaultCode.SERVER_ERROR, _sentence(f"{where} failed (HTTP {status}){detail}"), AGAIN_HINT)
    if _CONTEXT.search(said):
        return Fault(FaultCode.CONTEXT_OVERFLOW, _sentence(said), "Begin a new conversation, or lower max_tokens.")
    detail = f": {said}" if said else f" (HTTP {status})."
    return Fault(FaultCode.REFUSED, _sentence(f"{where} refused the request{detail}"))


def fault_of_stream_error(error: object, scene: Scene) -> Fault:
    """The fault of an error object inside a stream that began well."""
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and HTTPStatus.BAD_REQUEST <= code <= 599 else 500  # noqa: PLR2004 - HTTP's range
    if _ENGINE.search(message_of(error)):
        return engine_died(scene)
    return fault_of_status(status, {"error": error}, scene, of_model=True)


def engine_died(scene: Scene) -> Fault:
    """The API server lives, the engine behind it does not."""
    return Fault(
        FaultCode.ENGINE_DIED,
        f"The engine behind {scene.where} died while it answered.",
        "Restart the server; its log says why.",
    )


def broken(scene: Scene, how: str = "broke off before the answer was whole") -> Fault:
    """A stream that ended without saying so."""
    return Fault(
        FaultCode.STREAM_BROKEN, f"The connection to {scene.where} {how}.", "What had come is kept; ask again."
    )


def silent(scene: Scene, seconds: float) -> Fault:
    """A server that keeps the connection and sends nothing."""
    return Fault(FaultCode.SILENT, f"{scene.where} has sent nothing for {seconds:g} seconds.", AGAIN_HINT)


def not_an_api(scene: Scene, what: str) -> Fault:
    """Something answers, but not as it should."""
    return Fault(FaultCode.NOT_AN_API, f"{scene.where} answers, but {what}.", URL_HINT)


def message_of(body: object) -> str:
    """The message in an error body of any of the usual forms (vLLM's three, FastAPI's, plain text)."""
    match body:
        case {"error": {"message": str(text)}} | {"error": str(text)} | {"message": str(text)} | {"detail": str(text)}:
            return text
        case str(text):
            return text
        case _:
            return ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
