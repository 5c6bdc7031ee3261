"""When to ask a producer for delivery reports: on the event loop, often only while records are awaited.

A thread that waits for them would be woken for every answer of the broker, and each time it would take the
interpreter from the loop. A timer collects everything that came since the last time, in one call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

AWAITED_SECONDS = 0.001
"""Between two polls while records are awaited; half of it is added to the time of an ack on average."""
FEW_AWAITED_SECONDS = 0.003
"""The same while few are: at a trickle there would be several polls for each record."""
FEW = 8
"""Of one process that saves a thousand records a second, about so many are awaited."""
IDLE_SECONDS = 0.1
"""Between two polls otherwise: only errors that concern no record can be there."""


class ReportPolling:
    """Calls `collect`, which returns how many records are still awaited, for as long as it runs.

    Belongs to the event loop's thread.

    Args:
        collect: Takes what there is, without waiting.
        earliest_seconds: After the first record, no report can come sooner.
    """

    def __init__(self, collect: Callable[[], int], earliest_seconds: float) -> None:
        self._collect = collect
        self._earliest = earliest_seconds + AWAITED_SECONDS / 2
        self._timer: asyncio.TimerHandle | None = None
        self._is_idle = True

    def start(self) -> None:
        """Poll from now on; requires a running event loop."""
        self._loop = asyncio.get_running_loop()
        self._is_idle = True
        self._timer = self._loop.call_later(IDLE_SECONDS, self._poll)

    def expect(self) -> None:
        """Poll sooner, since a record was sent."""
        if self._is_idle and self._timer is not None:
            self._timer.cancel()
            self._is_idle = False
            self._timer = self._loop.call_later(self._earliest, self._poll)

    def stop(self) -> None:
        """Poll no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _poll(self) -> None:
        awaited = self._collect()
        self._is_idle = not awaited
        if self._timer is not None:  # not stopped meanwhile
            self._timer = self._loop.call_later(_pause(awaited), self._poll)


def _pause(awaited: int) -> float:
    """The time to the next poll."""
    if not awaited:
        return IDLE_SECONDS
    return FEW_AWAITED_SECONDS if awaited <= FEW else AWAITED_SECONDS
