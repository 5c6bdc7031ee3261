"""The erased flags: of a person, in place of everything in their Redis hash; and of a whole organisation."""

from __future__ import annotations

from typing import NamedTuple

from redis.asyncio.client import Pipeline as AsyncPipeline
from redis.client import Pipeline

from playhead.progress.identifiers import TenantId
from playhead.settings import RedisSettings
from playhead.wire.redis_keys import ERASED, RedisKeys
from stream_processors.apply.decision import KnownPerson

_DAY_SECONDS = 86_400


def person_ttl_seconds(settings: RedisSettings) -> int:
    """How long Redis keeps a person without new heartbeats."""
    return settings.redis_person_ttl_days * _DAY_SECONDS


class ErasedKeys(NamedTuple):
    """Where the flags of a person and of their organisation are."""

    person: str
    """The person's hash."""
    tenants: str
    """The hash of erased organisations, of the person's partition."""
    tenant: TenantId

    @classmethod
    def of(cls, names: RedisKeys, partition: int, person: str) -> ErasedKeys:
        """Of a person, given as `tenant:user`."""
        tenant = TenantId(person.partition(":")[0])
        return cls(names.progress_hash(partition, person), names.erased_tenants_hash(partition), tenant)


def set_erased_flag(
    pipeline: Pipeline | AsyncPipeline, key: str, erased_at_ms: int, ttl_seconds: int
) -> None:
    """Add the commands that erase a person, given by their hash, and set the flag."""
    pipeline.delete(key)
    pipeline.hset(key, ERASED, str(erased_at_ms))
    pipeline.expire(key, ttl_seconds)


def set_tenant_erased_flag(
    pipeline: Pipeline | AsyncPipeline, key: str, tenant: TenantId, erased_at_ms: int, ttl_seconds: int
) -> None:
    """Add the commands that set the flag of an organisation in a hash of erased ones."""
    pipeline.hset(key, tenant, str(erased_at_ms))
    pipeline.expire(key, ttl_seconds)


def set_flag_of(pipeline: AsyncPipeline, keys: ErasedKeys, known: KnownPerson, ttl_seconds: int) -> None:
    """Add the commands that set the flag of an erased person, or of their erased organisation."""
    erased_at_ms = known.erased_at or 0
    if known.with_tenant:
        set_tenant_erased_flag(pipeline, keys.tenants, keys.tenant, erased_at_ms, ttl_seconds)
    else:
        set_erased_flag(pipeline, keys.person, erased_at_ms, ttl_seconds)
