"""Measuring a model: what is asked how often under which settings, what came of each sample, and what that says."""
