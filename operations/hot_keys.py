"""The keys of people and organisations in Redis, for the operators' commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from playhead.hot.partitions import HotKeys, keys_from
from playhead.redis.connection import SyncRedis
from playhead.wire.former_keys import FORMER_ERASED_TENANTS
from playhead.wire.keys import PARTITIONS, erased_tenants_hash


def hot_keys(client: SyncRedis) -> HotKeys:
    """The keys by the number of partitions that Redis has."""
    return keys_from(cast("bytes | None", client.get(PARTITIONS)))


def erased_tenants_hashes(keys: HotKeys) -> Iterable[str]:
    """Every hash of erased organisations: of each partition, and the former one, which processors copy."""
    return (*map(erased_tenants_hash, keys.every_partition()), FORMER_ERASED_TENANTS)
