"""Erase an organisation from PostgreSQL: first its id is noted, then the rows of every table go, in batches.

From the note on, sinks and processors ignore what comes of it. What works in the background may still derive
rows from others that are there, and a trigger note a change: so the tables are passed until nothing is found.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql

from operations.archive.retention import RetentionError
from operations.erase.database import NO_BATCH
from operations.erase.subject import Organisation
from operations.tenants.tables import KEPT_TABLES, tenant_tables
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent

BATCH = 5_000
"""Rows deleted in one transaction, during which sinks wait."""
_PASSES = 10
_NOTE = "INSERT INTO progress.erased_tenants (tenant_id) VALUES (%(tenant)s) ON CONFLICT DO NOTHING"
_ERASED_AT = "SELECT erased_at FROM progress.erased_tenants WHERE tenant_id = %(tenant)s"
_READMIT = "DELETE FROM progress.erased_tenants WHERE tenant_id = %(tenant)s"
_REFERENCES = """
SELECT r.relname, t.relname FROM pg_constraint AS c
JOIN pg_class AS t ON t.oid = c.conrelid
JOIN pg_class AS r ON r.oid = c.confrelid
WHERE c.contype = 'f' AND c.connamespace = 'progress'::regnamespace AND c.conparentid = 0
"""
_PLACES = sql.SQL("SELECT ctid FROM {} WHERE tenant_id = %(tenant)s")
# In two months of `sessions` a place may be the same: both rows are of the tenant then, and both go.
_DELETE = sql.SQL("DELETE FROM {} WHERE tenant_id = %(tenant)s AND ctid = ANY(%(places)s::tid[])")


def erased_at(connection: psycopg.Connection, organisation: Organisation) -> datetime | None:
    """When it was erased; None if it was not."""
    row = connection.execute(_ERASED_AT, organisation._asdict()).fetchone()
    return None if row is None else row[0]


def note(connection: psycopg.Connection, organisation: Organisation, event: AuditEvent) -> datetime:
    """Note that the organisation is erased, with the audit event; when it was first erased."""
    with connection.transaction():
        connection.execute(NO_BATCH)
        connection.execute(_NOTE, organisation._asdict())
        connection.execute(audit.INSERT, audit.row(event))
        at = erased_at(connection, organisation)
    if at is None:
        raise RetentionError(f"{organisation.tenant} could not be noted as erased")
    return at


def delete_rows(connection: psycopg.Connection, organisation: Organisation) -> dict[str, int]:
    """Delete every row of a noted organisation; how many, by table."""
    tables = _tables(connection)
    deleted = Counter(dict.fromkeys(tables, 0))
    for _ in range(_PASSES):
        found = {table: _delete(connection, table, organisation) for table in tables}
        deleted.update(found)
        if not any(found.values()):
            break
    return dict(deleted)


def readmit(connection: psycopg.Connection, organisation: Organisation, event: AuditEvent) -> bool:
    """Lift the erasure, with the audit event; whether the organisation had been erased."""
    with connection.transaction():
        connection.execute(NO_BATCH)
        was_erased = connection.execute(_READMIT, organisation._asdict()).rowcount > 0
        connection.execute(audit.INSERT, audit.row(event))
        return was_erased


def _tables(connection: psycopg.Connection) -> list[str]:
    """The tables with rows to erase, each before those that it refers to: nothing goes by a cascade."""
    found = [table for table in tenant_tables(connection) if table not in KEPT_TABLES]
    order = TopologicalSorter[str](dict.fromkeys(found, ()))
    for referred, table in connection.execute(_REFERENCES).fetchall():
        if referred != table and {referred, table} <= set(found):
            order.add(referred, table)
    return list(order.static_order())


def _delete(connection: psycopg.Connection, table: str, organisation: Organisation) -> int:
    """Delete the rows that a table has now: they are found by one scan, however many there are."""
    name, values, deleted = sql.Identifier("progress", table), organisation._asdict(), 0
    with connection.cursor(name="erase", withhold=True) as places:
        places.itersize = BATCH
        places.execute(_PLACES.format(name), values)
        while batch := places.fetchmany(BATCH):
            with connection.transaction():
                connection.execute(NO_BATCH)
                chosen = {**values, "places": [place for (place,) in batch]}
                deleted += connection.execute(_DELETE.format(name), chosen).rowcount
    return deleted
