"""Sending a file whose end may never come."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from playhead.causes import in_full
from playhead.identity import Principal
from query_api.errors import UnavailableError
from query_api.exports.formats import FileFormat
from query_api.exports.worker import Exports
from query_api.metrics import EXPORTED_ROWS
from query_api.reports.table import Ask

ROWS_HEADER = "Playhead-Rows"

_log = logging.getLogger(__name__)


class BrokenOffError(Exception):
    """An export ended too early.

    Raised through the server, which then breaks the connection off, so that nobody takes it for the whole.
    """


class ExportResponse(Response):
    """A report as a file. What fails before the first byte is a problem like any other."""

    def __init__(self, exports: Exports, who: Principal, ask: Ask, file_format: FileFormat) -> None:
        name = f"{ask.table.name}-{datetime.now(UTC).date().isoformat()}.{file_format.suffix}"
        super().__init__(
            headers={
                "Content-Type": file_format.media_type,
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",  # nginx would otherwise gather the file before it sends any
            }
        )
        del self.headers["content-length"]
        self._exports = exports
        self._who = who
        self._ask = ask
        self._format = file_format
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the file, as long as the client stays and the budget lasts.

        Raises:
            Problem: 429 or 503, as many exports are at work as may be.
            UnavailableError: Postgres is away, and nothing was sent.
            BrokenOffError: what was sent is not the whole.
        """
        del scope
        budget = self._exports.budget_seconds
        serving, gone = asyncio.create_task(self._serve(send)), asyncio.create_task(_gone(receive))
        try:
            done, _ = await asyncio.wait({serving, gone}, timeout=budget, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (serving, gone):
                task.cancel()
            outcome, _ = await asyncio.gather(serving, gone, return_exceptions=True)
        if not done:
            outcome = UnavailableError("postgres", f"the export is not through after {budget:g} s")
        if isinstance(outcome, Exception):
            self._fail(outcome)

    async def _serve(self, send: Send) -> None:
        async with self._exports.begun(self._who, self._ask, self._format) as worker:
            total = await worker.open()
            self.headers[ROWS_HEADER] = str(total)
            self._begun = True
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while (chunk := await worker.next()) is not None:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        EXPORTED_ROWS.labels(self._format.suffix).inc(total)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _fail(self, error: Exception) -> None:
        if not self._begun:
            raise error
        _log.warning("the export of %s broke off: %s", self._ask.table.name, in_full(error))
        raise BrokenOffError(str(error)) from error


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
