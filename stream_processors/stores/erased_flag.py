"""The erased flags: of a person, in place of everything in their Redis hash; and of a whole organisation."""

from __future__ import annotations

from redis.asyncio.client import Pipeline as AsyncPipeline
from redis.client import Pipeline

from playhead.progress.identifiers import TenantId
from playhead.settings import RedisSettings
from playhead.wire.keys import ERASED, ERASED_TENANTS, OVER_QUOTA, progress_hash
from stream_processors.apply.decision import KnownPerson

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


def set_tenant_erased_flag(
    pipeline: Pipeline | AsyncPipeline, tenant: TenantId, erased_at_ms: int, ttl_seconds: int
) -> None:
    """Add the commands that set the flag of an organisation; they delete nothing of its people."""
    pipeline.hset(ERASED_TENANTS, tenant, str(erased_at_ms))
    pipeline.expire(ERASED_TENANTS, ttl_seconds)


def set_flag_of(pipeline: AsyncPipeline, person: str, known: KnownPerson, ttl_seconds: int) -> None:
    """Add the commands that set the flag of an erased person, or of their erased organisation."""
    erased_at_ms = known.erased_at or 0
    if known.with_tenant:
        set_tenant_erased_flag(pipeline, TenantId(person.partition(":")[0]), erased_at_ms, ttl_seconds)
    else:
        set_erased_flag(pipeline, person, erased_at_ms, ttl_seconds)
