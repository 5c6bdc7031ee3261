"""The erased flag: it replaces everything in the Redis hash of a person who was erased."""

from __future__ import annotations

from redis.asyncio.client import Pipeline as AsyncPipeline
from redis.client import Pipeline

from playhead.settings import RedisSettings
from playhead.wire.keys import ERASED, OVER_QUOTA, progress_hash

_DAY_SECONDS = 86_400


def person_ttl_seconds(settings: RedisSettings) -> int:
    """How long Redis keeps a person without new heartbeats."""
    return settings.redis_person_ttl_days * _DAY_SECONDS


def set_erased_flag(
    pipeline: Pipeline | AsyncPipeline, person: str, erased_at_ms: int, ttl_seconds: int
) -> None:
    """Add the commands that erase a person (`tenant:user`) and set the flag."""
    key = progress_hash(person)
    pipeline.delete(key)
    pipeline.hset(key, ERASED, str(erased_at_ms))
    pipeline.expire(key, ttl_seconds)
    pipeline.zrem(OVER_QUOTA, person)
