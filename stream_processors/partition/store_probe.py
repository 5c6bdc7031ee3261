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
from playhead.redis.clients import redis_nodes
from playhead.redis.connection import AsyncRedis, async_client
from playhead.redis.nodes import RedisNodes
from playhead.settings import ProcessorSettings
from playhead.wire.topics import Topics
from stream_processors.partition.retry import FailingStep
from stream_processors.stores.hot_store import CLAIM_HOLDS_SECONDS

ANSWER_SECONDS = 3.0
_PROBED = ("Redis", "Postgres", "Kafka")


class StoreProbe:
    """Finds the partitions that are excused from moving."""

    def __init__(self, settings: ProcessorSettings) -> None:
        self._settings = settings
        self._topics = Topics.named(settings.kafka_prefix)

    async def excused(self, failing: Mapping[int, FailingStep], now: float) -> frozenset[int]:
        """Return the partitions that wait for an operator, or for a store that answers no client."""
        waiting = {store: {n for n, each in failing.items() if each.store == store} for store in _PROBED}
        leaderless = await self._leaderless(waiting["Kafka"])
        without_redis = await self._without_redis(waiting["Redis"])
        no_postgres = bool(waiting["Postgres"]) and await self._postgres_is_unavailable()
        return (leaderless | without_redis) | {
            partition
            for partition, each in failing.items()
            if (each.store == "Postgres" and no_postgres)
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

    async def _without_redis(self, partitions: set[int]) -> frozenset[int]:
        """Those whose keys are on a server, or a node of a cluster, that takes no writes.

        One that is full, or a replica, answers a PING.
        """
        if not partitions:
            return frozenset()
        redis = redis_nodes(self._settings, lambda each: async_client(each, "playhead-witness"))
        probes = {each: self._settings.redis_keys.probe(each) for each in partitions}
        try:
            took = await asyncio.gather(*(_takes_writes(redis, key) for key in probes.values()))
        finally:
            await redis.aclose()
        return frozenset(each for each, it_did in zip(probes, took, strict=True) if not it_did)

    async def _postgres_is_unavailable(self) -> bool:
        """Whether a database is: partitions have people of all of them."""
        dsns = [each.dsn for each in self._settings.databases.named.values()]
        return not all(await asyncio.gather(*map(_postgres_answers, dsns)))


async def _takes_writes(redis: RedisNodes, key: str) -> bool:
    async def write(client: AsyncRedis) -> None:
        await client.set(key, str(time.time()), ex=60)

    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await redis.call(key, write)
    except (RedisError, OSError, TimeoutError):
        return False
    return True


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
