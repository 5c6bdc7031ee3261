"""How far a read replica is behind its primary.

A replica replays what the primary wrote, and does not know by itself whether it has everything: one that is
cut off looks like one whose primary rests. So the primary says up to where it has written, and the replica
whether it has come as far. If it has not, or the primary does not answer, its reports are from its last
replayed transaction.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

from playhead.progress.identifiers import TenantId
from query_api.errors import UnavailableError
from query_api.postgres import Database

RECENT = timedelta(seconds=5)
"""Reports so old are not marked: what they count is stored seconds after it happens, too."""
MOST = timedelta(minutes=10)
"""A replica further behind has no reports: it also decides which people a manager sees."""
TRIES = 4
PAUSE_SECONDS = 0.05
"""Between tries: what a primary that rests has just written takes a replica a moment, too."""

_WRITTEN = "SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn()::text END"
# Without a transaction since the replica started, its last restart point is the latest time that it knows.
_REPLAYED = """
SELECT
    pg_is_in_recovery() AND coalesce(pg_last_wal_replay_lsn() < %(written)s::pg_lsn, true),
    at, clock_timestamp() - at
FROM coalesce(pg_last_xact_replay_timestamp(), (SELECT checkpoint_time FROM pg_control_checkpoint())) AS at
"""


class _Replayed(NamedTuple):
    """What a replica says of itself."""

    is_behind: bool
    at: datetime
    """Of the last transaction that it has."""
    age: timedelta


class Replica:
    """The databases of reports beside those that they are copies of."""

    def __init__(self, primary: Database, copy: Database) -> None:
        self._primary = primary
        self._copy = copy

    async def behind_since(self, tenant: TenantId) -> datetime | None:
        """Up to when the tenant's replica has everything; None where that is a moment ago.

        To be asked before a report is read, so that the report is no older.

        Raises:
            UnavailableError: the replica does not respond, or is further behind than `MOST`.
        """
        try:
            (written,) = await self._primary.fetch_only(tenant, _WRITTEN, ())
        except UnavailableError:
            written = None
        tries = 1 if written is None else TRIES  # a primary that says nothing leaves nothing to wait for
        for left in reversed(range(tries)):
            found = _Replayed(*await self._copy.fetch_only(tenant, _REPLAYED, {"written": written}))
            if not found.is_behind or found.age <= RECENT:
                return None
            if left:
                await asyncio.sleep(PAUSE_SECONDS)
        if found.age > MOST:
            raise UnavailableError("postgres", f"the replica of reports is {found.age} behind")
        return found.at
