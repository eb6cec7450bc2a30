"""What servers say when they refuse becomes one plain, safe line that says what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.adapters.openai_api.faults import (
    MAX_CHARS,
    Scene,
    fault_of_status,
    fault_of_stream_error,
    scene_of,
    tidy,
)
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.target import Target

SCENE = Scene("gpu-box:8000")
KEYED = Scene("gpu-box:8000", has_key=True, secrets=("sk-hush",))


def vllm(message: str, code: int) -> dict[str, object]:
    return {"error": {"message": message, "type": "BadRequestError", "param": None, "code": code}}


NOPE = vllm("The model `nope` does not exist. Valid aliases: tiny-r1.", 404)
TOO_LONG = vllm(
    "This model's maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens, "
    "which exceeds this limit even without any output tokens. Please reduce the length of the input prompt.",
    400,
)
TOO_MANY = vllm("max_tokens=5000 cannot be greater than max_model_len=4096. Please request fewer output tokens.", 400)


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (401, {"error": "Unauthorized"}, FaultCode.UNAUTHORIZED, "asks for an API key"),
        (403, "<html>no</html>", FaultCode.UNAUTHORIZED, "--api-key-env"),
        (404, NOPE, FaultCode.MODEL_NOT_FOUND, "Valid aliases: tiny-r1"),
        (404, {"detail": "Not Found"}, FaultCode.NOT_AN_API, "gpu-box:8000"),
        (404, "<html>404</html>", FaultCode.NOT_AN_API, "base URL"),
        (405, "", FaultCode.NOT_AN_API, "405"),
        (301, "", FaultCode.NOT_AN_API, "301"),
        (407, "", FaultCode.PROXY, "proxy"),
        (400, TOO_LONG, FaultCode.CONTEXT_OVERFLOW, "4096 tokens"),
        (400, TOO_MANY, FaultCode.CONTEXT_OVERFLOW, "max_tokens=5000"),
        (400, vllm("the request exceeds the available context size", 400), FaultCode.CONTEXT_OVERFLOW, "new conv"),
        (400, vllm("top_p must be in (0, 1], got 1.5.", 400), FaultCode.REFUSED, "top_p must be in (0, 1], got 1.5."),
        (422, {"detail": "temperature is wrong"}, FaultCode.REFUSED, "temperature is wrong"),
        (400, "", FaultCode.REFUSED, "HTTP 400"),
        (429, vllm("slow down", 429), FaultCode.SERVER_ERROR, "slow down"),
        (503, "<html>nginx</html>", FaultCode.SERVER_ERROR, "Service Unavailable"),
        (500, vllm("EngineCore encountered an issue. See stack trace.", 500), FaultCode.ENGINE_DIED, "Restart"),
        (599, "", FaultCode.SERVER_ERROR, "599"),
    ],
)
def test_a_status_becomes_a_fault(status: int, body: object, code: FaultCode, words: str) -> None:
    fault = fault_of_status(status, body, SCENE, of_model=True)
    assert fault.code is code
    assert words in fault.line
    assert "<" not in fault.line
    assert fault.message[-1] in ".!?…"
    assert "\n" not in fault.line


def test_a_wrong_key_is_told_from_a_missing_one() -> None:
    assert "does not accept" in fault_of_status(401, {"error": "Unauthorized"}, KEYED, of_model=False).message


def test_a_404_means_no_model_only_where_one_was_named() -> None:
    assert fault_of_status(404, NOPE, SCENE, of_model=False).code is FaultCode.NOT_AN_API


def test_an_odd_code_in_a_stream_is_a_server_error() -> None:
    for error in ({"message": "x", "code": "oops"}, {"message": "x", "code": 200}, "x", ["x"], {"code": 700}):
        assert fault_of_stream_error(error, SCENE).code is FaultCode.SERVER_ERROR


@given(st.text(max_size=600), st.sampled_from([400, 404, 429, 500]))
def test_no_text_of_a_server_reaches_the_terminal_raw_or_long(text: str, status: int) -> None:
    fault = fault_of_status(status, vllm(text, status), SCENE, of_model=True)
    assert fault.line.isprintable()
    assert len(fault.message) <= MAX_CHARS + 80


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["sk-hush", 'sk-"quoted\\"', "x-1234"]))
def test_the_key_never_shows(before: str, after: str, key: str) -> None:
    scene = scene_of(Target(base_url="http://gpu-box:8000/v1", api_key=key))
    fault = fault_of_status(400, vllm(f"{before}{key}{after}", 400), scene, of_model=True)
    assert key not in fault.line
    assert key not in repr(scene.quote(f"{key!r} {key}"))


def test_the_prompt_is_not_repeated() -> None:
    prompt = 'Tell me "a\nlong" secret'
    scene = scene_of(Target(base_url="http://gpu-box:8000/v1"), [PromptMessage(MessageRole.USER, prompt)])
    echoed = f"cannot apply template to {prompt!r} ({prompt})"
    assert "secret" not in scene.quote(echoed)
    assert "cannot apply template" in scene.quote(echoed)
    assert tidy("It failed! Final message to continue: my words\nRendered chat: more") == "It failed!"
    said = "1 validation error:\n  {'type': 'list_type', 'msg': 'Input should be a list', 'input': 'my words'}"
    assert tidy(said) == "1 validation error: {'type': 'list_type', 'msg': 'Input should be a list'"


def test_short_words_of_the_prompt_do_not_eat_the_message() -> None:
    scene = scene_of(Target(base_url="http://gpu-box:8000/v1"), [PromptMessage(MessageRole.USER, "4")])
    assert scene.quote("maximum context length is 4096") == "maximum context length is 4096"
