"""The transcript: one line-API view over a list of sections."""
