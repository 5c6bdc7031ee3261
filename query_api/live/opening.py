"""Opening a stream: a place at the hub, and what is to be done when the client is gone."""

from __future__ import annotations

from typing import Literal

from playhead.services.problems import Problem
from query_api.live.hub import FullError, Hub
from query_api.live.listener import Listener
from query_api.live.response import LiveResponse, Meanwhile
from query_api.live.stream import Stream, View
from query_api.metrics import STREAMS, STREAMS_ENDED

Kind = Literal["person", "team"]
BUSY_SECONDS = 10


def opened(
    hub: Hub,
    kind: Kind,
    listener: Listener,
    view: View,
    *meanwhile: Meanwhile,
) -> LiveResponse:
    """A response that sends what the listener hears; each `meanwhile` runs as long as it does.

    Raises:
        Problem: 503, there are as many streams as may be.
    """
    try:
        hub.join(listener)
    except FullError as error:
        raise Problem(
            503,
            "Too many streams",
            "as many live streams are open as may be",
            headers={"Retry-After": str(BUSY_SECONDS)},
        ) from error
    STREAMS.labels(kind).inc()

    def leave() -> None:
        hub.leave(listener)
        STREAMS.labels(kind).dec()
        if listener.reason is not None:
            STREAMS_ENDED.labels(kind, listener.reason).inc()

    return LiveResponse(listener, Stream(listener, view).chunks(), leave, *meanwhile)
