"""A second opinion on the stores that partitions wait for, by connections made for the question.

A store that does not answer this worker's own connections may answer everybody else. Then it is this worker
that is at fault, and a restart mends it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import psycopg
from redis import RedisError
from redis import asyncio as redis_asyncio

from playhead.kafka.witness import answering
from playhead.postgres import connect_async
from playhead.settings import ProcessorSettings
from playhead.wire.topics import Topics
from stream_processors.partition.retry import FailingStep
from stream_processors.stores.hot_store import CLAIM_HOLDS_SECONDS

ANSWER_SECONDS = 3.0
PROBE_KEY = "applied:witness"
"""Written to see whether Redis takes writes: one that is full, or a replica, answers a PING."""


class StoreProbe:
    """Says which partitions are excused from moving."""

    def __init__(self, settings: ProcessorSettings) -> None:
        self._settings = settings
        self._topics = Topics.named(settings.kafka_prefix)

    async def excused(self, waiting: Mapping[int, FailingStep], now: float) -> frozenset[int]:
        """Return the partitions that wait for what answers nobody, or what only a person or time mends."""
        away = {
            store
            for store, is_away in (("Redis", self._redis_is_away), ("Postgres", self._postgres_is_away))
            if any(each.store == store for each in waiting.values()) and await is_away()
        }
        leaderless = await self._leaderless({n for n, each in waiting.items() if each.store == "Kafka"})
        return leaderless | {
            partition
            for partition, each in waiting.items()
            if each.store in away
            or each.store == "itself"
            or (each.store == "group" and now - each.since <= CLAIM_HOLDS_SECONDS)
        }

    async def _leaderless(self, partitions: set[int]) -> frozenset[int]:
        if not partitions:
            return frozenset()
        topics = (self._topics.heartbeats.name, self._topics.states.name)
        wanted = {(topic, partition) for topic in topics for partition in partitions}
        answered = await asyncio.to_thread(answering, self._settings, wanted)
        return frozenset(partition for _, partition in wanted - answered)

    async def _redis_is_away(self) -> bool:
        redis = redis_asyncio.Redis.from_url(self._settings.redis_url, client_name="playhead-witness")
        try:
            async with asyncio.timeout(ANSWER_SECONDS), redis:
                await redis.hset(PROBE_KEY, "at", str(time.time()))
                await redis.expire(PROBE_KEY, 60)
        except (RedisError, OSError, TimeoutError):
            return True
        return False

    async def _postgres_is_away(self) -> bool:
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                await connect_async(self._settings.postgres_dsn, "playhead-witness") as connection,
            ):
                await connection.execute("SELECT FROM progress.positions LIMIT 1")
        except (psycopg.Error, OSError, TimeoutError):
            return True
        return False
