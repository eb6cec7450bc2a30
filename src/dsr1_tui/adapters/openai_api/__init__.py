"""An OpenAI-compatible server (vLLM first) as an `Endpoint`; importing this loads neither openai nor httpx2."""

from dsr1_tui.adapters.openai_api.endpoint import OpenAIEndpoint, warm_up

__all__ = ["OpenAIEndpoint", "warm_up"]
