"""The demo: recorded conversations served in vLLM's wire form, so that the program can be tried without a model."""
