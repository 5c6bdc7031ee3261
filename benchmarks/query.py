"""The query API on real stores: `python -m benchmarks.query`.

Latencies are measured by the client, from when a request was due, at a steady rate: an upper bound for what
the server takes. `from_redis` reads people whom Redis holds, `from_postgres` people whom only Postgres
does. `beside_lists` is the resume lookup while others load their list of 300 items.
"""

from __future__ import annotations

import json
import random
import threading
import uuid
from dataclasses import dataclass
from typing import Any

import psycopg
from redis import Redis as RedisClient

from benchmarks.harness import KEYS
from benchmarks.http_load import Outcome, closed_loop, open_loop
from benchmarks.query_harness import serving, stores
from operations.local.stores.postgres import Postgres
from operations.local.stores.redis import Redis
from playhead.identity import mint_development_token
from playhead.progress import (
    ContentId,
    Instant,
    Intervals,
    Policy,
    Progress,
    Session,
    TenantId,
    UserId,
    summarize,
)
from playhead.progress.session import Position
from playhead.settings import MigrateSettings, TokenSettings
from playhead.wire.codec import encode
from playhead.wire.keys import person_key
from playhead.wire.progress import encode_progress
from playhead.wire.redis_keys import FENCE
from sinks.schema import migrate

ITEMS = 300
PEOPLE = 40
"""In each of Redis and Postgres; every one has `ITEMS` items, each viewed three times with gaps."""
SESSIONS = 3
SPANS = 5
DURATION_MS = 600_000
NOW = Instant(1_790_000_000_000)
TENANT = TenantId(str(uuid.UUID(int=1)))

RESUME_RATE, RESUME_SECONDS = 200, 15.0
LIST_RATE, LIST_SECONDS = 5, 20.0
CONNECTIONS = 32

_COPY = """
    COPY progress.user_progress (tenant_id, user_id, content_id, progress_type, progress_percentage,
        completion_count, total_sessions, metadata, status, evidence, watched, content_ms, wall_ms, state,
        source_partition, source_offset) FROM STDIN
"""


@dataclass(frozen=True)
class Learner:
    """Somebody, with their items."""

    user: UserId
    items: dict[ContentId, Progress]


def run() -> dict[str, Any]:
    """Measure everything; latencies in ms, rates in requests a second."""
    chance = random.Random(1)
    held, stored = ([learner(chance, ITEMS) for _ in range(PEOPLE)] for _ in range(2))
    with stores() as (redis, postgres):
        _hold(redis, held)
        _store(postgres, [*held, *stored])
        with serving(redis, postgres) as served:
            server = served.address
            return {
                "items_per_person": ITEMS,
                "nothing": _nothing(server),
                "from_redis": _measure(server, held),
                "from_postgres": _measure(server, stored),
                "beside_lists": _beside_lists(server, held),
            }


