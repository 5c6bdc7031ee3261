"""It survives: whatever is killed, hung, lost or sent again under load, the invariants hold after."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from confluent_kafka import Producer
from redis import Redis

from playhead.wire.topics import Topics
from tests.faults.invariants import check, dead_lettered, durable, records
from tests.faults.load import TENANTS, save, token_for, under_load
from tests.faults.pipeline import Part, Pipeline, running_pipeline, until
from tests.hot import KEYS, hash_of
from tests.redis_snapshot import redis_snapshot

pytestmark = [pytest.mark.services, pytest.mark.faults]

HEARTBEATS = Topics.named().heartbeats.name
FLOODER = str(uuid4())
DEAD_LETTERS = Topics.named().dead_letters.name


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """One pipeline for all faults: each leaves it healed, and the checks are over its whole history."""
    with running_pipeline() as running:
        yield running


@pytest.mark.parametrize(
    "part", ["ingest", "processor", "sink", "query", "gateway", "redis", "postgres", "kafka"]
)
@pytest.mark.chaos
def test_killed_under_load(pipeline: Pipeline, part: Part) -> None:
    with under_load(pipeline, seed=checksum_of(part)) as load:
        pipeline.kill(part)
        load.await_more(300)
    check(pipeline, load.acknowledged)


@pytest.mark.watches_the_clock
def test_one_person_who_floods_it_with_invented_items_holds_up_nobody_else(pipeline: Pipeline) -> None:
    """As fast as a client can: the limits are met, and another organisation's saves arrive meanwhile."""
    visible_after(pipeline)  # the first of all waits for connections
    over = threading.Event()
    answers: list[tuple[int, str]] = []
    flooding = threading.Thread(target=flood, args=(pipeline, over, answers))
    flooding.start()
    try:
        took = [visible_after(pipeline) for _ in range(5)]
        limits = ("heartbeats of one person", "items of one person")
        until(lambda: met(answers, limits), 60, "both limits are met and named")
    finally:
        over.set()
        flooding.join()
    assert {status for status, _ in answers} == {202, 429}
    with Redis.from_url(pipeline.settings.redis_url) as redis:
        assert redis.hlen(hash_of(f"{TENANTS[0]}:{FLOODER}")) == 1_000 + 1
    assert len(dead_lettered(pipeline)) >= 1_000
    assert max(hot for hot, _ in took) < 2, took
    assert max(stored for _, stored in took) < 5, took
    check(pipeline)


def flood(pipeline: Pipeline, over: threading.Event, answers: list[tuple[int, str]]) -> None:
    """Save new items, many at once and then one by one, until it is over."""
    headers = {"Authorization": f"Bearer {token_for(TENANTS[0], FLOODER)}"}
    with httpx.Client(base_url=pipeline.url, headers=headers, timeout=30) as http:
        while not over.is_set():
            batch = {"heartbeats": [{"contentId": str(uuid4()), "progressPercentage": 5} for _ in range(500)]}
            for path, body in (("/api/progress/batch", batch), ("/api/progress", batch["heartbeats"][0])):
                answer = http.post(path, json=body)
                answers.append((answer.status_code, answer.text))


def met(answers: list[tuple[int, str]], limits: Iterable[str]) -> bool | None:
    """Whether each limit was named in a refusal."""
    refusals = [text for status, text in list(answers) if status == httpx.codes.TOO_MANY_REQUESTS]
    return all(any(limit in text for text in refusals) for limit in limits) or None


def visible_after(pipeline: Pipeline) -> tuple[float, float]:
    """Save as a person of the other organisation; seconds until it is in Redis, and in Postgres."""
    user, content = str(uuid4()), str(uuid4())
    began = time.monotonic()
    answer = httpx.post(
        f"{pipeline.url}/api/progress",
        json={"contentId": content, "progressPercentage": 5},
        headers={"Authorization": f"Bearer {token_for(TENANTS[1], user)}"},
        timeout=30,
    )
    assert answer.status_code == httpx.codes.ACCEPTED
    with Redis.from_url(pipeline.settings.redis_url) as redis:
        person = hash_of(f"{TENANTS[1]}:{user}")
        until(lambda: True if redis.hexists(person, content) else None, 60, "it is in Redis")
    hot = time.monotonic() - began
    with psycopg.connect(pipeline.settings.postgres_admin_dsn, autocommit=True) as connection:
        query = "SELECT 1 FROM progress.user_progress WHERE user_id = %s AND content_id = %s"
        until(lambda: connection.execute(query, [user, content]).fetchone(), 60, "it is in Postgres")
    return hot, time.monotonic() - began


@pytest.mark.chaos
def test_killed_again_and_again(pipeline: Pipeline) -> None:
    parts: list[Part] = ["processor", "sink", "redis", "processor", "postgres", "sink"]
    with under_load(pipeline, seed=99) as load:
        for part in parts:
            pipeline.kill(part)
            load.await_more(50)
    check(pipeline, load.acknowledged)


@pytest.mark.chaos
def test_postgres_hangs(pipeline: Pipeline) -> None:
    """Half a minute, longer than any patience of its clients; saving and resuming go on without it."""
    with under_load(pipeline, seed=1) as load, pipeline.paused("postgres", seconds=30):
        load.await_more(500)
        saved = save(pipeline)
        assert saved.status_code == httpx.codes.ACCEPTED
    check(pipeline, load.acknowledged)


