"""Live streams: memory, how soon a change is shown, and what a client that does not read costs the others.

`python -m benchmarks.live`. Streams are of persons and of teams of 20, each team's to several managers, from
one process of the query API. Changes are published as the processor does. Latency is from just before the
publishing to the arrival at the client, which shares the machine and is one process for all streams: an upper
bound.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
import psycopg
from msgspec import Raw
from redis.asyncio import Redis as RedisClient

from benchmarks.harness import KEYS
from benchmarks.live_streams import Asked, Stream, open_streams
from benchmarks.query import TENANT, learner
from benchmarks.query_harness import Served, serving, stores
from operations.local.stores.postgres import Postgres
from operations.local.stores.redis import Redis
from playhead.identity import mint_development_token
from playhead.progress import ContentId, UserId
from playhead.settings import MigrateSettings, TokenSettings
from playhead.wire.codec import encode
from playhead.wire.keys import person_key
from playhead.wire.live import LiveChange
from playhead.wire.progress import encode_progress
from playhead.wire.redis_keys import FENCE
from sinks.schema import migrate

TEAM = 20
MANAGERS = 10
"""Of each team, each with a stream of their own."""
ITEMS = 10
"""A person's."""
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    streams: int
    silent: int
    changes_per_second: int
    seconds: float
    patience_seconds: float
    """For the silent ones to be dropped."""

    @property
    def teams(self) -> int:
        """Half of the streams are of teams."""
        return self.streams // 2 // MANAGERS

    @property
    def people(self) -> int:
        """All of them members of one team; half of the streams are of the first of them."""
        return self.teams * TEAM


FULL = Size(streams=1_000, silent=50, changes_per_second=100, seconds=30.0, patience_seconds=120.0)
QUICK = Size(streams=60, silent=6, changes_per_second=20, seconds=2.0, patience_seconds=0.0)


@dataclass(slots=True)
class Arrivals:
    """When changes were published, and how long each took to arrive."""

    published: dict[bytes, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def receive(self, name: bytes, data: bytes) -> None:
        """An event arrived somewhere."""
        if name == b"change":
            content = data.partition(b'"contentId":"')[2][:36]
            self.seconds.append(time.perf_counter() - self.published[content])

    def figures(self) -> dict[str, float]:
        """In figures."""
        ordered = sorted(self.seconds)
        shares = {"p50_ms": 0.5, "p99_ms": 0.99}
        found = {name: ordered[int(share * (len(ordered) - 1))] for name, share in shares.items()}
        return {name: round(each * 1000, 1) for name, each in (found | {"worst_ms": ordered[-1]}).items()}


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who is there, by number."""

    size: Size
    chance: random.Random

    def user(self, number: int) -> UserId:
        """A member of team `number // TEAM`."""
        return UserId(str(uuid.UUID(int=(1 << 64) + number)))

    def manager(self, team: int) -> UserId:
        """Whose token all of the team's managers' streams use."""
        return UserId(str(uuid.UUID(int=(2 << 64) + team)))

    def team(self, number: int) -> uuid.UUID:
        """A team's id."""
        return uuid.UUID(int=(3 << 64) + number)

    def asked(self) -> list[Asked]:
        """The streams, mixed."""
        persons = [
            Asked("/api/progress/live", mint_development_token(TokenSettings(), TENANT, self.user(number)))
            for number in range(self.size.streams // 2)
        ]
        teams = [
            Asked(
                f"/api/teams/{self.team(number)}/live",
                mint_development_token(TokenSettings(), TENANT, self.manager(number), ["manager"]),
            )
            for number in range(self.size.teams)
            for _ in range(MANAGERS)
        ]
        mixed = persons + teams
        self.chance.shuffle(mixed)
        return mixed


def run(size: Size = FULL) -> dict[str, Any]:
    """Measure everything."""
    made = Organisation(size, random.Random(1))
    with stores() as (redis, postgres):
        migrate(MigrateSettings(postgres_admin_dsn=postgres.dsn()))
        _direct(postgres, made)
        with serving(redis, postgres) as served:
            return asyncio.run(_measure(served, redis, made))


async def _measure(served: Served, redis: Redis, made: Organisation) -> dict[str, Any]:
    size, arrivals = made.size, Arrivals()
    async with RedisClient.from_url(redis.url) as client:
        await _hold(client, made)
        async with open_streams(served.address, made.asked()[:10], arrivals.receive):
            pass  # what the first ones load stays loaded
        before = _resident(served)
        began = time.perf_counter()
        async with open_streams(served.address, made.asked(), arrivals.receive) as streams:
            opened = time.perf_counter() - began
            quiet = _resident(served)
            reading = await _publish(client, made, arrivals, size.seconds)
            beside, dropped = await _beside_silence(served, client, made, arrivals, streams)
            busy = _resident(served)
    return {
        "streams": size.streams,
        "opened_per_second": round(size.streams / opened),
        "memory_MiB": {
            "without streams": round(before / MIB, 1),
            "with streams": round(quiet / MIB, 1),
            "after the load": round(busy / MIB, 1),
        },
        "kB_per_stream": round((busy - before) / size.streams / 1000, 1),
        "changes_per_second": size.changes_per_second,
        "seen_after": {"all read": reading, f"{size.silent} do not read": beside},
        **dropped,
    }


async def _beside_silence(
    served: Served, client: RedisClient, made: Organisation, arrivals: Arrivals, streams: list[Stream]
) -> tuple[dict[str, float], dict[str, Any]]:
    """Latencies of the others while some do not read, and what becomes of those."""
    size = made.size
    silent, others = streams[: size.silent], streams[size.silent :]
    for stream in silent:
        stream.stop_reading()
    beside = await _publish(client, made, arrivals, size.seconds)
    began, left = time.perf_counter(), size.streams
    while left > len(others) and time.perf_counter() - began < size.patience_seconds:
        await _publish(client, made, arrivals, 2.0)
        left = await _open_now(served)
    waited = size.seconds + time.perf_counter() - began
    return beside, {
        "silent_dropped": size.streams - left,
        "silent_dropped_within_s": round(waited),
        "others_dropped": sum(stream.ended for stream in others),
    }


async def _publish(
    client: RedisClient, made: Organisation, arrivals: Arrivals, seconds: float
) -> dict[str, float]:
    """Publish at the size's rate, and wait for the arrivals; each item changes once."""
    arrivals.seconds.clear()
    loop = asyncio.get_running_loop()
    began, count = loop.time(), round(made.size.changes_per_second * seconds)
    [progress] = list(learner(made.chance, 1).items.values())
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / made.size.changes_per_second - loop.time()))
        content = ContentId(str(uuid.UUID(int=made.chance.getrandbits(128), version=4)))
        user = made.user(made.chance.randrange(made.size.people))
        message = encode(LiveChange(content, Raw(encode_progress(progress))))
        arrivals.published[content.encode()] = time.perf_counter()
        await client.publish(KEYS.live_channel(0, person_key(TENANT, user)), message)
    seen = -1
    while seen != (seen := len(arrivals.seconds)):  # noqa: ASYNC110 - the end of a flow raises no event
        await asyncio.sleep(1.0)
    return arrivals.figures()


