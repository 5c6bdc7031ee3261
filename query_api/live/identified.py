"""Ending a stream with the token that opened it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from playhead.identity import IdentityError, Principal
from query_api.live.listener import Listener

Identify = Callable[[], Awaitable[Principal]]
"""Verifies the token once more; raises IdentityError."""


async def end_with_token(listener: Listener, identify: Identify, every_seconds: float) -> None:
    """End the stream when its token expires, and within `every_seconds` of when it is good no more."""
    while True:
        try:
            principal = await identify()
        except IdentityError:
            listener.end("token")
            return
        await asyncio.sleep(min(every_seconds, max(0.0, principal.until - time.time())))
