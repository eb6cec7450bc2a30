"""Votes: what samples said, counted by what it means."""