@pytest.mark.chaos
def test_kafka_hangs(pipeline: Pipeline) -> None:
    """Twenty seconds: 503 within the timeout, never a 2xx; then it recovers."""
    with under_load(pipeline, seed=2) as load:
        with pipeline.paused("kafka", seconds=20):
            before = len(load.acknowledged)
            said = until(lambda: refusal(pipeline), 60, "a refusal")
            assert said.status_code == httpx.codes.SERVICE_UNAVAILABLE
            assert int(said.headers["Retry-After"]) > 0
            assert said.headers["Content-Type"] == "application/problem+json"
            # What the broker had acknowledged when it stopped may still have been on its way to us.
            assert len(load.acknowledged) - before < 300
        load.await_more(300)
    check(pipeline, load.acknowledged)


def test_redis_is_flushed(pipeline: Pipeline) -> None:
    with under_load(pipeline, seed=3) as load:
        with Redis.from_url(pipeline.settings.redis_url) as redis:
            redis.flushall()
            pipeline.redis_was_emptied = True
        load.await_more(300)
    check(pipeline, load.acknowledged)


def test_redis_is_restored_from_an_older_dump(pipeline: Pipeline) -> None:
    with Redis.from_url(pipeline.settings.redis_url) as redis, under_load(pipeline, seed=4) as load:
        restore = redis_snapshot(redis)
        load.await_more(1_000)
        restore()
        pipeline.redis_was_emptied = True
        assert redis.exists(KEYS.applied_hash(0))
        load.await_more(300)
    check(pipeline, load.acknowledged)


def test_poison_in_the_topic_goes_to_the_dead_letters(pipeline: Pipeline) -> None:
    poison = [b"", b"no JSON", b'{"v":2}', b'{"v":1}', b"\xff\xfe", b"[" * 100_000]
    earlier = dead(pipeline)  # of the flood
    counted = counted_dead(pipeline)
    producer = Producer({"bootstrap.servers": pipeline.settings.kafka_servers})
    with under_load(pipeline, seed=5) as load:
        for number, value in enumerate(poison):
            producer.produce(HEARTBEATS, key=b"tenant:user", value=value, partition=number % 4)
        assert producer.flush(10) == 0
    assert counted_dead(pipeline) - counted == len(poison)
    assert dead(pipeline) - earlier == Counter(poison)
    check(pipeline, load.acknowledged)


def test_the_whole_log_replayed_shuffled_and_duplicated_gives_the_same_rows(pipeline: Pipeline) -> None:
    check(pipeline)
    before = rows(pipeline)
    refused = dead(pipeline)
    log = [each for each in records(pipeline, HEARTBEATS) if each[2] not in refused]
    again = random.Random(7).sample(log * 2, len(log) * 2)
    room = {"queue.buffering.max.messages": len(again) + 1}
    producer = Producer({"bootstrap.servers": pipeline.settings.kafka_servers, "linger.ms": 50, **room})
    for partition, key, value in again:
        producer.produce(HEARTBEATS, key=key, value=value, partition=partition)
    assert producer.flush(60) == 0
    check(pipeline)
    assert rows(pipeline) == before


@pytest.mark.chaos
def test_an_audience_recorded_and_replayed_counts_nothing_twice(pipeline: Pipeline, tmp_path: Path) -> None:
    recording = tmp_path / "audience.jsonl"
    options = ("--audience", "20", "--heartbeats", "400", "--rate", "0", "--seed", "8", "--batch", "3")
    said = pipeline.command("simulate", *options, "--record", str(recording))
    assert said.startswith("400 acknowledged, 0 refused")
    check(pipeline)
    before = applied(pipeline)
    assert "400 acknowledged" in pipeline.command("replay", str(recording))
    assert "The ledger balances" in pipeline.command("status", "--wait", "30")
    assert applied(pipeline) == before
    assert pipeline.command("audit") == "Everything agrees.\n"


@pytest.mark.chaos
def test_everything_stops_and_starts_on_the_same_data(pipeline: Pipeline) -> None:
    """Ctrl-C leaves no process behind, and the next start finds everything."""
    check(pipeline)
    before = rows(pipeline)
    pipeline.stop()
    pipeline.start()
    check(pipeline)
    assert rows(pipeline) == before


def rows(pipeline: Pipeline) -> dict[tuple[str, str, str], dict[str, object]]:
    """All rows, but for when they were written and from where."""
    apart = ("updated_at", "source_offset")
    return {
        item: {name: value for name, value in row.items() if name not in apart}
        for item, row in durable(pipeline).items()
    }


def applied(pipeline: Pipeline) -> int:
    """How many heartbeats ever changed anything."""
    status = json.loads(pipeline.command("status", "--json"))
    return sum(each["count"]["applied"] for each in status if each["count"])


def dead(pipeline: Pipeline) -> Counter[bytes]:
    """The values of all dead letters, and how often each is there."""
    return Counter(value for _, _, value in records(pipeline, DEAD_LETTERS))


def counted_dead(pipeline: Pipeline) -> int:
    """How many dead letters the pipeline counts once it is through."""
    return sum(each.ledger.dead_lettered for each in pipeline.healed() if each.ledger)


def refusal(pipeline: Pipeline) -> httpx.Response | None:
    """An answer that is no 2xx to a save by another person."""
    answer = save(pipeline)
    return None if answer.is_success else answer


def checksum_of(name: str) -> int:
    return sum(name.encode())