def _nothing(server: tuple[str, int]) -> dict[str, Any]:
    """The health route of the same server, which reads no store: the upper bound on this machine."""
    requests = [b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"]
    paced = _answered(open_loop(server, requests, rate=RESUME_RATE, seconds=RESUME_SECONDS))
    fastest = _answered(closed_loop(server, requests, connections=CONNECTIONS, seconds=5.0))
    return {"at_rate": RESUME_RATE, **_latencies(paced), "per_second_at_most": round(fastest.per_second)}


def _measure(server: tuple[str, int], people: list[Learner]) -> dict[str, Any]:
    resumes, lists = _resumes(people), _lists(people)
    closed_loop(server, resumes, connections=CONNECTIONS, seconds=1.0)  # warm
    paced = _answered(open_loop(server, resumes, rate=RESUME_RATE, seconds=RESUME_SECONDS))
    fastest = _answered(closed_loop(server, resumes, connections=CONNECTIONS, seconds=5.0))
    listed = _answered(open_loop(server, lists, rate=LIST_RATE, seconds=LIST_SECONDS))
    return {
        "resume": {"at_rate": RESUME_RATE, **_latencies(paced)},
        "resume_per_second_at_most": round(fastest.per_second),
        "full_list": {"at_rate": LIST_RATE, **_latencies(listed)},
    }


def _beside_lists(server: tuple[str, int], people: list[Learner]) -> dict[str, Any]:
    beside: list[Outcome] = []
    lists = _lists(people)
    loading = threading.Thread(
        target=lambda: beside.append(open_loop(server, lists, rate=LIST_RATE, seconds=RESUME_SECONDS))
    )
    loading.start()
    paced = _answered(open_loop(server, _resumes(people), rate=RESUME_RATE, seconds=RESUME_SECONDS))
    loading.join()
    return {"at_rate": RESUME_RATE, "lists_at_rate": LIST_RATE, **_latencies(paced)}


def _latencies(outcome: Outcome) -> dict[str, float]:
    return {"p50_ms": round(outcome.latency_ms(0.5), 2), "p99_ms": round(outcome.latency_ms(0.99), 2)}


def _answered(outcome: Outcome) -> Outcome:
    if set(outcome.statuses) != {200}:
        raise RuntimeError(f"not every request was answered: {dict(outcome.statuses)}")
    return outcome


def _resumes(people: list[Learner]) -> list[bytes]:
    return [
        _request(f"/api/progress/{content}", learner)
        for learner in people
        for content in list(learner.items)[:50]
    ]


def _lists(people: list[Learner]) -> list[bytes]:
    return [_request(f"/api/progress?limit={ITEMS}", learner) for learner in people]


def _request(path: str, learner: Learner) -> bytes:
    token = mint_development_token(TokenSettings(), TENANT, learner.user)
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def learner(chance: random.Random, items_viewed: int) -> Learner:
    """Somebody who viewed so many items."""
    items = {ContentId(_uuid(chance)): _progress(chance) for _ in range(items_viewed)}
    return Learner(UserId(_uuid(chance)), items)


def _progress(chance: random.Random) -> Progress:
    sessions = {_uuid(chance): _session(chance, number) for number in range(SESSIONS)}
    return Progress(sessions=sessions, duration_ms=DURATION_MS)


def _session(chance: random.Random, number: int) -> Session:
    began = Instant(NOW + number * 86_400_000 + chance.randrange(3_600_000))
    length = DURATION_MS // SPANS
    watched = Intervals.of(
        (span * length, span * length + chance.randrange(1_000, length - 10_000)) for span in range(SPANS)
    )
    last = Instant(began + DURATION_MS)
    return Session(
        started_at=began,
        last_at=last,
        watched=watched,
        watch_ms=watched.length,
        rate=1.0,
        position=Position(last, 60, watched.bounds[-1], None),
        measured=True,
    )


def _hold(redis: Redis, people: list[Learner]) -> None:
    with RedisClient.from_url(redis.url) as client:
        client.set(KEYS.partitions, 1)
        for learner in people:
            fields: dict[Any, Any] = {content: encode(each) for content, each in learner.items.items()}
            key = KEYS.progress_hash(0, person_key(TENANT, learner.user))
            client.hset(key, mapping={FENCE: "0:1"} | fields)


def _store(postgres: Postgres, people: list[Learner]) -> None:
    migrate(MigrateSettings(postgres_admin_dsn=postgres.dsn()))
    with psycopg.connect(postgres.dsn()) as connection:
        with connection.cursor().copy(_COPY) as copy:
            for learner in people:
                for content, progress in learner.items.items():
                    copy.write_row(_row(learner.user, content, progress))
        connection.execute("ANALYZE progress.user_progress")


def _row(user: UserId, content: ContentId, progress: Progress) -> tuple[object, ...]:
    shown = summarize(progress, Policy())
    watched = "{" + ",".join(f"[{start},{end})" for start, end in shown.watched.spans) + "}"
    return (
        *(TENANT, user, content, shown.kind, shown.percentage, shown.completion_count, shown.total_sessions),
        *("{}", shown.status, shown.evidence, watched, shown.content_ms, shown.wall_ms),
        *(encode_progress(progress).decode(), 0, 1),
    )


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
