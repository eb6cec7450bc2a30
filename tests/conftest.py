"""What all tests share: examples are not timed, because a loaded machine would make that a coin toss."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

if "PYTEST_XDIST_WORKER" in os.environ:
    # A worker ignores ctrl+c, and so would every program that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for a real vLLM begins first: one worker is busy with it while the others do the rest."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
