"""People with progress, put into real stores as the processor and the sink do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import psycopg
from msgspec import Raw
from psycopg.types.json import Jsonb
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from playhead.identity import Principal, mint_development_token
from playhead.progress import (
    NOTHING,
    ContentId,
    Heartbeat,
    HeartbeatId,
    Instant,
    Intervals,
    Policy,
    Progress,
    Session,
    SessionId,
    TenantId,
    UserId,
    apply,
    summarize,
)
from playhead.progress.figures.watch_time import wall_ms
from playhead.settings import QuerySettings
from playhead.wire.codec import encode
from playhead.wire.live import LiveChange
from playhead.wire.progress import encode_progress
from playhead.wire.redis_keys import FENCE
from query_api.access import Person
from query_api.views import moment
from sinks.tables.copy import slices
from sinks.tables.milestones import act_rows
from tests.hot import KEYS, channel_of, hash_of
from tests.services import PARTITIONS, Database

NOON = Instant(1_763_800_000_000)
MINUTE = 60_000


def new_person(tenant: TenantId | None = None) -> Person:
    return Person(tenant or TenantId(str(uuid4())), UserId(str(uuid4())))


def new_content() -> ContentId:
    return ContentId(str(uuid4()))


def headers(settings: QuerySettings, person: Person, roles: tuple[str, ...] = ()) -> dict[str, str]:
    token = mint_development_token(settings, person.tenant_id, person.user_id, roles)
    return {"Authorization": f"Bearer {token}"}


def principal(person: Person, *roles: str) -> Principal:
    return Principal(person.tenant_id, person.user_id, frozenset(roles))


def heartbeat(person: Person, content: ContentId, at: int, **fields: Any) -> Heartbeat:
    return Heartbeat(
        heartbeat_id=HeartbeatId(str(uuid4())),
        tenant_id=person.tenant_id,
        user_id=person.user_id,
        content_id=content,
        occurred_at=Instant(at),
        received_at=Instant(at),
        **fields,
    )


def fold(*heartbeats: Heartbeat) -> Progress:
    progress = NOTHING
    for each in heartbeats:
        progress = apply(progress, each, Policy())
    return progress


def watched(
    seconds: int, *, of: int = 600, at: int = NOON, rate: float = 1.0, session: str | None = None
) -> Progress:
    """Progress of one session that played from the start for so many seconds, beginning at `at`."""
    person, content = new_person(), new_content()
    name = SessionId(session or str(uuid4()))
    common: dict[str, Any] = {
        "session_id": name,
        "duration_ms": of * 1000,
        "playback_rate": rate,
        "started_at": Instant(at),
    }
    played = {
        "watched": Intervals.of([(0, seconds * 1000)]),
        "watch_ms": round(seconds * 1000 / rate),
        "position_ms": seconds * 1000,
        "sequence": 1,
    }
    return fold(heartbeat(person, content, at + round(seconds * 1000 / rate), **common, **played))


@dataclass
class World:
    """The stores, and who is in them."""

    redis_url: str
    database: Database
    redis: Redis = field(init=False)

    def __post_init__(self) -> None:
        self.redis = Redis.from_url(self.redis_url)
        with suppress(RedisConnectionError):  # some tests begin without Redis
            self._tag_keys()

    def _tag_keys(self) -> None:
        """Set the number of partitions, as the first processor does."""
        self.redis.set(KEYS.partitions, PARTITIONS)

    def close(self) -> None:
        self.redis.close()

    def settings(self, **changes: Any) -> QuerySettings:
        values: dict[str, Any] = {
            "redis_url": self.redis_url,
            "postgres_reader_dsn": self.database.reader_dsn,
            "query_port": 0,
            # Machines under test are busy; what the budget is for has tests of its own.
            "query_redis_timeout_seconds": 2.0,
        }
        return QuerySettings(**values | changes)

    def hold(self, person: Person, items: Mapping[ContentId, Progress]) -> None:
        """In Redis, whole."""
        self._tag_keys()
        fields: dict[Any, Any] = {content: encode_progress(progress) for content, progress in items.items()}
        self.redis.hset(hash_of(person.key), mapping={FENCE: "0:1"} | fields)

    def change(self, person: Person, content: ContentId, progress: Progress) -> None:
        """Write to Redis and publish to live channels, atomically, as the processor does."""
        change = encode(LiveChange(content, Raw(encode_progress(progress))))
        with self.redis.pipeline(transaction=True) as together:
            together.hset(hash_of(person.key), mapping={FENCE: "0:1", content: encode_progress(progress)})
            together.publish(channel_of(person.key), change)
            together.execute()

    def store(self, person: Person, items: Mapping[ContentId, Progress]) -> None:
        """In Postgres."""
        with psycopg.connect(self.database.admin_dsn) as connection:
            for content, progress in items.items():
                _insert(connection, person, content, progress)

    def catalogue(self, tenant: TenantId, content: ContentId, *, archived: bool) -> None:
        """Put an item of the catalogue into Postgres, or change it."""
        with psycopg.connect(self.database.admin_dsn) as connection:
            connection.execute(
                """
                INSERT INTO progress.content_items (tenant_id, content_id, title, type, archived)
                VALUES (%s, %s, 'A film', 'video', %s)
                ON CONFLICT (tenant_id, content_id) DO UPDATE SET archived = excluded.archived
                """,
                [tenant, content, archived],
            )

    def name(self, person: Person, name: str) -> None:
        """Put the person into the directory."""
        with psycopg.connect(self.database.admin_dsn) as connection:
            connection.execute(
                "INSERT INTO progress.people (tenant_id, user_id, display_name) VALUES (%s, %s, %s)",
                [person.tenant_id, person.user_id, name],
            )

    def spoil(self, person: Person) -> None:
        """Make the person's rows unreadable."""
        with psycopg.connect(self.database.admin_dsn) as connection:
            connection.execute(
                "UPDATE progress.user_progress SET state = '{broken' WHERE user_id = %s", [person.user_id]
            )

    def visible_without_tenant(self, *, admin: bool = False) -> int:
        """How many rows the query API's role sees before it sets a tenant."""
        dsn = self.database.admin_dsn if admin else self.database.reader_dsn
        with psycopg.connect(dsn) as connection:
            row = connection.execute("SELECT count(*) FROM progress.user_progress").fetchone()
        return 0 if row is None else int(row[0])

    def forget(self, person: Person) -> None:
        """In Redis."""
        self.redis.delete(hash_of(person.key))


