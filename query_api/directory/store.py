"""Writes batches of rows: one transaction, a few statements per kind, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.progress.identifiers import TenantId
from query_api.access.erasure import refuse_erased
from query_api.directory import courses
from query_api.directory.answers import Code, DirectoryUpdate, Rejection
from query_api.directory.batch import RowBatch
from query_api.directory.requirements import refresh_changed
from query_api.directory.rows import ColumnValues
from query_api.directory.statements import LOCK, STATEMENTS
from query_api.postgres import Connection, Database

_REASONS: Mapping[str, tuple[Code, str]] = {
    "item": ("unknown", "there is no such item in the directory"),
    "person": ("unknown", "there is no such person in the directory"),
    "team": ("unknown", "there is no such team in the directory"),
    "course": ("invalid", "is a course, which cannot be a part of another"),
    "no course": ("invalid", "is the id of an item that is no course"),
    "required part": ("invalid", "leaves the course without a part that is not optional"),
    "part": ("invalid", "cannot be course: the item is a part of a course"),
    "parts": ("invalid", "is course: the item has parts, which `parts: []` takes away"),
    "erased": ("erased", "this person was erased; `playhead erase --readmit` lets them come back"),
    "archived": ("archived", "this item is archived; it can be required once it is archived no longer"),
}


class DirectoryStore:
    """Writes the directory; raises `UnavailableError` if PostgreSQL does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def apply(
        self, tenant: TenantId, batches: Sequence[RowBatch], *, dry_run: bool, event: AuditEvent
    ) -> list[DirectoryUpdate]:
        """Store the rows of each batch, in order, and the audit event, in one transaction.

        A row may refer to rows of earlier batches. A dry run is the same transaction, rolled back.

        Raises:
            ForbiddenError: the organisation was erased.
        """

        async def work(connection: Connection) -> list[DirectoryUpdate]:
            async with connection.transaction(force_rollback=dry_run):
                await refuse_erased(connection, tenant)
                await connection.execute(LOCK, {"tenant": tenant})
                writing = _Writing(connection, tenant)
                updates = [await writing.apply(batch, dry_run=dry_run) for batch in batches]
                if any(map(_touches_courses, batches, updates)):
                    await courses.refresh(connection, tenant)
                if not dry_run:
                    await refresh_changed(connection, tenant)
                written = replace(event, rows=changed(updates))
                await connection.execute(audit.INSERT, audit.row(written))
                return updates

        return await self._database.within(tenant, work)


def changed(updates: Iterable[DirectoryUpdate]) -> int:
    """The number of rows that changed something."""
    return sum(update.upserted + update.removed for update in updates)


def _touches_courses(batch: RowBatch, update: DirectoryUpdate) -> bool:
    return batch.kind.name in {"content", "parts"} and changed([update]) > 0


class _Writing:
    """One transaction."""

    def __init__(self, connection: Connection, tenant: TenantId) -> None:
        self._connection = connection
        self._tenant = tenant

    async def apply(self, batch: RowBatch, *, dry_run: bool) -> DirectoryUpdate:
        statements = STATEMENTS[batch.kind.name]
        missing = [await self._ask(statement, batch.stored) for statement in statements.refused]
        refused = [_rejection(*each) for found in missing for each in found]
        out = {each.index for each in refused}
        kept = [record for record in batch.stored if record["index"] not in out]
        upserted = await self._touched(statements.store, kept)
        removed = await self._touched(statements.remove, batch.removed)
        return DirectoryUpdate(
            upserted=upserted,
            unchanged=len(kept) + len(batch.removed) - upserted - removed,
            removed=removed,
            rejected=sorted(batch.rejected + refused, key=lambda each: each.index),
            dry_run=dry_run,
        )

    async def _touched(self, statements: Iterable[str], records: Sequence[ColumnValues]) -> int:
        """How many of the rows changed something."""
        found = [await self._ask(statement, records) for statement in statements]
        return len({index for touched in found for (index,) in touched})

    async def _ask(self, query: str, records: Sequence[ColumnValues]) -> list[tuple[Any, ...]]:
        if not records:
            return []
        values = {"tenant": self._tenant, "rows": msgspec.json.encode(records).decode()}
        return await (await self._connection.execute(query.encode(), values)).fetchall()


def _rejection(index: int, field: str, missing: str) -> Rejection:
    code, reason = _REASONS[missing]
    return Rejection(index=index, field=field, code=code, reason=reason)
