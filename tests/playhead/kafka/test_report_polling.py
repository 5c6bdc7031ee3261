"""How often delivery reports are asked for: by how many records await theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from playhead.kafka.report_polling import (
    AWAITED_SECONDS,
    FEW,
    FEW_AWAITED_SECONDS,
    IDLE_SECONDS,
    ReportPolling,
)

LINGER_SECONDS = 0.005


class Loop:
    """An event loop that does one thing later, when it is asked to."""

    def __init__(self) -> None:
        self.delay: float | None = None
        self._call: Callable[[], None] = lambda: None

    def call_later(self, delay: float, call: Callable[[], None]) -> Loop:
        self.delay, self._call = delay, call
        return self

    def cancel(self) -> None:
        self.delay = None

    def run(self) -> float | None:
        """Do it; the delay until the next time, None if there is none."""
        self.delay = None
        self._call()
        return self.delay


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    loop = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    return loop


def test_many_records_are_looked_for_more_often_than_few_and_few_more_often_than_none(loop: Loop) -> None:
    awaited = iter((0, 1, FEW, FEW + 1, 5_000, 0))
    polling = ReportPolling(lambda: next(awaited), LINGER_SECONDS)
    polling.start()
    assert loop.delay == IDLE_SECONDS
    assert [loop.run() for _ in range(6)] == [
        IDLE_SECONDS,
        FEW_AWAITED_SECONDS,
        FEW_AWAITED_SECONDS,
        AWAITED_SECONDS,
        AWAITED_SECONDS,
        IDLE_SECONDS,
    ]


def test_the_first_record_is_looked_for_as_soon_as_its_report_can_have_come(loop: Loop) -> None:
    polling = ReportPolling(lambda: 1, LINGER_SECONDS)
    polling.start()
    polling.expect()
    assert loop.delay == LINGER_SECONDS + AWAITED_SECONDS / 2
    loop.run()
    polling.expect()
    assert loop.delay == FEW_AWAITED_SECONDS


def test_stopped_while_it_collects_it_stops(loop: Loop) -> None:
    polling = ReportPolling(lambda: polling.stop() or 1, LINGER_SECONDS)  # type: ignore[func-returns-value]
    polling.start()
    assert loop.run() is None
