"""Erase a person from Redis: their hash holds the erased flag, and nothing else.

The scripts that load and write people respect the flag: a worker that loaded the person before cannot write
them back. Once the flag expires or Redis evicts it, workers read the erasure from PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from operations.hot_keys import hot_keys
from operations.stores import redis
from playhead.progress.identifiers import ContentId
from playhead.settings import RedisSettings
from playhead.wire.keys import is_older_name
from playhead.wire.redis_keys import ERASED, FENCE
from stream_processors.stores.erased_flag import person_ttl_seconds, set_erased_flag

_COMMAND = "erase"


@dataclass(frozen=True, slots=True)
class HotItems:
    """What Redis holds of a person."""

    items: frozenset[ContentId] = frozenset()
    partition: int | None = None
    """The partition of their heartbeats; None if Redis does not have it."""


def hot_items(settings: RedisSettings, person: str) -> HotItems:
    """What Redis holds of a person, given as `tenant:user`."""
    with redis(settings, _COMMAND) as client:
        found = [
            cast("dict[bytes, bytes]", client.hgetall(key))
            for key in hot_keys(client, settings).hashes_of(person)
        ]
    fields = next((each for each in found if each), {})
    partition = fields.get(FENCE.encode(), b"").partition(b":")[0]
    return HotItems(_items(fields), int(partition) if partition else None)


def erase_hot_items(settings: RedisSettings, person: str, at_ms: int) -> int:
    """Replace everything that Redis holds of a person by the erased flag; how many items that were."""
    with redis(settings, _COMMAND) as client:
        erased = 0
        for key in hot_keys(client, settings).hashes_of(person):
            with client.pipeline(transaction=True) as together:
                together.hkeys(key)
                set_erased_flag(together, key, at_ms, person_ttl_seconds(settings))
                fields, *_ = together.execute()
            erased += len(_items(fields))
        client.zrem(settings.redis_keys.over_quota, person)
        return erased


def clear_erased_flag(settings: RedisSettings, person: str) -> bool:
    """Delete the erased flag; whether it was there."""
    with redis(settings, _COMMAND) as client:
        return sum(client.hdel(key, ERASED) for key in hot_keys(client, settings).hashes_of(person)) > 0


def _items(fields: Collection[bytes]) -> frozenset[ContentId]:
    names = {each.decode() for each in fields} - {FENCE, ERASED}
    return frozenset(ContentId(each) for each in names if not is_older_name(each))
