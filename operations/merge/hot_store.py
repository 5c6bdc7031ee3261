"""Delete a merged person from Redis, without the flag of an erased person: what still arrives counts."""

from __future__ import annotations

from operations.stores import redis
from playhead.settings import RedisSettings
from playhead.wire.keys import ERASED, FENCE, OVER_QUOTA, progress_hash


def delete_hot_items(settings: RedisSettings, person: str) -> int:
    """Delete everything that Redis holds of a person, given as `tenant:user`; how many items that were."""
    with redis(settings, "merge") as client, client.pipeline(transaction=True) as together:
        together.hkeys(progress_hash(person))
        together.delete(progress_hash(person))
        together.zrem(OVER_QUOTA, person)
        fields, *_ = together.execute()
    return len(set(fields) - {FENCE.encode(), ERASED.encode()})