async def _open_now(served: Served) -> int:
    async with httpx.AsyncClient() as client:
        metrics = (await client.get(f"{served.url}/metrics")).text
    lines = [line for line in metrics.splitlines() if line.startswith("playhead_query_live_streams{")]
    return sum(round(float(line.rpartition(" ")[2])) for line in lines)


def _resident(served: Served) -> int:
    return int(psutil.Process(served.pid).memory_info().rss)


async def _hold(client: RedisClient, made: Organisation) -> None:
    items = learner(made.chance, ITEMS).items
    fields: dict[Any, Any] = {content: encode_progress(progress) for content, progress in items.items()}
    async with client.pipeline(transaction=False) as together:
        together.set(KEYS.partitions, 1)
        for number in range(made.size.people):
            together.hset(
                KEYS.progress_hash(0, person_key(TENANT, made.user(number))),
                mapping={FENCE: "0:1"} | fields,
            )
        await together.execute()


def _direct(postgres: Postgres, made: Organisation) -> None:
    """Put the organisation into the directory."""
    users = [made.user(number) for number in range(made.size.people)]
    managers = [made.manager(number) for number in range(made.size.teams)]
    teams = [made.team(number) for number in range(made.size.teams)]
    memberships = [(teams[number // TEAM], user, "member") for number, user in enumerate(users)]
    memberships += [(team, manager, "manager") for team, manager in zip(teams, managers, strict=True)]
    with psycopg.connect(postgres.dsn()) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO progress.people VALUES (%s, %s, %s)",
            [(TENANT, user, f"Person {number}") for number, user in enumerate([*users, *managers])],
        )
        cursor.executemany(
            "INSERT INTO progress.teams VALUES (%s, %s, %s)",
            [(TENANT, team, f"Team {number}") for number, team in enumerate(teams)],
        )
        cursor.executemany(
            "INSERT INTO progress.team_members VALUES (%s, %s, %s, %s)",
            [(TENANT, *membership) for membership in memberships],
        )
        cursor.executemany(
            "INSERT INTO progress.user_summary VALUES (%s, %s, 10, 4, 6, 600, 3600000, 3600000, now())",
            [(TENANT, user) for user in users],
        )


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
