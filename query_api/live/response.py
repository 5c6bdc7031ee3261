"""Sending a stream to a client that may be slow, or gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from playhead.http.server import hang_up
from query_api.live.listener import Listener

Meanwhile = Callable[[], Awaitable[None]]
"""What runs beside the sending. It may end before; where it fails, so does the stream."""

FAREWELL_SECONDS = 1.0
"""How long a client may take to read what it was sent, once its stream is over."""


class LiveResponse(Response):
    """Server-sent events until the client goes, or the stream ends.

    A client that stops reading blocks the sender in the middle of an event. When its listener has been ended
    for that, the sender is given a moment, and then the connection is broken off.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        listener: Listener,
        chunks: AsyncIterator[bytes],
        leave: Callable[[], None],
        *meanwhile: Meanwhile,
    ) -> None:
        """Describe the response.

        Args:
            listener: Tells when the stream is over.
            chunks: What to send.
            leave: Called when the client is gone or the stream has ended.
            meanwhile: What runs beside it.
        """
        # X-Accel-Buffering: nginx would otherwise hold events back until its buffer is full.
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._listener = listener
        self._chunks = chunks
        self._leave = leave
        self._meanwhile = meanwhile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream."""
        sending, gone = asyncio.create_task(self._send(send)), asyncio.create_task(_gone(receive))
        tasks = [sending, gone, asyncio.create_task(self._overdue())]
        tasks += [asyncio.create_task(_beside(each)) for each in self._meanwhile]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done() and not gone.done():
                hang_up(scope)
                await asyncio.wait({gone}, timeout=FAREWELL_SECONDS)
        finally:
            self._leave()
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        _raise_failure(outcomes)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for chunk in self._chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _overdue(self) -> None:
        await self._listener.ended()
        await asyncio.sleep(FAREWELL_SECONDS)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _beside(meanwhile: Meanwhile) -> None:
    # Its end is not the stream's; only a failure is.
    await meanwhile()
    await asyncio.Event().wait()


def _raise_failure(outcomes: list[BaseException | None]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
