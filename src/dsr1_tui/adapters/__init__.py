"""The outside world, one thing a file; each knows its one third-party package."""
