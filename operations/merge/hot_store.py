"""Delete a merged person from Redis, without the flag of an erased person: what still arrives counts."""

from __future__ import annotations

from operations.hot_keys import hot_keys
from operations.stores import redis
from playhead.settings import RedisSettings
from playhead.wire.redis_keys import ERASED, FENCE


def delete_hot_items(settings: RedisSettings, person: str) -> int:
    """Delete everything that Redis holds of a person, given as `tenant:user`; how many items that were."""
    names: set[bytes] = set()
    with redis(settings, "merge") as client:
        for key in hot_keys(client, settings).hashes_of(person):
            with client.pipeline(transaction=True) as together:
                together.hkeys(key)
                together.delete(key)
                fields, _ = together.execute()
            names |= set(fields)
        client.zrem(settings.redis_keys.over_quota, person)
    return len(names - {FENCE.encode(), ERASED.encode()})
