"""The number of partitions that the keys of Redis are tagged by, as Redis has it, and the keys that follow.

The processor sets it before it writes anything. A reader reads it again every few seconds; while it is not
known, Redis has only keys of former releases, if any.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import cast

from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.redis.connection import AsyncRedis
from playhead.redis.nodes import RedisNodes
from playhead.wire.partitioner import partition_of
from playhead.wire.redis_keys import RedisKeys

TRUSTED_SECONDS = 5.0
"""How long the number is used before it is read again."""
UNKNOWN_SECONDS = 0.2
"""The same while there is none, before the first processor has begun."""
READ_SECONDS = 1.0
"""For a node of a Redis Cluster to answer, before the number that is known stays in use."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HotKeys:
    """The keys of people in Redis."""

    partitions: int | None
    """None while no processor has set it."""
    names: RedisKeys
    is_cluster: bool = False
    """A Redis Cluster never has keys of former releases, which would be in slots of their own."""

    def partition_of(self, person: str) -> int | None:
        """The partition of a person's heartbeats; None while it is not known."""
        return None if self.partitions is None else partition_of(person, self.partitions)

    def hash_of(self, person: str) -> str | None:
        """The hash of a person (`tenant:user`); None while it is not known."""
        if self.partitions is None:
            return None
        return self.names.progress_hash(partition_of(person, self.partitions), person)

    def hashes_of(self, person: str) -> list[str]:
        """Every hash that may hold the person, the former one last; a cluster may have none."""
        current = self.hash_of(person)
        former = [] if self.is_cluster else [self.names.former_progress_hash(person)]
        return [*([] if current is None else [current]), *former]

    def channel_of(self, person: str) -> str:
        """The channel on which the processor publishes a person's changes."""
        if self.partitions is None:
            return self.names.former_live_channel(person)
        return self.names.live_channel(partition_of(person, self.partitions), person)

    def every_partition(self) -> Iterable[int]:
        """All partitions that are known."""
        return range(self.partitions or 0)


def keys_from(answer: bytes | None, names: RedisKeys, *, is_cluster: bool = False) -> HotKeys:
    """The keys by the value of `RedisKeys.partitions`."""
    return HotKeys(None if answer is None else int(answer), names, is_cluster)


class HotPartitions:
    """Reads the number of partitions when it is too old."""

    def __init__(self, names: RedisKeys, clock: Callable[[], float] = time.monotonic) -> None:
        self.keys = HotKeys(None, names)
        """As of the last read."""
        self._clock = clock
        self._read_at: float | None = None

    async def current(self, nodes: RedisNodes) -> HotKeys:
        """The keys, read again if they are too old.

        In a cluster, only `read` reads a known number again: no request waits for the node that has it.
        Readers that use a former number do not find people in Redis, and read PostgreSQL.

        Raises:
            RedisError, OSError: as the client does, if they had to be read.
        """
        is_known = self.keys.partitions is not None
        if is_known and nodes.is_cluster:
            return self.keys
        trusted = TRUSTED_SECONDS if is_known else UNKNOWN_SECONDS
        if self._read_at is None or self._clock() - self._read_at >= trusted:
            await self.read(nodes)
        return self.keys

    async def read(self, nodes: RedisNodes) -> HotKeys:
        """The keys, read now: a service does so in the background, so that its requests need not.

        In a cluster, a number that is known stays in use while the node that has it is away.

        Raises:
            RedisError, OSError: as the client does.
        """
        if self.keys.partitions is None or not nodes.is_cluster:
            await self._read(nodes)
            return self.keys
        try:
            async with asyncio.timeout(READ_SECONDS):
                await self._read(nodes)
        except (RedisError, OSError) as error:
            _log.debug("the number of partitions stays %d: %s", self.keys.partitions, cause_of(error))
        return self.keys

    async def _read(self, nodes: RedisNodes) -> None:
        names = self.keys.names

        def get(client: AsyncRedis) -> Awaitable[bytes | None]:
            return cast("Awaitable[bytes | None]", client.get(names.partitions))

        self.keys = keys_from(await nodes.read(names.partitions, get), names, is_cluster=nodes.is_cluster)
        self._read_at = self._clock()
