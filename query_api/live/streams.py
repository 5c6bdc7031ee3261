"""Opens streams within the limits, and ends each with the token that opened it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from playhead.http.shares import Shares
from playhead.identity import IdentityError, Principal
from query_api.access.limits import take_share
from query_api.errors import BusyError
from query_api.live.hub import FullError, Hub
from query_api.live.listener import Listener
from query_api.live.response import LiveResponse, Meanwhile
from query_api.live.stream import Stream, View
from query_api.metrics import STREAMS, STREAMS_ENDED

StreamKind = Literal["person", "team"]
BUSY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Streams:
    """Opens streams."""

    hub: Hub
    shares: Shares
    """The open streams of each person and each organisation."""

    def opened(
        self, who: Principal, kind: StreamKind, listener: Listener, view: View, *meanwhile: Meanwhile
    ) -> LiveResponse:
        """Return a response that sends the listener's events; each `meanwhile` runs as long as it does.

        Raises:
            LimitReachedError: the limit of the person or their organisation is reached.
            BusyError: the limit of all is reached.
        """
        take_share(self.shares, who, "live streams")
        try:
            self.hub.join(listener)
        except FullError as error:
            self.shares.give_back(who)
            raise BusyError(
                "Too many streams", "as many live streams are open as may be", retry_seconds=BUSY_SECONDS
            ) from error
        STREAMS.labels(kind).inc()

        def leave() -> None:
            self.hub.leave(listener)
            self.shares.give_back(who)
            STREAMS.labels(kind).dec()
            if listener.reason is not None:
                STREAMS_ENDED.labels(kind, listener.reason).inc()

        return LiveResponse(listener, Stream(listener, view).chunks(), leave, *meanwhile)


Identify = Callable[[], Awaitable[Principal]]
"""Verifies the token again; raises IdentityError."""


async def end_with_token(listener: Listener, identify: Identify, every_seconds: float) -> None:
    """End the stream when its token expires, or within `every_seconds` after it became invalid."""
    while True:
        try:
            principal = await identify()
        except IdentityError:
            listener.end("token")
            return
        await asyncio.sleep(min(every_seconds, max(0.0, principal.until - time.time())))
