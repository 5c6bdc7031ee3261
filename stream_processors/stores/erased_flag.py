"""The mark of an erased person: all that their hash in the hot store holds."""

from __future__ import annotations

from redis.asyncio.client import Pipeline as AsyncPipeline
from redis.client import Pipeline

from playhead.settings import RedisSettings
from playhead.wire.keys import ERASED, OVER_QUOTA, progress_hash

_DAY_SECONDS = 86_400


def person_ttl_seconds(settings: RedisSettings) -> int:
    """How long a person of whom nothing is heard stays in Redis."""
    return settings.redis_person_ttl_days * _DAY_SECONDS


def put(together: Pipeline | AsyncPipeline, person: str, erased_at_ms: int, ttl_seconds: int) -> None:
    """Add to a transaction that the mark takes the place of all there is of a person (`tenant:user`)."""
    key = progress_hash(person)
    together.delete(key)
    together.hset(key, ERASED, str(erased_at_ms))
    together.expire(key, ttl_seconds)
    together.zrem(OVER_QUOTA, person)
