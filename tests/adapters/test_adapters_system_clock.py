"""The real clock."""

import time
import uuid

import pytest

from dsr1_tui.adapters.system_clock import SystemClock


def test_ids_rise_within_a_millisecond() -> None:
    clock = SystemClock()
    ids = [clock.new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {uuid.UUID(one).version for one in ids} == {7}


def test_ids_hold_the_time() -> None:
    before = time.time_ns() // 1_000_000
    stamp = uuid.UUID(SystemClock().new_id()).int >> 80
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_ids_rise_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    first = clock.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    second, third = clock.new_id(), clock.new_id()
    assert first < second < third


def test_times() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= time.monotonic()
    assert clock.now() <= time.time()
