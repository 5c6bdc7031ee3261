"""The keys of people and organisations in Redis, for the operators' commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from redis.cluster import RedisCluster

from playhead.hot.partitions import HotKeys, keys_from
from playhead.redis.connection import SyncRedis
from playhead.settings import RedisSettings


def hot_keys(client: SyncRedis, settings: RedisSettings) -> HotKeys:
    """The keys by the number of partitions that Redis has."""
    names = settings.redis_keys
    found = cast("bytes | None", client.get(names.partitions))
    return keys_from(found, names, is_cluster=_cluster(client) is not None)


def erased_tenants_hashes(keys: HotKeys) -> Iterable[str]:
    """Every hash of erased organisations: of each partition, and the former one, which processors copy."""
    names = keys.names
    former = () if keys.is_cluster else (names.former_erased_tenants,)
    return (*map(names.erased_tenants_hash, keys.every_partition()), *former)


def every_node(client: SyncRedis) -> list[SyncRedis]:
    """A client of each node of a cluster that has slots; else the client itself."""
    cluster = _cluster(client)
    if cluster is None:
        return [client]
    return [cluster.get_redis_connection(each) for each in cluster.get_primaries()]


def _cluster(client: object) -> RedisCluster | None:
    return client if isinstance(client, RedisCluster) else None
