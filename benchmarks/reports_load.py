"""An organisation of 50,000 people among many smaller ones: rows, directory and counters, made in PostgreSQL.

Seeded by the numbers of the rows: every run makes the same. A state is one of a few that the kernel made, and
the columns that derive from it are its own; only the times differ from row to row.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.reports_rows import MONTHS, PER_PERSON, PREPARE, ROWS, SHARDS, VARIANTS
from operations.audit.counters import COUNTERS
from playhead.progress import Instant, Intervals, Policy, Progress, Session, summarize
from playhead.progress.session import Position
from playhead.wire.progress import encode_progress
from sinks.tables.copy import metadata, multirange, slices

DURATION_MS = 600_000
NOW = Instant(1_790_000_000_000)

_Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Tenants:
    """Some alike: the first one's number, how many, and the people of each."""

    first: int
    number: int
    people: int

    @property
    def rows(self) -> int:
        """Of progress, in all of them."""
        return self.number * self.people * PER_PERSON


def prepare(connection: _Connection) -> None:
    """What the rows are made of, and the months that sessions fall into."""
    connection.execute(PREPARE)
    insert = f"INSERT INTO bench_variants VALUES ({', '.join(['%s'] * 16)})"
    chance = random.Random(1)
    with connection.cursor() as cursor:
        cursor.executemany(insert.encode(), [_variant(number, chance) for number in range(VARIANTS)])
    connection.execute(MONTHS.encode(), {"now": NOW})


def load(connection: _Connection, tenants: Tenants) -> None:
    """Their people, teams, catalogue, progress and sessions."""
    values = {
        "first": tenants.first,
        "last": tenants.first + tenants.number - 1,
        "people": tenants.people,
        "now": NOW,
    }
    with _without_indexes(connection, "user_progress"):
        for statement in ROWS.split(";"):
            connection.execute(statement.encode(), values)


def count(connection: _Connection) -> None:
    """Recompute all counters by GROUP BY."""
    tables = dict.fromkeys(counter.table for counter in COUNTERS)
    connection.execute(
        f"TRUNCATE progress.user_summary, {', '.join(f'progress.{name}' for name in tables)}".encode()
    )
    connection.execute(_SUMMARIES)
    for counter in COUNTERS:
        keys = ", ".join(counter.keys)
        if counter.table in _UNSHARDED:  # the quarters first, from which the days are made
            copied = f"({keys}, {', '.join(counter.sums)}) {counter.made}"
            connection.execute(f"INSERT INTO progress.{counter.table} {copied}".encode())
    for counter in COUNTERS:
        if counter.table not in _UNSHARDED:
            connection.execute(_in_shards(counter.table, counter.keys, counter.sums, counter.made).encode())


def _in_shards(table: str, keys: tuple[str, ...], sums: tuple[str, ...], made: str) -> str:
    """A counter dealt out over shards, as batches of several partitions leave it.

    Of the measured tenant only: dealt out in the others too, the drop-off curves alone were 100 million rows.
    """
    dealt = ", ".join(
        f"CASE WHEN {_ALONE} THEN {name} WHEN shard = 0 THEN {name} - {SHARDS - 1} * div({name}, {SHARDS})"
        f" ELSE div({name}, {SHARDS}) END"
        for name in sums
    )
    zeros = [name for name in _SUMS.get(table, ()) if name not in sums]
    columns = ", ".join((*keys, "shard", *sums, *zeros))
    first = SHARDS * ("people" in sums)
    return (
        f"INSERT INTO progress.{table} ({columns}) "
        f"SELECT {', '.join(keys)}, {first} + shard, {', '.join((dealt, *['0'] * len(zeros)))} "
        f"FROM ({made}) AS made, generate_series(0, {SHARDS - 1}) AS shard WHERE shard = 0 OR NOT {_ALONE}"
    )


_ALONE = "(tenant_id <> bench_id('tenant', 1, 0))"
_UNSHARDED = ("person_quarters", "person_days")
_SUMS = {"daily_activity": ("people", "sessions", "wall_ms", "started", "completed")}
"""Where two counters share a table: each has shards of its own there."""


@contextmanager
def _without_indexes(connection: _Connection, table: str) -> Iterator[None]:
    """Rows go in faster where the indexes are made afterwards, in order."""
    listed = {"table": f"progress.{table}"}
    constraints = connection.execute(_CONSTRAINTS.encode(), listed).fetchall()
    for name, _ in constraints:
        connection.execute(f'ALTER TABLE progress.{table} DROP CONSTRAINT "{name}"'.encode())
    indexes = connection.execute(_INDEXES.encode(), listed).fetchall()
    for name, _ in indexes:
        connection.execute(f'DROP INDEX progress."{name}"'.encode())
    yield
    connection.execute(b"SET LOCAL maintenance_work_mem = '1GB'")
    for name, definition in constraints:
        connection.execute(f'ALTER TABLE progress.{table} ADD CONSTRAINT "{name}" {definition}'.encode())
    for _, definition in indexes:
        connection.execute(definition.encode())


def _variant(number: int, chance: random.Random) -> tuple[object, ...]:
    """A person's progress with an item: two sessions, of which the second goes on after a seek."""
    watched = chance.randrange(0, DURATION_MS // 2, 1_000) if number % 2 else DURATION_MS // 2
    sessions = {
        f"{number:08}-0000-4000-8000-000000000001": _session(NOW - 90_000_000, [(0, watched)]),
        f"{number:08}-0000-4000-8000-000000000002": _session(NOW, [(watched, 2 * watched)]),
    }
    progress = Progress(sessions=sessions, duration_ms=DURATION_MS)
    shown = summarize(progress, Policy())
    return (
        *(
            number,
            shown.kind,
            shown.percentage,
            shown.completion_count,
            shown.total_sessions,
            metadata(shown),
        ),
        *(shown.status, shown.evidence, multirange(shown.watched), shown.duration_ms, shown.content_ms),
        *(shown.wall_ms, encode_progress(progress).decode(), shown.coverage, shown.attained, slices(shown)),
    )


def _session(began: int, spans: list[tuple[int, int]]) -> Session:
    watched = Intervals.of(spans)
    last = Instant(began + watched.length)
    return Session(
        started_at=Instant(began),
        last_at=last,
        watched=watched,
        watch_ms=watched.length,
        rate=1.0,
        position=Position(last, 60, watched.length, None),
        measured=True,
    )


_SUMMARIES = b"""
INSERT INTO progress.user_summary (
    tenant_id, user_id, total_items, completed_items, in_progress_items, percentage_sum, content_ms, wall_ms,
    last_viewed_at
)
SELECT
    tenant_id, user_id, count(*), count(*) FILTER (WHERE status = 'completed'),
    count(*) FILTER (WHERE status = 'in_progress'), sum(progress_percentage), sum(content_ms), sum(wall_ms),
    max(last_viewed_at)
FROM progress.user_progress GROUP BY tenant_id, user_id
"""
_CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %(table)s::regclass AND contype IN ('p', 'u') ORDER BY conname
"""
_INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid)
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = %(table)s::regclass ORDER BY c.relname
"""
