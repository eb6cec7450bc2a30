"""The fields of a request beside model and prompt, by the API's own names; what is None is not sent."""

from collections.abc import Mapping
from typing import Final

from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.request import ChatRequest, Continuation

_USAGE_WORDS: Final = ("stream_options", "include_usage", "continuous_usage_stats")
"""Words by which a server that refuses `stream_options` names what it refuses."""
_BUDGET: Final = "thinking_token_budget"
_UNKNOWN_ROOM: Final = 4096
"""Reply limit of a completion where the context length is unknown: the API's own is 16 tokens."""

CONTINUED: Final = {"continue_final_message": True, "add_generation_prompt": False}
"""What makes vLLM continue the last message in place of beginning a new one."""


class Concessions:
    """What one server does not take, learnt from its refusals: a field it names in one is not sent to it again."""

    def __init__(self) -> None:
        self.usage = True
        """Whether it is asked for token counts."""
        self.budget: bool | None = None
        """Whether it takes thinking budgets; None until one was sent."""

    def concede(self, fault: Fault, sent: Mapping[str, object]) -> bool:
        """Whether a refusal is met by sending the same again without the field that it names."""
        if fault.code is not FaultCode.REFUSED:
            return False
        if _BUDGET in sent and _BUDGET in fault.message:
            self.budget = False
            return True
        if "stream_options" in sent and any(word in fault.message for word in _USAGE_WORDS):
            self.usage = False
            return True
        return False

    def accepted(self, sent: Mapping[str, object]) -> None:
        """The request was taken as it was."""
        if _BUDGET in sent:
            self.budget = True


def fields_of(request: ChatRequest, *, vllm: bool | None, concessions: Concessions) -> dict[str, object]:
    """The fields of a chat request.

    Args:
        request: the request.
        vllm: whether the server is vLLM; None where its models were never listed.
        concessions: what this server does not take.
    """
    fields: dict[str, object] = dict(request.sampling.sent())
    if request.samples > 1:
        fields["n"] = request.samples
    interval = sent_interval(request, vllm=vllm)
    if interval is not None:
        fields["stream_interval"] = interval
    if request.prefill is not None:
        fields |= CONTINUED
    if vllm and request.thinking_budget is not None and concessions.budget is not False:
        fields[_BUDGET] = request.thinking_budget
    return fields | _usage_fields(vllm=vllm, concessions=concessions)


def fields_on(
    request: Continuation, *, room: int | None, vllm: bool | None, concessions: Concessions
) -> dict[str, object]:
    """The fields of a completion; `room` is what the context leaves for it in tokens (None: unknown)."""
    wanted = request.sampling.max_tokens
    limit = min(limits) if (limits := [n for n in (wanted, room) if n is not None]) else _UNKNOWN_ROOM
    fields = {**request.sampling.sent(), "max_tokens": limit}
    return fields | _usage_fields(vllm=vllm, concessions=concessions)


def sent_interval(request: ChatRequest, *, vllm: bool | None) -> int | None:
    """Tokens a chunk that the server is asked for; only vLLM knows how, and a strict server refuses unknown fields."""
    return None if vllm is False else request.stream_interval


def _usage_fields(*, vllm: bool | None, concessions: Concessions) -> dict[str, object]:
    """Ask for token counts: vLLM for them with every chunk, others at the end."""
    if not concessions.usage:
        return {}
    options = {"include_usage": True}
    if vllm:
        options["continuous_usage_stats"] = True
    return {"stream_options": options}
