from __future__ import annotations

import asyncio

import pytest
from prometheus_client import REGISTRY

from playhead.metrics.calls import measured


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(f"playhead_store_{name}", {"store": "redis"}) or 0.0


def test_a_call_is_timed_and_a_failure_counted() -> None:
    calls, failed = counted("call_seconds_count"), counted("calls_failed_total")
    with measured("redis"):
        pass
    with pytest.raises(OSError, match="away"), measured("redis"):
        raise OSError("away")
    assert (counted("call_seconds_count"), counted("calls_failed_total")) == (calls + 1, failed + 1)


def test_what_is_no_failure_of_the_store_counts_as_neither() -> None:
    calls, failed = counted("call_seconds_count"), counted("calls_failed_total")
    with pytest.raises(KeyError), measured("redis", OSError):
        raise KeyError
    with pytest.raises(asyncio.CancelledError), measured("redis"):
        raise asyncio.CancelledError
    assert (counted("call_seconds_count"), counted("calls_failed_total")) == (calls, failed)
