"""vLLM 0.32's JSON, key for key as captured from a server: chunks, the whole completion, the model list, errors."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dsr1_tui.adapters.demo.asked import CONTEXT, MODEL, RefusedError
from dsr1_tui.adapters.demo.reply import Channel

VERSION: Final = "0.32.0+recorded"
"""The version whose wire form this is; the local part says that it is no server of it."""
FINGERPRINT: Final = f"vllm-{VERSION}"
DONE: Final = b"data: [DONE]\n\n"

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What all chunks of one reply share."""

    id: str
    created: int
    """Unix seconds."""
    prompt_tokens: int

    def role(self, index: int, *, usage: bool) -> bytes:
        """The first chunk of a sample."""
        choice = {
            "index": index,
            "delta": {"role": "assistant", "content": ""},
            "logprobs": None,
            "finish_reason": None,
        }
        tail: Json = {"prompt_token_ids": None, "prompt_text": None}
        return self._event([choice], self._used(0 if usage else None) | tail)

    def delta(self, index: int, channel: Channel, text: str, *, done: int | None) -> bytes:
        """More of a sample; `done` is its number of tokens so far, where each chunk is to tell it."""
        choice = {
            "index": index,
            "delta": {channel.value: text},
            "logprobs": None,
            "finish_reason": None,
            "token_ids": None,
        }
        return self._event([choice], self._used(done))

    def last(self, index: int, channel: Channel, text: str, finish: str, *, done: int | None, signed: bool) -> bytes:
        """The last chunk of a sample; `signed` where no usage chunk comes to carry the fingerprint."""
        choice = {
            "index": index,
            "delta": {channel.value: text},
            "logprobs": None,
            "finish_reason": finish,
            "stop_reason": None,
            "token_ids": None,
        }
        signature: Json = {"system_fingerprint": FINGERPRINT} if signed else {}
        return self._event([choice], self._used(done) | signature)

    def usage(self, completion_tokens: int) -> bytes:
        """The chunk without choices that tells the usage of all samples."""
        return self._event([], self._used(completion_tokens) | {"system_fingerprint": FINGERPRINT})

    def _used(self, completion_tokens: int | None) -> Json:
        if completion_tokens is None:
            return {}
        return {
            "usage": {
                "prompt_tokens": self.prompt_tokens,
                "total_tokens": self.prompt_tokens + completion_tokens,
                "completion_tokens": completion_tokens,
                "completion_tokens_details": {"reasoning_tokens": 0},
            }
        }

    def _event(self, choices: Sequence[Json], tail: Json) -> bytes:
        head: Json = {"id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": MODEL}
        return b"data: " + dumps(head | {"choices": choices} | tail) + b"\n\n"

    def whole(self, texts: Sequence[tuple[str, str, str]], completion_tokens: int) -> bytes:
        """The reply to a request that does not stream; `texts` are reasoning, content and finish reason a sample."""
        return dumps(
            {
                "id": self.id,
                "object": "chat.completion",
                "created": self.created,
                "model": MODEL,
                "choices": [_choice(index, *sample) for index, sample in enumerate(texts)],
                "service_tier": None,
                "system_fingerprint": FINGERPRINT,
                "usage": {
                    "prompt_tokens": self.prompt_tokens,
                    "total_tokens": self.prompt_tokens + completion_tokens,
                    "completion_tokens": completion_tokens,
                    "prompt_tokens_details": None,
                    "completion_tokens_details": {"reasoning_tokens": 0},
                },
                "prompt_logprobs": None,
                "prompt_token_ids": None,
                "prompt_text": None,
                "kv_transfer_params": None,
                "ec_transfer_params": None,
                "metrics": None,
            }
        )


def _choice(index: int, reasoning: str, content: str, finish: str) -> Json:
    message = {
        "role": "assistant",
        "content": content or None,
        "refusal": None,
        "annotations": None,
        "audio": None,
        "function_call": None,
        "reasoning": reasoning or None,
    }
    return {
        "index": index,
        "message": message,
        "logprobs": None,
        "finish_reason": finish,
        "stop_reason": None,
        "token_ids": None,
        "routed_experts": None,
    }


def model_list(created: int) -> bytes:
    """The body of `/v1/models`."""
    permission = {
        "id": "modelperm-recorded",
        "object": "model_permission",
        "created": created,
        "allow_create_engine": False,
        "allow_sampling": True,
        "allow_logprobs": False,
        "allow_search_indices": False,
        "allow_view": True,
        "allow_fine_tuning": False,
        "organization": "*",
        "group": None,
        "is_blocking": False,
    }
    model = {
        "id": MODEL,
        "object": "model",
        "created": created,
        "owned_by": "vllm",
        "root": MODEL,
        "parent": None,
        "max_model_len": CONTEXT,
        "permission": [permission],
    }
    return dumps({"object": "list", "data": [model]})


def refusal(error: RefusedError) -> bytes:
    """The body of an error."""
    return dumps({"error": {"message": error.message, "type": error.kind, "param": error.param, "code": error.status}})


def dumps(value: Json) -> bytes:
    """JSON as vLLM writes it: no spaces, no escapes beyond ASCII's."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
