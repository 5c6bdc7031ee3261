"""What Redis knows of people's items: who may begin no more, which a person has, and whether one is marked.

Redis knows an item before PostgreSQL does. Each question has a limit of time and an answer for when Redis is
away, so that no save fails with it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Collection
from functools import partial
from typing import cast

from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.hot.partitions import HotPartitions
from playhead.identity import Principal
from playhead.metrics.calls import measured
from playhead.progress.attempts import current_attempt
from playhead.progress.identifiers import ContentId
from playhead.redis.clients import redis_nodes
from playhead.redis.connection import AsyncRedis, async_client
from playhead.redis.refusals import explained
from playhead.settings import RedisSettings
from playhead.wire.keys import person_key
from playhead.wire.progress import decode_progress
from playhead.wire.redis_keys import FENCE

QUOTA_EVERY_SECONDS = 2.0
"""Between two reads of the people over their quota; a person may create items for this long beyond it."""
QUOTA_MAX_PEOPLE = 10_000
"""Kept in memory, about 2 MB; if there are more, the most recent ones are kept."""
QUOTA_READ_SECONDS = 2.0
ITEMS_SECONDS = 0.05
"""For Redis to say which items a person has."""
MARK_SECONDS = 1.0
"""For Redis to say what it has of one item: when a mark of a course is taken back, or a player starts."""

_log = logging.getLogger(__name__)


class ItemsAwayError(Exception):
    """Redis does not say what it knows."""

    def __init__(self) -> None:
        super().__init__("progress cannot be read at the moment; try again")


class ItemsInRedis:
    """Answers from Redis: most from a list read every two seconds, few by a request of their own.

    The processor notes there who is over the quota of items. While Redis is unavailable, or for people beyond
    `QUOTA_MAX_PEOPLE`, ingest accepts new items and the processor enforces the limit with dead letters.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self.nodes = self._redis = redis_nodes(settings, lambda each: async_client(each, "playhead-ingest"))
        self._partitions = HotPartitions(settings.redis_keys)
        self._read_over_quota = partial(_over_quota, key=settings.redis_keys.over_quota)
        self._over_quota = settings.redis_keys.over_quota
        self._people: frozenset[str] = frozenset()
        self._is_away = False

    def is_over(self, principal: Principal) -> bool:
        """Whether new items of the person are to be refused, as of the last read."""
        return bool(self._people) and person_key(principal.tenant_id, principal.user_id) in self._people

    async def run(self) -> None:
        """Read the people over their quota periodically until cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(QUOTA_EVERY_SECONDS)
        finally:
            await self._redis.aclose()

    async def look(self) -> None:
        """Read the people over their quota once; none are known while Redis is unavailable."""
        try:
            with measured("redis"):
                async with asyncio.timeout(QUOTA_READ_SECONDS):
                    await self._partitions.read(self._redis)
                    found = await self._redis.read(self._over_quota, self._read_over_quota)
        except (RedisError, OSError) as error:
            if not self._is_away:
                _log.warning(
                    "redis: %s; the processor alone limits items", explained(error) or error or "no answer"
                )
            self._people, self._is_away = frozenset(), True
        else:
            self._people, self._is_away = frozenset(each.decode() for each in found), False

    async def new_of(self, principal: Principal, items: Collection[ContentId]) -> set[ContentId]:
        """The items of which Redis has nothing of the person; none if it answers too late."""
        names = list(dict.fromkeys(items))
        try:
            with measured("redis"):
                async with asyncio.timeout(ITEMS_SECONDS):
                    held = await self._fields(principal, names)
        except (RedisError, OSError) as error:
            _log.debug("redis: %s; no item is taken to be new", error)
            return set()
        return {name for name, value in zip(names, held, strict=True) if value is None}

    async def has_mark(self, principal: Principal, item: ContentId) -> bool:
        """Whether the person marked the item as completed; False if Redis answers too late."""
        try:
            held = await self.progress(principal, item)
        except ItemsAwayError:
            return False
        return held is not None and current_attempt(decode_progress(held)).mark is not None

    async def progress(self, principal: Principal, item: ContentId) -> bytes | None:
        """The encoded progress of the person with the item; None if Redis has none.

        Raises:
            ItemsAwayError: Redis does not answer in time.
        """
        try:
            with measured("redis"):
                async with asyncio.timeout(MARK_SECONDS):
                    [held] = await self._fields(principal, [item])
        except (RedisError, OSError) as error:
            _log.warning("redis: %s; what it has of an item is not known", cause_of(error))
            raise ItemsAwayError from error
        return held

    async def _fields(self, principal: Principal, items: list[ContentId]) -> list[bytes | None]:
        """The values of these items; all None if Redis does not have the person."""
        keys = await self._partitions.current(self._redis)
        found: list[bytes | None] = [None] * len(items)
        for key in keys.hashes_of(person_key(principal.tenant_id, principal.user_id)):
            fence, *found = await self._redis.read(key, partial(_values, key=key, names=[FENCE, *items]))
            if fence is not None:
                break
        return found


def _over_quota(client: AsyncRedis, key: str) -> Awaitable[list[bytes]]:
    return cast(
        "Awaitable[list[bytes]]",
        client.zrange(
            key,
            "+inf",
            f"({time.time():.0f}",
            desc=True,
            byscore=True,
            offset=0,
            num=QUOTA_MAX_PEOPLE,
        ),
    )


def _values(client: AsyncRedis, key: str, names: list[str]) -> Awaitable[list[bytes | None]]:
    return cast("Awaitable[list[bytes | None]]", client.hmget(key, names))
