"""A vLLM server as values: how it is started, how far it is, why it did not come up."""
