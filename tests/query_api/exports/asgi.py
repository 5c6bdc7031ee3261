"""A client that decides when it reads, and when it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any


class Asking:
    """A GET that is being answered, spoken to as a server would."""

    def __init__(self, app: Any, url: str, sent: Mapping[str, str], *, reads: int) -> None:
        """Begin.

        Args:
            app: An ASGI application.
            url: Path and query.
            sent: Headers.
            reads: So many messages are taken, the head included, before the client stops reading.
        """
        self.status: int | None = None
        self.complete = False
        self._left = asyncio.Event()
        self._reading = asyncio.Event()
        self._stopped = asyncio.Event()
        self._reads = reads
        self._told = False
        path, _, query = url.partition("?")
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("query", 80),
        }
        self._task = asyncio.create_task(app(self._scope, self._receive, self._send))

    async def stopped_reading(self) -> None:
        """Wait until the application has more to send than the client takes."""
        async with asyncio.timeout(30):
            await self._stopped.wait()

    def read_on(self) -> None:
        """Take everything from now on."""
        self._reading.set()

    async def leave(self) -> None:
        """Hang up, and wait for the application to notice."""
        self._left.set()
        async with asyncio.timeout(10):
            await self._task

    async def answered(self) -> None:
        """Wait for the end of the answer; raises what the application raises."""
        async with asyncio.timeout(30):
            await self._task

    async def _receive(self) -> dict[str, Any]:
        if not self._told:
            self._told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if self._reads == 0:
            self._stopped.set()
            await self._reading.wait()
        else:
            self._reads -= 1
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.complete = not message.get("more_body", False)
