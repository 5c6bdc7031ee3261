"""Erasing a person from the hot store: their hash holds a mark, and nothing of theirs.

The scripts that load and write people know the mark: a worker that had loaded the person before cannot write
them back. When the mark's time is up, or Redis lets it go, workers learn the same from Postgres.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis, RedisError

from playhead.causes import cause_of
from playhead.progress.identifiers import ContentId
from playhead.settings import RedisSettings
from playhead.wire.keys import ERASED, FENCE, progress_hash
from stream_processors.stores.erased_flag import person_ttl_seconds, set_erased_flag

TIMEOUT_SECONDS = 5.0


class HotErasureError(Exception):
    """Redis does not answer; what was asked may be asked again."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the hot store has of a person."""

    items: frozenset[ContentId] = frozenset()
    partition: int | None = None
    """Of the log that their heartbeats come from; None where the hot store does not say."""


def held(settings: RedisSettings, person: str) -> Held:
    """What the hot store has of a person (`tenant:user`).

    Raises:
        HotErasureError: it does not answer.
    """
    with _redis(settings) as redis:
        fields = cast("dict[bytes, bytes]", redis.hgetall(progress_hash(person)))
    items = (ContentId(field.decode()) for field in fields.keys() - {FENCE.encode(), ERASED.encode()})
    partition = fields.get(FENCE.encode(), b"").partition(b":")[0]
    return Held(frozenset(items), int(partition) if partition else None)


def mark(settings: RedisSettings, person: str, at_ms: int) -> int:
    """Put the mark in place of all that the hot store has of a person; how many items it had.

    Raises:
        HotErasureError: it does not answer.
    """
    with _redis(settings) as redis, redis.pipeline(transaction=True) as together:
        together.hkeys(progress_hash(person))
        set_erased_flag(together, person, at_ms, person_ttl_seconds(settings))
        held, *_ = together.execute()
        return _items(held)


def unmark(settings: RedisSettings, person: str) -> bool:
    """Take the mark away; whether there was one.

    Raises:
        HotErasureError: the hot store does not answer.
    """
    with _redis(settings) as redis:
        return bool(redis.hdel(progress_hash(person), ERASED))


def _items(fields: Any) -> int:
    return len(set(fields) - {FENCE.encode(), ERASED.encode()})


@contextmanager
def _redis(settings: RedisSettings) -> Iterator[Redis]:
    try:
        with Redis.from_url(
            settings.redis_url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            client_name="playhead-erase",
        ) as redis:
            yield redis
    except RedisError as error:
        raise HotErasureError(f"Redis (PLAYHEAD_REDIS_URL): {cause_of(error)}") from error
