"""Sessions of long ago, stored as the sink stores them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from tests.services import Database

TENANTS = [str(UUID(int=0x4000_8000 + n)) for n in (1, 2)]
PEOPLE = [str(UUID(int=0x5000_8000 + n)) for n in range(6)]
ITEMS = [str(UUID(int=0x6000_8000 + n)) for n in range(4)]


@dataclass(frozen=True)
class SeededSession:
    """A session to be stored; its other columns are random."""

    tenant: str
    user: str
    content: str
    began: datetime
    key: str

    def row(self, dice: random.Random) -> dict[str, Any]:
        watched = sorted(dice.sample(range(0, 600_000, 100), 2 * dice.randrange(4)))
        spans = ",".join(f"[{a},{b})" for a, b in zip(watched[::2], watched[1::2], strict=True))
        pages = dice.choice(["{}", "{[1,4)}", "{[1,2),[5,9)}"])
        wall_ms = dice.randrange(1, 600_000)
        quarter, part_ms = int(self.began.timestamp()) // 900, dice.randrange(wall_ms)
        return {
            "tenant_id": self.tenant,
            "user_id": self.user,
            "started_at": self.began,
            "content_id": self.content,
            "session_key": self.key,
            "last_at": self.began + timedelta(milliseconds=dice.randrange(3_600_000)),
            "watched": "{" + spans + "}",
            "pages": pages,
            "watch_ms": dice.randrange(600_000),
            "content_ms": sum(watched[1::2]) - sum(watched[::2]),
            "wall_ms": wall_ms,
            "position_ms": dice.choice([None, dice.randrange(600_000)]),
            "scroll_position": dice.choice([None, dice.random()]),
            "ended": dice.random() < 0.5,
            "quarters": dice.choice([None, [quarter, part_ms, 0, wall_ms - part_ms]]),
        }


def month_of_sessions(month: date, count: int, seed: int = 1) -> list[SeededSession]:
    """Random sessions of a month, of which two begin at its first and its last instant."""
    dice = random.Random(f"{month} {seed}")
    start = datetime(month.year, month.month, 1, tzinfo=UTC)
    stop = (start + timedelta(days=32)).replace(day=1)
    length = (stop - start) // timedelta(milliseconds=1)
    instants = [0, length - 1, *(dice.randrange(length) for _ in range(count - 2))]
    return [
        SeededSession(
            dice.choice(TENANTS),
            dice.choice(PEOPLE),
            dice.choice(ITEMS),
            start + timedelta(milliseconds=at),
            str(UUID(int=dice.getrandbits(128))) if dice.random() < 0.8 else f"~{at}",
        )
        for at in instants[:count]
    ]


def store(database: Database, these: Iterable[SeededSession], seed: int = 1) -> None:
    """Store sessions as the sink does, with their months and the figures of their days."""
    dice = random.Random(seed)
    rows = [each.row(dice) for each in these]
    with psycopg.connect(database.writer_dsn, autocommit=True) as writer:
        for month in sorted({row["started_at"].date().replace(day=1) for row in rows}):
            writer.execute("SELECT progress.make_sessions_month(%s)", [month])
        names = list(rows[0])
        places = ", ".join(f"%({name})s" for name in names)
        query = f"INSERT INTO progress.sessions ({', '.join(names)}) VALUES ({places})"
        with writer.cursor() as cursor:
            cursor.executemany(query.encode(), rows)
        writer.execute(_DAYS)


_DAYS = """
WITH counted AS (
    SELECT s.tenant_id, s.user_id, q.quarter, sum(q.wall_ms) AS wall_ms
    FROM progress.sessions AS s
    CROSS JOIN LATERAL progress.quarters_of(s.started_at, s.last_at, s.wall_ms, s.quarters) AS q
    GROUP BY 1, 2, 3
),
quarters AS (
    INSERT INTO progress.person_quarters SELECT * FROM counted
    ON CONFLICT (tenant_id, user_id, quarter) DO UPDATE SET wall_ms = excluded.wall_ms
),
days AS (
    INSERT INTO progress.person_days
    SELECT tenant_id, (at AT TIME ZONE 'UTC')::date, user_id, sum(sessions), sum(wall_ms)
    FROM (
        SELECT tenant_id, user_id, started_at AS at, 1 AS sessions, 0 AS wall_ms FROM progress.sessions
        UNION ALL
        SELECT tenant_id, user_id, to_timestamp(quarter * 900.0), 0, least(wall_ms, 900000) FROM counted
    ) AS each GROUP BY 1, 2, 3
    ON CONFLICT (tenant_id, day, user_id)
        DO UPDATE SET sessions = excluded.sessions, wall_ms = excluded.wall_ms
    RETURNING *
)
INSERT INTO progress.daily_activity
SELECT tenant_id, day, 0, count(*), sum(sessions), sum(wall_ms), 0, 0 FROM days GROUP BY 1, 2
ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
    people = excluded.people, sessions = excluded.sessions, wall_ms = excluded.wall_ms
"""


def rows(database: Database, query: str, *values: Any) -> list[dict[str, Any]]:
    with psycopg.connect(database.admin_dsn, row_factory=dict_row) as connection:
        return connection.execute(query.encode(), values).fetchall()


def dump(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    found = {}
    with psycopg.connect(database.admin_dsn) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'progress'::regnamespace"
            " AND relkind = 'r' AND relpersistence = 'p'"
        ).fetchall()
        for (name,) in tables:
            query = f'SELECT to_jsonb(t)::text FROM progress."{name}" AS t ORDER BY 1'
            found[name] = [text for (text,) in connection.execute(query.encode())]
    return found


def sessions(database: Database) -> list[dict[str, Any]]:
    return rows(
        database,
        "SELECT to_jsonb(s) AS row FROM progress.sessions AS s"
        " ORDER BY tenant_id, user_id, started_at, content_id, session_key",
    )
