"""A time limit for stopping, which holds even if a task, a thread, or the event loop itself hangs."""

from __future__ import annotations

import logging
import os
from threading import Timer
from types import TracebackType
from typing import Self

_log = logging.getLogger(__name__)


class Deadline:
    """Ends the process unless the `with` block is left, in any way, within this many seconds of `begin`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Start the timer, unless it runs already."""
        if self._timer is None:
            self._timer = Timer(self._seconds, self._end)
            self._timer.daemon = True
            self._timer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        _log.critical("leaving takes longer than %.0f s: the process is ended", self._seconds)
        os._exit(os.EX_SOFTWARE)