def _insert(connection: psycopg.Connection, person: Person, content: ContentId, progress: Progress) -> None:
    summary = summarize(progress, Policy())
    values: dict[str, Any] = {
        "tenant_id": person.tenant_id,
        "user_id": person.user_id,
        "content_id": content,
        "progress_type": summary.kind,
        "progress_percentage": summary.percentage,
        "completion_count": summary.completion_count,
        "total_sessions": summary.total_sessions,
        "started_at": _moment(summary.started_at),
        "last_viewed_at": _moment(summary.last_at),
        "completed_at": _moment(summary.completed_at),
        "attempt_at": _moment(summary.attempt_at),
        "metadata": Jsonb({}),
        "status": summary.status,
        "evidence": summary.evidence,
        "watched": _multirange(summary.watched),
        "duration_ms": summary.duration_ms,
        "coverage": summary.coverage,
        "attained": summary.attained,
        "slices": slices(summary),
        "content_ms": summary.content_ms,
        "wall_ms": summary.wall_ms,
        "state": encode_progress(progress).decode(),
        "source_partition": 0,
        "source_offset": 1,
    }
    places = ", ".join(f"%({name})s" for name in values)
    query = f"INSERT INTO progress.user_progress ({', '.join(values)}) VALUES ({places})"
    connection.execute(query.encode(), values)
    for key, session in progress.sessions.items():
        _insert_session(connection, person, content, key, session)
    _insert_milestones(connection, person, content, progress)


def _insert_session(
    connection: psycopg.Connection, person: Person, content: ContentId, key: str, session: Session
) -> None:
    connection.execute(
        """
        INSERT INTO progress.sessions (tenant_id, user_id, started_at, content_id, session_key, last_at,
            watched, pages, watch_ms, wall_ms, content_ms, ended)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            *(person.tenant_id, person.user_id, moment(session.started_at), content, key),
            *(moment(session.last_at), _multirange(session.watched), _multirange(session.pages)),
            *(session.watch_ms, wall_ms(session, Policy()), session.watched.length, session.ended),
        ],
    )


def _insert_milestones(
    connection: psycopg.Connection, person: Person, content: ContentId, progress: Progress
) -> None:
    owner = (person.tenant_id, person.user_id, content)
    for number, each in enumerate(summarize(progress, Policy()).completions, start=1):
        connection.execute(
            "INSERT INTO progress.completions VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [*owner, number, moment(each.at), each.evidence, each.by],
        )
    for at, *act in act_rows(progress):
        connection.execute(
            "INSERT INTO progress.acts VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [*owner, moment(at), *act],
        )


def _moment(instant: Instant | None) -> datetime | None:
    return None if instant is None else moment(instant)


def _multirange(intervals: Intervals) -> str:
    return "{" + ",".join(f"[{start},{end})" for start, end in intervals.spans) + "}"


def now_ms() -> int:
    return time.time_ns() // 1_000_000
