"""What Redis has of partitions."""

from __future__ import annotations

from collections.abc import Mapping

from operations.stores import redis
from playhead.settings import RedisSettings
from playhead.wire.keys import applied_hash

_COMMAND = "repartition"
_SETTLE = """
if redis.call('HGET', KEYS[1], 'next') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'emitted', ARGV[1])
end
"""


def settle_published(settings: RedisSettings, stored: Mapping[int, int]) -> None:
    """Note that everything up to these offsets, by partition, is published.

    A worker that starts publishes again what Redis does not know to be published. Of people who have moved,
    that would be states of their former partition.
    """
    with redis(settings, _COMMAND) as client:
        for partition, offset in stored.items():
            client.eval(_SETTLE, 1, applied_hash(partition), str(offset))


def is_taken_over(settings: RedisSettings, partitions: int) -> bool:
    """Whether a processor has claimed each partition."""
    with redis(settings, _COMMAND) as client:
        return all(client.hexists(applied_hash(each), "claim") for each in range(partitions))


def hot_partitions(_: RedisSettings) -> int | None:
    """The number of partitions that the keys follow: none as long as keys do not name their partition."""
    return None


def count_moves(_: RedisSettings, __: int) -> int:
    """How many people would be moved."""
    return 0


def rekey(_: RedisSettings, __: int) -> int:
    """Move everyone whose key is of another partition; how many people were moved."""
    return 0
