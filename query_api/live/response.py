"""Sends a stream to a client that may be slow, or gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from playhead.http.server import disconnected, hang_up
from query_api.live.listener import Listener

Meanwhile = Callable[[], Awaitable[None]]
"""A task beside the sending. It may end earlier; if it fails, so does the stream."""

FAREWELL_SECONDS = 1.0
"""How long a client may take to read the rest of a stream that is over."""


class LiveResponse(Response):
    """Server-sent events until the client disconnects or the stream ends.

    A client that stops reading blocks the sender in the middle of an event. After its listener has ended for
    that, the sender has `FAREWELL_SECONDS`, and then the connection is closed.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        listener: Listener,
        chunks: AsyncIterator[bytes],
        leave: Callable[[], None],
        *meanwhile: Meanwhile,
    ) -> None:
        """Prepare the response.

        Args:
            listener: Its end is the stream's.
            chunks: The bytes to send.
            leave: Called when the client has disconnected or the stream has ended.
            meanwhile: Tasks that run beside it.
        """
        # X-Accel-Buffering: otherwise nginx holds events back until its buffer is full.
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._listener = listener
        self._chunks = chunks
        self._leave = leave
        self._meanwhile = meanwhile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        sending, gone = asyncio.create_task(self._send(send)), asyncio.create_task(disconnected(receive))
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
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for chunk in self._chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _overdue(self) -> None:
        await self._listener.ended()
        await asyncio.sleep(FAREWELL_SECONDS)


async def _beside(meanwhile: Meanwhile) -> None:
    # The task's end does not end the stream; its failure does.
    await meanwhile()
    await asyncio.Event().wait()
