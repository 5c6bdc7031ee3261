"""Runs exports: a limited number at once, each in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, nullcontext
from threading import BoundedSemaphore
from typing import TypeVar

from playhead.http.shares import Shares
from playhead.identity import Principal
from playhead.settings import ByTenant
from query_api.access.limits import take_share
from query_api.errors import BusyError
from query_api.exports.formats import FileFormat
from query_api.exports.snapshot import ReportSnapshot
from query_api.metrics import EXPORTS
from query_api.reports.table import ReportRequest

T = TypeVar("T")

RETRY_SECONDS = 10


class Export:
    """One running export. Its steps run one after another in its thread, even after one was abandoned."""

    def __init__(self, snapshot: ReportSnapshot, request: ReportRequest, file_format: FileFormat) -> None:
        self._snapshot = snapshot
        self._chunks: Generator[bytes] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="export")
        self._table = request.table
        self._format = file_format

    async def open(self) -> int:
        """Begin, and return the number of rows.

        Raises:
            UnavailableError: PostgreSQL does not respond.
        """
        return await self._run(self._snapshot.open)

    async def next(self) -> bytes | None:
        """Return the next bytes of the file; None at its end.

        Raises:
            UnavailableError: PostgreSQL no longer responds.
        """
        if self._chunks is None:
            self._chunks = self._format.chunks(self._table, self._snapshot.batches())
        chunks = self._chunks
        return await self._run(lambda: next(chunks, None))

    def break_off(self) -> None:
        """Make the current step fail where it waits for PostgreSQL."""
        self._snapshot.break_off()

    def close(self, closed: Callable[[], None]) -> asyncio.Future[None]:
        """Free all resources after the current step, then call `closed`, in the export's thread."""

        def free() -> None:
            with closing(self._snapshot), nullcontext() if self._chunks is None else closing(self._chunks):
                pass

        freed = self._thread.submit(free)
        freed.add_done_callback(lambda _: closed())
        done = asyncio.wrap_future(freed)
        self._thread.shutdown(wait=False)
        return done

    async def _run(self, step: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, step)


class Exports:
    """Starts exports."""

    def __init__(
        self,
        dsns: ByTenant[str],
        replicas: ByTenant[str],
        shares: Shares,
        at_once: int,
        budget_seconds: float,
    ) -> None:
        """Set the limits.

        Args:
            dsns: Of the reader's role.
            replicas: The same, for reports that need not be current.
            shares: The limits of each person and each organisation.
            at_once: The limit of all.
            budget_seconds: The time limit of one export, from beginning to end.
        """
        self._dsns = dsns
        self._replicas = replicas
        self._shares = shares
        self._slots = BoundedSemaphore(at_once)
        self.budget_seconds = budget_seconds

    @asynccontextmanager
    async def begun(
        self, who: Principal, request: ReportRequest, file_format: FileFormat
    ) -> AsyncIterator[Export]:
        """Provide an export within the tenant of `who`; leaving the context ends it and frees its slot.

        Raises:
            LimitReachedError: The limit of the person or their organisation is reached.
            BusyError: The limit of all is reached.
        """
        take_share(self._shares, who, "exports")
        if not self._slots.acquire(blocking=False):
            self._shares.give_back(who)
            raise BusyError(
                "Too many exports", "as many exports are at work as may be", retry_seconds=RETRY_SECONDS
            )
        EXPORTS.inc()
        dsns = self._dsns if request.table.is_current else self._replicas
        snapshot = ReportSnapshot(dsns.of(who.tenant_id), who.tenant_id, request, self.budget_seconds)
        export = Export(snapshot, request, file_format)
        try:
            yield export
        except BaseException:
            # Not awaited: the current step may be one that cannot be interrupted.
            export.break_off()
            self._close(export, who)
            raise
        await asyncio.shield(self._close(export, who))

    def _close(self, export: Export, who: Principal) -> asyncio.Future[None]:
        closed = export.close(self._freed)
        # On the event loop, unlike `_freed`: shares are not thread-safe.
        closed.add_done_callback(lambda _: self._shares.give_back(who))
        return closed

    def _freed(self) -> None:
        EXPORTS.dec()
        self._slots.release()
