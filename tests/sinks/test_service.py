"""The sink's signals."""

from __future__ import annotations

import signal
import threading

import pytest

from sinks.service import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_even_while_the_main_thread_holds_the_lock_of_the_event(
    number: signal.Signals,
) -> None:
    """As within `wait`, for a few steps: the handler must not wait for what it interrupted."""
    handlers = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with stop_on_signals() as stop:
        with stop._cond:  # type: ignore[attr-defined]  # `wait` and `set` take this lock
            signal.raise_signal(number)
            assert not stop.is_set()
        assert stop.wait(10)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == handlers


def test_without_a_signal_nothing_is_left_behind() -> None:
    with stop_on_signals() as stop:
        assert not stop.is_set()
    assert not stop.is_set()
    assert "signals" not in {thread.name for thread in threading.enumerate()}
