"""The keys of people and organisations in Redis, for the operators' commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from playhead.hot.partitions import HotKeys, keys_from
from playhead.redis.connection import SyncRedis
from playhead.settings import RedisSettings


def hot_keys(client: SyncRedis, settings: RedisSettings) -> HotKeys:
    """The keys by the number of partitions that Redis has."""
    names = settings.redis_keys
    return keys_from(cast("bytes | None", client.get(names.partitions)), names)


def erased_tenants_hashes(keys: HotKeys) -> Iterable[str]:
    """Every hash of erased organisations: of each partition, and the former one, which processors copy."""
    names = keys.names
    return (*map(names.erased_tenants_hash, keys.every_partition()), names.former_erased_tenants)
