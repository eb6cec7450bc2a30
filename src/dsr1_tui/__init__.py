"""dsr1-chat: a terminal chat for reasoning models served by vLLM."""

__version__ = "0.1.0"
