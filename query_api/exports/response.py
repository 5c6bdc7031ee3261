"""Sends an export as a response, and breaks the connection off if the export fails midway."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from playhead.causes import in_full
from playhead.http.server import disconnected
from playhead.identity import Principal
from query_api.errors import UnavailableError
from query_api.exports.formats import FileFormat
from query_api.exports.worker import Exports
from query_api.metrics import EXPORTED_ROWS
from query_api.reports.table import ReportRequest

ROWS_HEADER = "Playhead-Rows"
AS_OF_HEADER = "Playhead-As-Of"

_log = logging.getLogger(__name__)


class BrokenOffError(Exception):
    """An export ended early.

    It propagates to the server, which closes the connection, so that no client takes the part for the whole.
    """


class ExportResponse(Response):
    """A report as a file. A failure before the first byte is answered with a problem."""

    def __init__(
        self, exports: Exports, who: Principal, request: ReportRequest, file_format: FileFormat
    ) -> None:
        name = f"{request.table.name}-{datetime.now(UTC).date().isoformat()}.{file_format.suffix}"
        super().__init__(
            headers={
                "Content-Type": file_format.media_type,
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",  # otherwise nginx buffers the whole file before it sends any
            }
        )
        del self.headers["content-length"]
        self._exports = exports
        self._who = who
        self._request = request
        self._format = file_format
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, while the client stays and the time limit lasts.

        Raises:
            LimitReachedError, BusyError: A limit of exports is reached.
            UnavailableError: PostgreSQL does not respond, and nothing was sent.
            BrokenOffError: only a part was sent.
        """
        del scope
        budget = self._exports.budget_seconds
        sending, gone = asyncio.create_task(self._send(send)), asyncio.create_task(disconnected(receive))
        try:
            done, _ = await asyncio.wait({sending, gone}, timeout=budget, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, gone):
                task.cancel()
            outcome, _ = await asyncio.gather(sending, gone, return_exceptions=True)
        if not done:
            outcome = UnavailableError("postgres", f"the export did not finish within {budget:g} s")
        if isinstance(outcome, Exception):
            self._fail(outcome)

    async def _send(self, send: Send) -> None:
        async with self._exports.begun(self._who, self._request, self._format) as export:
            total = await export.open()
            self.headers[ROWS_HEADER] = str(total)
            self._begun = True
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while (chunk := await export.next()) is not None:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        EXPORTED_ROWS.labels(self._format.suffix).inc(total)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _fail(self, error: Exception) -> None:
        if not self._begun:
            raise error
        _log.warning("the export of %s broke off: %s", self._request.table.name, in_full(error))
        raise BrokenOffError(str(error)) from error
