"""Probes the stores that partitions wait for, by connections made for the question.

A store that does not answer this process's own connections may answer other clients. Then this process is at
fault, and a restart helps.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import psycopg
from redis import RedisError

from playhead.kafka.broker_check import answering
from playhead.postgres import connect_async
from playhead.redis.connection import async_client
from playhead.settings import ProcessorSettings
from playhead.wire.topics import Topics
from stream_processors.partition.retry import FailingStep
from stream_processors.stores.hot_store import CLAIM_HOLDS_SECONDS

ANSWER_SECONDS = 3.0


class StoreProbe:
    """Finds the partitions that are excused from moving."""

    def __init__(self, settings: ProcessorSettings) -> None:
        self._settings = settings
        self._topics = Topics.named(settings.kafka_prefix)

    async def excused(self, failing: Mapping[int, FailingStep], now: float) -> frozenset[int]:
        """Return the partitions that wait for an operator, or for a store that answers no client."""
        unavailable = {
            store
            for store, is_unavailable in (
                ("Redis", self._redis_is_unavailable),
                ("Postgres", self._postgres_is_unavailable),
            )
            if any(each.store == store for each in failing.values()) and await is_unavailable()
        }
        leaderless = await self._leaderless({n for n, each in failing.items() if each.store == "Kafka"})
        return leaderless | {
            partition
            for partition, each in failing.items()
            if each.store in unavailable
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

    async def _redis_is_unavailable(self) -> bool:
        # One that is full, or a replica, answers a PING.
        probe = self._settings.redis_keys.probe
        redis = async_client(self._settings, "playhead-witness")
        try:
            async with asyncio.timeout(ANSWER_SECONDS), redis:
                await redis.hset(probe, "at", str(time.time()))
                await redis.expire(probe, 60)
        except (RedisError, OSError, TimeoutError):
            return True
        return False

    async def _postgres_is_unavailable(self) -> bool:
        """Whether a database is: partitions have people of all of them."""
        dsns = [each.dsn for each in self._settings.databases.named.values()]
        return not all(await asyncio.gather(*map(_postgres_answers, dsns)))


async def _postgres_answers(dsn: str) -> bool:
    try:
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            await connect_async(dsn, "playhead-witness") as connection,
        ):
            await connection.execute("SELECT FROM progress.positions LIMIT 1")
    except (psycopg.Error, OSError, TimeoutError):
        return False
    return True
