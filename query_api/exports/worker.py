"""Exports at work: so many at once, each in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, nullcontext
from threading import BoundedSemaphore
from typing import TypeVar

from playhead.http.problems import Problem
from playhead.http.shares import Shares
from playhead.identity import Principal
from query_api.access.limits import take_share
from query_api.exports.formats import FileFormat
from query_api.exports.snapshot import Snapshot
from query_api.metrics import EXPORTS
from query_api.reports.table import Ask

T = TypeVar("T")

RETRY_SECONDS = 10

_log = logging.getLogger(__name__)


class Worker:
    """One export. What it does waits in line behind what it did before, an abandoned step included."""

    def __init__(self, snapshot: Snapshot, ask: Ask, file_format: FileFormat) -> None:
        self._snapshot = snapshot
        self._chunks: Generator[bytes] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="export")
        self._table = ask.table
        self._format = file_format

    async def open(self) -> int:
        """How many rows there are.

        Raises:
            UnavailableError: Postgres is away.
        """
        return await self._do(self._snapshot.open)

    async def next(self) -> bytes | None:
        """The next bytes of the file; None at its end.

        Raises:
            UnavailableError: Postgres went away.
        """
        if self._chunks is None:
            self._chunks = self._format.chunks(self._table, self._snapshot.batches())
        chunks = self._chunks
        return await self._do(lambda: next(chunks, None))

    def break_off(self) -> None:
        """Make the step that is under way fail, where it waits for Postgres."""
        self._snapshot.break_off()

    def close(self, closed: Callable[[], None]) -> asyncio.Future[None]:
        """Free everything once the step under way has ended, then call `closed`, in the worker's thread."""

        def free() -> None:
            with closing(self._snapshot), nullcontext() if self._chunks is None else closing(self._chunks):
                pass

        freed = self._thread.submit(free)
        freed.add_done_callback(lambda _: closed())
        done = asyncio.wrap_future(freed)
        self._thread.shutdown(wait=False)
        return done

    async def _do(self, step: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, step)


class Exports:
    """Begins exports."""

    def __init__(self, dsn: str, shares: Shares, at_once: int, budget_seconds: float) -> None:
        """Describe them.

        Args:
            dsn: Of the reader's role.
            shares: How many each person and each organisation has.
            at_once: So many may be at work.
            budget_seconds: How long one may take, from beginning to end.
        """
        self._dsn = dsn
        self._shares = shares
        self._slots = BoundedSemaphore(at_once)
        self.budget_seconds = budget_seconds

    @asynccontextmanager
    async def begun(self, who: Principal, ask: Ask, file_format: FileFormat) -> AsyncIterator[Worker]:
        """An export within one tenant. It is through, and its place free again, once the context is left.

        Raises:
            Problem: 429, as many of the person or their organisation are at work as may be; 503, of all.
        """
        take_share(self._shares, who, "exports")
        if not self._slots.acquire(blocking=False):
            self._shares.give_back(who)
            raise Problem(
                503,
                "Too many exports",
                "as many exports are at work as may be",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        EXPORTS.inc()
        worker = Worker(Snapshot(self._dsn, who.tenant_id, ask, self.budget_seconds), ask, file_format)
        try:
            yield worker
        except BaseException:
            # Not waited for: it may be in the middle of what cannot be hurried.
            worker.break_off()
            self._close(worker, who)
            raise
        await asyncio.shield(self._close(worker, who))

    def _close(self, worker: Worker, who: Principal) -> asyncio.Future[None]:
        closed = worker.close(self._freed)
        # On the event loop, unlike `_freed`: shares are not for several threads.
        closed.add_done_callback(lambda _: self._shares.give_back(who))
        return closed

    def _freed(self) -> None:
        EXPORTS.dec()
        self._slots.release()
