"""Opening a stream: a place at the hub, and what is to be done when the client is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playhead.http.shares import Shares
from playhead.identity import Principal
from query_api.access.limits import take_share
from query_api.errors import BusyError
from query_api.live.hub import FullError, Hub
from query_api.live.listener import Listener
from query_api.live.response import LiveResponse, Meanwhile
from query_api.live.stream import Stream, View
from query_api.metrics import STREAMS, STREAMS_ENDED

Kind = Literal["person", "team"]
BUSY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Streams:
    """Opens streams."""

    hub: Hub
    shares: Shares
    """How many each person and each organisation has open."""

    def opened(
        self, who: Principal, kind: Kind, listener: Listener, view: View, *meanwhile: Meanwhile
    ) -> LiveResponse:
        """A response that sends what the listener hears; each `meanwhile` runs as long as it does.

        Raises:
            LimitReachedError: The person or their organisation has as many streams as each may.
            BusyError: As many are open as may be in all.
        """
        take_share(self.shares, who, "live streams")
        try:
            self.hub.join(listener)
        except FullError as error:
            self.shares.give_back(who)
            raise BusyError(
                "Too many streams",
                "as many live streams are open as may be",
                retry_seconds=BUSY_SECONDS,
            ) from error
        STREAMS.labels(kind).inc()

        def leave() -> None:
            self.hub.leave(listener)
            self.shares.give_back(who)
            STREAMS.labels(kind).dec()
            if listener.reason is not None:
                STREAMS_ENDED.labels(kind, listener.reason).inc()

        return LiveResponse(listener, Stream(listener, view).chunks(), leave, *meanwhile)
