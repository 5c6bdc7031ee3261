"""Fills columns that a revision added, after its transaction: in batches, while the services run.

Each batch is a transaction of its own. A migration that was killed is run again, and continues: only rows
without a value are filled.
"""

from __future__ import annotations

import psycopg

BATCH = 5_000
"""Rows of one transaction: some 50 ms during which a write of the same rows waits."""

_FILL = """
WITH missing AS (
    SELECT {key} FROM progress.{table} WHERE {column} IS NULL LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE progress.{table} AS o SET {column} = progress.search_key(o.{name})
FROM missing AS m WHERE {same}
"""
_COLUMNS = (
    ("people", "name_key", "display_name", "user_id"),
    ("teams", "name_key", "name", "team_id"),
    ("content_items", "title_key", "title", "content_id"),
)


def fill(connection: psycopg.Connection) -> int:
    """Fill what is missing, over a connection that commits each statement; return how many rows that was."""
    return sum(_filled(connection, *each) for each in _COLUMNS)


def _filled(connection: psycopg.Connection, table: str, column: str, name: str, identifier: str) -> int:
    query = _FILL.format(
        table=table,
        column=column,
        name=name,
        key=f"tenant_id, {identifier}",
        same=f"o.tenant_id = m.tenant_id AND o.{identifier} = m.{identifier}",
    )
    total = 0
    while rows := connection.execute(query.encode(), {"batch": BATCH}).rowcount:
        total += rows
    return total
