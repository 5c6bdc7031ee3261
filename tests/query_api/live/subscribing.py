"""Waiting until a listener is subscribed."""

from __future__ import annotations

import asyncio

from query_api.live.events import Attached
from query_api.live.listener import Listener


async def attached(listener: Listener, within_seconds: float = 60.0) -> None:
    """Wait until all channels of a listener are subscribed."""
    async with asyncio.timeout(within_seconds):
        while not isinstance(await listener.next(within_seconds), Attached):
            pass
