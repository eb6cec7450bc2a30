"""The fields of a chat request beside model and messages, by the API's own names; what is None is not sent."""

from typing import Final

from dsr1_tui.domain.request import ChatRequest

USAGE_WORDS: Final = ("stream_options", "include_usage", "continuous_usage_stats")
"""Words by which a server that refuses `stream_options` names what it refuses."""


def fields_of(request: ChatRequest, *, vllm: bool | None, usage: bool) -> dict[str, object]:
    """The fields to send.

    Args:
        request: the request.
        vllm: whether the server is vLLM; None where its models were never listed.
        usage: whether to ask for token counts: vLLM is asked for them with every chunk, others at the end.
    """
    fields: dict[str, object] = dict(request.sampling.sent())
    if request.samples > 1:
        fields["n"] = request.samples
    interval = sent_interval(request, vllm=vllm)
    if interval is not None:
        fields["stream_interval"] = interval
    if usage:
        options = {"include_usage": True}
        if vllm:
            options["continuous_usage_stats"] = True
        fields["stream_options"] = options
    return fields


def sent_interval(request: ChatRequest, *, vllm: bool | None) -> int | None:
    """Tokens a chunk that the server is asked for; only vLLM knows how, and a strict server refuses unknown fields."""
    return None if vllm is False else request.stream_interval
