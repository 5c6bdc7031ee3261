"""Whether PostgreSQL has what Redis has: a state that never came into the log is in Redis alone.

May run while everything does. Redis is read first: a person's items, and their fence, the position up to
which they are applied. Then PostgreSQL: the position that it has stored, and after it the rows. Where that
position has passed the fence, each row is what Redis had, or newer. Where it has not, nothing is said yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import psycopg
from msgspec.structs import replace
from psycopg.rows import TupleRow
from redis import Redis, RedisError

from operations.audit.compare import AuditError, Finding
from playhead.postgres import connect
from playhead.progress import Progress
from playhead.settings import HotAuditSettings
from playhead.wire.codec import decode_progress
from playhead.wire.keys import ERASED, FENCE
from playhead.wire.topics import Topics

PEOPLE_AT_ONCE = 200
"""Read by one call each of Redis and PostgreSQL: some thousand rows."""
TRIES = 5
"""Random keys asked for, for each person wanted: some are not people, some are drawn twice."""
TIMEOUT_S = 10.0

_POSITIONS = "SELECT partition, source_next_offset FROM progress.positions WHERE topic = %s"
_ROWS = """
    SELECT tenant_id::text || ':' || user_id::text, content_id::text, state, source_partition, source_offset
    FROM unnest(%s::uuid[], %s::uuid[]) AS wanted (tenant_id, user_id)
    JOIN progress.user_progress USING (tenant_id, user_id)
"""


class _Held(NamedTuple):
    """A person as Redis has them."""

    person: str
    partition: int
    next_offset: int
    items: dict[str, bytes]


class _Row(NamedTuple):
    """An item as PostgreSQL has it."""

    state: str
    partition: int
    source_offset: int


def audit_hot(settings: HotAuditSettings, *, sample: int | None = None) -> Iterator[Finding]:
    """Go through everybody whom Redis holds, or through about `sample` people taken at random.

    Raises:
        AuditError: Redis or PostgreSQL cannot be read.
    """
    topic = Topics.named(settings.kafka_prefix).states.name
    try:
        with (
            Redis.from_url(
                settings.redis_url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
            ) as redis,
            connect(settings.postgres_dsn, "playhead-audit") as connection,
        ):
            keys = redis.scan_iter("progress:*", count=1_000) if sample is None else _at_random(redis, sample)
            rest = iter(keys)
            while some := list(islice(rest, PEOPLE_AT_ONCE)):
                yield from _compare(_held(redis, some), connection, topic)
    except RedisError as error:
        raise AuditError(f"cannot audit (PLAYHEAD_REDIS_URL): {type(error).__name__}") from error
    except psycopg.Error as error:
        raise AuditError(f"cannot audit (PLAYHEAD_POSTGRES_DSN): {type(error).__name__}") from error


def _at_random(redis: Redis, count: int) -> set[bytes]:
    with redis.pipeline(transaction=False) as pipe:
        for _ in range(count * TRIES):
            pipe.randomkey()
        drawn = {key for key in pipe.execute() if key is not None and key.startswith(b"progress:")}
    return set(list(drawn)[:count])


def _held(redis: Redis, keys: Sequence[bytes]) -> list[_Held]:
    with redis.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.hgetall(key)
        hashes = pipe.execute()
    held: list[_Held] = []
    for key, fields in zip(keys, hashes, strict=True):
        fence = fields.pop(FENCE.encode(), None)
        if fence is None or ERASED.encode() in fields:
            continue
        partition, next_offset = fence.decode().split(":")
        person = key.decode().removeprefix("progress:{").removesuffix("}")
        items = {content.decode(): state for content, state in fields.items()}
        held.append(_Held(person, int(partition), int(next_offset), items))
    return held


def _compare(
    held: Sequence[_Held], connection: psycopg.Connection[TupleRow], topic: str
) -> Iterator[Finding]:
    stored_to: dict[int, int] = dict(connection.execute(_POSITIONS, [topic]).fetchall())
    passed = [each for each in held if stored_to.get(each.partition, -1) >= each.next_offset]
    people = [each.person.split(":") for each in passed]
    wanted = [[tenant for tenant, _ in people], [user for _, user in people]]
    rows = {(person, content): _Row(*row) for person, content, *row in connection.execute(_ROWS, wanted)}
    for each in passed:
        for content, state in each.items.items():
            row = rows.get((each.person, content))
            if row is None or not _has(row, each, state):
                yield Finding("hot", f"{each.person}:{content}", _detail(each, state, row))


def _has(row: _Row, held: _Held, state: bytes) -> bool:
    if row.partition == held.partition and row.source_offset > held.next_offset:
        return True  # stored since Redis was read, and the later state knows all that the earlier one does
    return row.state.encode() == state or _apart_from_when(row.state.encode()) == _apart_from_when(state)


def _apart_from_when(state: bytes) -> Progress:
    """When it was completed may depend on how the log was cut."""
    return replace(decode_progress(state), completion=None)


def _detail(held: _Held, state: bytes, row: _Row | None) -> str:
    instead = "nothing" if row is None else f"one from before offset {row.source_offset}"
    return (
        f"Redis has a state of {len(state):,} bytes; PostgreSQL has stored partition {held.partition} up to "
        f"offset {held.next_offset} and beyond, and has {instead} of it"
    )
