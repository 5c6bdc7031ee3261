"""The number of partitions that the keys of Redis are tagged by, as Redis has it, and the keys that follow.

The processor sets it before it writes anything. A reader reads it again every few seconds; while it is not
known, Redis has only keys of former releases, if any.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import cast

from playhead.redis.connection import AsyncRedis
from playhead.wire.partitioner import partition_of
from playhead.wire.redis_keys import RedisKeys

TRUSTED_SECONDS = 5.0
"""How long the number is used before it is read again."""
UNKNOWN_SECONDS = 0.2
"""The same while there is none, before the first processor has begun."""


@dataclass(frozen=True, slots=True)
class HotKeys:
    """The keys of people in Redis."""

    partitions: int | None
    """None while no processor has set it."""
    names: RedisKeys

    def hash_of(self, person: str) -> str | None:
        """The hash of a person (`tenant:user`); None while it is not known."""
        if self.partitions is None:
            return None
        return self.names.progress_hash(partition_of(person, self.partitions), person)

    def hashes_of(self, person: str) -> list[str]:
        """Every hash that may hold the person, the former one last."""
        current = self.hash_of(person)
        return [*([] if current is None else [current]), self.names.former_progress_hash(person)]

    def channel_of(self, person: str) -> str:
        """The channel on which the processor publishes a person's changes."""
        if self.partitions is None:
            return self.names.former_live_channel(person)
        return self.names.live_channel(partition_of(person, self.partitions), person)

    def every_partition(self) -> Iterable[int]:
        """All partitions that are known."""
        return range(self.partitions or 0)


def keys_from(answer: bytes | None, names: RedisKeys) -> HotKeys:
    """The keys by the value of `RedisKeys.partitions`."""
    return HotKeys(None if answer is None else int(answer), names)


class HotPartitions:
    """Reads the number of partitions when it is too old."""

    def __init__(self, names: RedisKeys, clock: Callable[[], float] = time.monotonic) -> None:
        self.keys = HotKeys(None, names)
        """As of the last read."""
        self._clock = clock
        self._read_at: float | None = None

    async def current(self, client: AsyncRedis) -> HotKeys:
        """The keys, read again if they are too old.

        Raises:
            RedisError, OSError: as the client does, if they had to be read.
        """
        trusted = UNKNOWN_SECONDS if self.keys.partitions is None else TRUSTED_SECONDS
        if self._read_at is None or self._clock() - self._read_at >= trusted:
            await self.read(client)
        return self.keys

    async def read(self, client: AsyncRedis) -> HotKeys:
        """The keys, read now: a service does so in the background, so that its requests need not.

        Raises:
            RedisError, OSError: as the client does.
        """
        names = self.keys.names
        self.keys = keys_from(await cast("Awaitable[bytes | None]", client.get(names.partitions)), names)
        self._read_at = self._clock()
        return self.keys
