"""What Redis says of its memory: whether it may evict people, or has."""

from __future__ import annotations

import asyncio
from typing import Any

from playhead.redis.nodes import RedisNodes
from playhead.settings import RedisSettings
from stream_processors.stores.redis_calls import note_memory, redis_call, require_noeviction

POLICY_SECONDS = 5.0
"""How long the answer about Redis' eviction policy is trusted; it is 2 kB."""


class HotMemory:
    """Asks the server, or the node of a partition."""

    def __init__(self, redis: RedisNodes, settings: RedisSettings) -> None:
        self._redis, self._settings = redis, settings
        self._trusted_until: dict[int, float] = {}

    async def require_noeviction(self, partition: int) -> None:
        """Check that keys of the partition are not evicted.

        Raises:
            EvictionPolicyError: they may be.
        """
        now = asyncio.get_running_loop().time()
        node = partition if self._redis.is_cluster else 0
        if now < self._trusted_until.get(node, 0.0):
            return
        memory = await self._info(partition, "memory")
        note_memory(memory, await self._info(partition, "stats"))
        require_noeviction(memory)
        self._trusted_until[node] = now + POLICY_SECONDS

    async def has_evicted(self, partition: int) -> bool:
        """Whether keys were evicted since the server started: a missing person may not be a new one."""
        return bool((await self._info(partition, "stats"))["evicted_keys"])

    async def _info(self, partition: int, section: str) -> dict[str, Any]:
        key = self._settings.redis_keys.applied_hash(partition)
        async with redis_call(self._settings):
            return await self._redis.call(key, lambda client: client.info(section))
