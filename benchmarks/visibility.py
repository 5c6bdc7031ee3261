"""How long after it was sent a heartbeat is to be seen.

In Redis, as another device receives it, and in PostgreSQL, as a report finds it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from psycopg import AsyncConnection
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from benchmarks.harness import KEYS
from benchmarks.players import TENANT, Beat, body
from playhead.hot.partitions import HotPartitions
from playhead.progress import UserId
from playhead.redis.nodes import SingleServer
from playhead.wire.keys import person_key

LOOK_SECONDS = 0.005
"""Between two looks at PostgreSQL."""
DEADLINE_SECONDS = 30.0

_ROWS = """
    SELECT user_id::text, last_viewed_at FROM progress.user_progress
    WHERE tenant_id = %s AND user_id = ANY(%s)
"""


@dataclass(slots=True)
class Probes:
    """Heartbeats of people who send one only, each on its way; times in seconds."""

    sent: dict[UserId, float] = field(default_factory=dict)
    acknowledged: dict[UserId, float] = field(default_factory=dict)
    in_redis: dict[UserId, float] = field(default_factory=dict)
    in_postgres: dict[UserId, float] = field(default_factory=dict)

    def latencies_ms(self, seen: Mapping[UserId, float]) -> list[float]:
        """From sending to the instant seen, in order."""
        return sorted((at - self.sent[user]) * 1000 for user, at in seen.items())


@dataclass(frozen=True, slots=True)
class Places:
    """Where heartbeats are sent, and where they are looked for."""

    ingest: tuple[str, int]
    redis_url: str
    postgres_dsn: str


async def probe(places: Places, beats: list[Beat], tokens: Mapping[UserId, str], rate: float) -> Probes:
    """Send each person's one heartbeat, `rate` a second, and see when it arrives."""
    probes = Probes()
    async with (
        Redis.from_url(places.redis_url) as redis,
        await AsyncConnection.connect(places.postgres_dsn, autocommit=True) as postgres,
        redis.pubsub() as channel,
        asyncio.timeout(DEADLINE_SECONDS + len(beats) / rate),
    ):
        keys = await HotPartitions(KEYS).current(SingleServer(redis))
        await channel.subscribe(*(keys.channel_of(person_key(TENANT, beat.user)) for beat in beats))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_listen(channel, probes, len(beats)))
            tasks.create_task(_look(postgres, probes, {beat.user: beat for beat in beats}))
            tasks.create_task(_send(places.ingest, probes, beats, tokens, rate))
    return probes


async def _send(
    ingest: tuple[str, int], probes: Probes, beats: list[Beat], tokens: Mapping[UserId, str], rate: float
) -> None:
    host, port = ingest
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as client, asyncio.TaskGroup() as sending:
        began = time.perf_counter()
        for number, beat in enumerate(beats):
            await asyncio.sleep(began + number / rate - time.perf_counter())
            sending.create_task(_save(client, probes, beat, tokens[beat.user]))


async def _save(client: httpx.AsyncClient, probes: Probes, beat: Beat, token: str) -> None:
    said = body(beat)
    probes.sent[beat.user] = time.perf_counter()
    answer = await client.post("/api/progress", json=said, headers={"Authorization": f"Bearer {token}"})
    probes.acknowledged[beat.user] = time.perf_counter()
    answer.raise_for_status()


async def _listen(channel: PubSub, probes: Probes, count: int) -> None:
    async for message in channel.listen():
        now = time.perf_counter()
        if message["type"] != "message":
            continue
        user = UserId(message["channel"].decode().rpartition(":")[2].removesuffix("}"))
        probes.in_redis.setdefault(user, now)
        if len(probes.in_redis) == count:
            return


async def _look(postgres: AsyncConnection, probes: Probes, beats: Mapping[UserId, Beat]) -> None:
    awaited = set(beats)
    while awaited:
        under_way = [user for user in awaited if user in probes.sent]
        rows = await postgres.execute(_ROWS, (TENANT, under_way))
        found = await rows.fetchall()
        now = time.perf_counter()
        for user, last_viewed_at in found:
            if last_viewed_at == datetime.fromtimestamp(beats[user].occurred_at / 1000, UTC):
                probes.in_postgres[user] = now
                awaited.discard(user)
        await asyncio.sleep(LOOK_SECONDS)
