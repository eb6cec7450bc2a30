"""Servers of several kinds on loopback, as the doctor's tiny requests see them: vLLM, an old vLLM, llama.cpp."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate

from support.fault_server import FaultServer, Reply, Seen, json_reply

CHAT = "/v1/chat/completions"
THOUGHT = ("Okay", ",", " one", " plus", " one", " is", " two", ".", " So", " the", " answer", ".")


@dataclass(frozen=True)
class Kind:
    """How a server behaves."""

    model: str = "deepseek-r1-tiny"
    owned_by: str = "vllm"
    version: str = "0.32.0"
    field: str = "reasoning"
    """The delta's field of the thought; `content` without a parser."""
    keeps: bool = True
    """Whether it does what the extra fields say."""
    strict: tuple[str, ...] = ()
    """Fields that it refuses."""
    tokenizes: bool = True
    completes: bool = True
    r1_prompt: bool = True
    tag: str = ""
    """What the content begins with."""
    skew_s: float = 0.0
    dated: bool = True


VLLM = Kind()
OLD_VLLM = Kind(version="0.8.5", field="reasoning_content", keeps=False)
NO_PARSER = Kind(field="content", strict=("thinking_token_budget",))
LLAMA_CPP = Kind(
    model="r1-distill.gguf",
    owned_by="llamacpp",
    version="",
    field="content",
    keeps=False,
    tokenizes=False,
    tag="<think>",
)
BARE = Kind(
    model="plain", owned_by="someone", version="", field="content", strict=("repetition_detection", "stream_interval"),
    keeps=False, tokenizes=False, completes=False, dated=False,
)  # fmt: skip


def server_like(kind: Kind, *, now: float) -> FaultServer:
    """One; `now` is what its clock shows, in unix seconds."""
    server = FaultServer()
    entry = {"id": kind.model, "object": "model", "owned_by": kind.owned_by, "root": f"/models/{kind.model}"}
    if kind.owned_by == "vllm":
        entry |= {"max_model_len": 4096}  # type: ignore[dict-item]  # JSON holds both
    date = (("date", formatdate(now + kind.skew_s, usegmt=True)),) if kind.dated else ()
    server.pages["/v1/models"] = json_reply({"object": "list", "data": [entry]})
    missing = json_reply({"detail": "Not Found"}, status=404, headers=date)
    server.pages["/version"] = json_reply({"version": kind.version}, headers=date) if kind.version else missing
    server.answers[CHAT] = lambda seen: _chat(kind, seen)
    if kind.tokenizes:
        server.answers["/tokenize"] = lambda _: json_reply({"count": 3, "tokens": [1, 2, 3], "max_model_len": 4096})
        prompt = (
            "<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜><think>\n" if kind.r1_prompt else "user: Hi\nassistant:"
        )
        server.answers["/detokenize"] = lambda _: json_reply({"prompt": prompt})
    if kind.completes:
        server.answers["/v1/completions"] = lambda _: json_reply(
            {"object": "text_completion", "choices": [{"text": "a"}]}
        )
    server.replies.append(json_reply({"detail": "Not Found"}, status=404))
    return server


def _chat(kind: Kind, seen: Seen) -> Reply:
    asked = seen.json
    refused = next((field for field in kind.strict if field in asked), None)
    if refused is not None:
        return json_reply({"error": {"message": f"Unknown field {refused}", "code": 400}}, status=400)
    limit = int(asked["max_tokens"])
    thought = list(THOUGHT[:limit])
    answer: list[str] = []
    finish = "length"
    if kind.keeps and "thinking_token_budget" in asked and kind.field != "content":
        cut = int(asked["thinking_token_budget"])
        thought, answer = thought[:cut], ["\n\n", "2"]
        finish = "stop"
    if "repetition_detection" in asked and kind.keeps:
        thought, finish = thought[:3], "repetition"
    if "stream_interval" in asked and kind.keeps:
        step = int(asked["stream_interval"])
        thought = [thought[0], *("".join(thought[at : at + step]) for at in range(1, len(thought), step))]
    if kind.field == "content":
        thought = [kind.tag, *thought] if kind.tag else thought
    steps = [_event({"role": "assistant", "content": ""}), *_deltas(kind.field, thought), *_deltas("content", answer)]
    return Reply([*steps, _event({}, finish), b"data: [DONE]\n\n"])


def _deltas(field: str, texts: Iterable[str]) -> list[bytes]:
    return [_event({field: text}) for text in texts]


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    chunk = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"
