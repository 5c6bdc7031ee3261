"""The processor as a process on a real Kafka, Redis and PostgreSQL, without faults."""

from __future__ import annotations

import json
import random
import re
import signal
from functools import partial

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from msgspec.structs import replace

from playhead.progress import ContentId, Intervals
from playhead.progress.advance import MAX_SPANS
from playhead.wire.codec import encode
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.keys import person_key
from playhead.wire.live import decode_live_change
from tests.hot import channel_of, hash_of
from tests.stream_processors.heartbeats import crowd, heartbeat
from tests.stream_processors.process import Worker, eventually
from tests.stream_processors.world import World

pytestmark = pytest.mark.services


def test_redis_and_the_states_are_what_the_kernel_makes_of_the_log(world: World) -> None:
    sent = world.send(crowd(3_000))
    with world.worker():
        verdicts = world.check()
    assert sum(verdicts.values()) == sent
    assert verdicts["dead"] == 0


def test_shuffled_and_repeated_heartbeats_change_nothing_twice(world: World) -> None:
    once = crowd(1_500)
    again = once * 3
    random.Random(7).shuffle(again)
    with world.worker():
        world.send(once)
        first = world.check()
        world.send(again)
        second = world.check()
    assert second["duplicates"] >= first["duplicates"] + len(once) * 2
    assert sum(second.values()) == len(once) * 4


def test_a_newer_releases_record_holds_its_partition_until_the_upgrade(world: World) -> None:
    """An older processor made it a dead letter: heartbeats were lost during an upgrade."""
    beats = [heartbeat(until_ms=10_000 * n) for n in range(1, 4)]
    key = person_key(beats[0].tenant_id, beats[0].user_id).encode()
    newer = encode(beats[1]).replace(b'"v":1', b'"v":3')
    for value in (encode(beats[0]), newer, encode(beats[2])):
        world.send_raw(key, value, 3)
    world.send_raw(b"x:y", b"{", 0)
    with world.worker(PLAYHEAD_PROCESSOR_STALL_SECONDS="2") as worker:
        eventually(lambda: world.applied().get(3, {}).get("applied") == 1, "what lies before it is applied")
        eventually(lambda: world.applied().get(0, {}).get("dead") == 1, "the other partitions go on")
        text = eventually(lambda: held(worker), "it says why")
        assert "partition 3: step read fails for " in text
        assert "offset 1 of partition 3 is of a newer release (schema version 3" in text
        assert "upgrade the processor" in text
        for turn in range(2, 2 + MORE_BATCHES):
            world.send_raw(key, encode(beats[2]), 3)
            world.send_raw(b"x:y", b"{", 0)
            eventually(partial(has_dead, world, turn), "what piles up behind it holds up no other")
        eventually(lambda: RETRIES.search(worker.answers("/metrics")[1]), "it outlives the stall")
        worker.send(signal.SIGTERM)
        assert worker.ended() == 0
    assert world.applied()[3]["next"] == 1
    dead_letters = [message.value() for message in world.records(world.topics.dead_letters.name)]
    assert dead_letters == [b"{"] * (1 + MORE_BATCHES)


def has_dead(world: World, count: int) -> bool:
    return world.applied()[0]["dead"] == count


MORE_BATCHES = 8
"""More than fit between consumer and worker, so that the queue would block."""
RETRIES = re.compile(r'^playhead_processor_retries_total{step="read"} ([6-9]|\d\d)\.', re.MULTILINE)
"""Six: the pauses between as many attempts are longer than the stall."""


def held(worker: Worker) -> str | None:
    status, text = worker.answers("/readyz")
    return text if status == 503 and "step read" in text else None


def test_poison_goes_to_the_dead_letters_as_it_was_and_the_rest_goes_on(world: World) -> None:
    good = heartbeat()
    key = person_key(good.tenant_id, good.user_id).encode()
    poison = {
        (key, b"{"): "malformed",
        (key, b"\xff\xfe"): "malformed",
        (key, b""): "malformed",
        (None, encode(good)): "wrong_key",
        (b"somebody:else", encode(good)): "wrong_key",
        (key, encode(good).replace(b'"v":1', b'"v":0')): "unknown_version",
        (b"tenant:user", encode(good).replace(b'"v":1', b'"v":3')): "unknown_version",
        (key, encode(good).replace(good.content_id.encode(), b"not-a-uuid")): "malformed",
        (key, encode(good).replace((good.session_id or "").encode(), b"~1")): "malformed",
        (b"x:y", encode(good).replace(good.tenant_id.encode(), b"x").replace(good.user_id.encode(), b"y")): (
            "malformed"
        ),
    }
    for number, (dead_key, value) in enumerate(poison):
        world.send_raw(dead_key, value, number % 4)
    world.send([good])
    with world.worker():
        verdicts = world.check()
    assert verdicts == {"applied": 1, "duplicates": 0, "dead": len(poison)}
    dead_letters = {
        (message.key() or None, message.value() or b""): DeadLetter.of(message.headers() or [])
        for message in world.records(world.topics.dead_letters.name)
    }
    assert {key: dead_letter.reason for key, dead_letter in dead_letters.items()} == poison
    assert {dead_letter.topic for dead_letter in dead_letters.values()} == {world.topics.heartbeats.name}


def test_a_heartbeat_over_quota_goes_to_the_dead_letters_and_is_counted(world: World) -> None:
    spans = Intervals(tuple(n * 10_000 + side for n in range(MAX_SPANS + 1) for side in (0, 1)))
    refused = replace(heartbeat(), watched=spans)
    world.send([refused, heartbeat()])
    with world.worker() as worker:
        assert world.check() == {"applied": 1, "duplicates": 0, "dead": 1}
        metrics = worker.answers("/metrics")[1]
    (dead_letter,) = world.records(world.topics.dead_letters.name)
    assert dead_letter.value() == encode(refused)
    assert DeadLetter.of(dead_letter.headers() or []).reason == "quota"
    assert 'playhead_processor_refused_heartbeats_total{reason="quota"} 1.0' in metrics


def test_a_record_too_large_for_the_dead_letters_is_published_without_its_value(world: World) -> None:
    # Within the broker's limit, and beyond the one of our producer.
    world.send_raw(b"k", b"x" * 1_020_000, 0)
    with world.worker():
        assert world.check() == {"applied": 0, "duplicates": 0, "dead": 1}
    (dead_letter,) = world.records(world.topics.dead_letters.name)
    headers = dict(dead_letter.headers() or [])
    assert (dead_letter.key(), dead_letter.value() or b"") == (b"k", b"")
    assert headers["source-offset"] == b"0"
    assert headers["value-left-out"].startswith(b"1020000 bytes")


def test_a_subscriber_gets_changes_of_its_person_only(world: World) -> None:
    watched = heartbeat(user=1, until_ms=20_000)
    with world.worker(), world.redis() as redis, redis.pubsub(ignore_subscribe_messages=True) as subscriber:
        subscriber.subscribe(channel_of(person_key(watched.tenant_id, watched.user_id)))
        subscriber.get_message(timeout=1.0)
        world.send([heartbeat(user=2), watched, watched])
        message = eventually(lambda: subscriber.get_message(timeout=0.1), "a live change")
        change = decode_live_change(message["data"])
        assert change.content_id == watched.content_id
        world.check()
        stored = redis.hget(hash_of(person_key(watched.tenant_id, watched.user_id)), change.content_id)
        assert bytes(change.progress) == stored
        assert subscriber.get_message(timeout=0.2) is None


def test_sigterm_finishes_commits_and_leaves_the_group(world: World) -> None:
    world.send(crowd(2_000))
    with world.worker() as worker:
        world.settled()
        worker.send(signal.SIGTERM)
        assert worker.ended() == 0
    group = f"{world.environment['PLAYHEAD_KAFKA_PREFIX']}playhead-processor"
    admin = AdminClient({"bootstrap.servers": world.servers})
    described = admin.describe_consumer_groups([group], request_timeout=10)[group].result()
    assert described.members == []
    consumer = Consumer({"bootstrap.servers": world.servers, "group.id": group})
    places = [TopicPartition(world.topics.heartbeats.name, p) for p in range(4)]
    committed = {place.partition: place.offset for place in consumer.committed(places, timeout=10)}
    consumer.close()
    assert committed == world.ends()


def test_a_person_of_many_items_costs_only_those_touched(world: World) -> None:
    with world.worker(), world.redis() as redis:
        world.send(heartbeat(content=number) for number in range(300))
        world.settled()
        everything = sum(len(value) for key in redis.scan_iter("progress:{*") for value in redis.hvals(key))
        redis.config_resetstat()
        world.send([heartbeat(content=7, until_ms=30_000)])
        world.settled()
        sent = redis.info("stats")["total_net_output_bytes"]
        world.check()
    assert everything > 30_000
    assert sent < everything / 2  # one item, and the checks of idle workers


def test_health_and_metrics_are_served(world: World) -> None:
    with world.worker() as worker:
        world.send([heartbeat(), heartbeat()])
        world.settled()
        eventually(lambda: worker.answers("/readyz")[0] == 200, "ready")
        # The worker looks for the ends of the log once a second.
        shown = r'^playhead_processor_partition_lag_seconds\{partition="\d+"\} 0\.0$'
        eventually(lambda: re.search(shown, worker.answers("/metrics")[1], re.MULTILINE), "no lag")
        metrics = worker.answers("/metrics")[1]
    assert 'playhead_processor_heartbeats_total{verdict="applied"} 1.0' in metrics
    assert 'playhead_processor_heartbeats_total{verdict="duplicate"} 1.0' in metrics
    assert "playhead_processor_lag_records" in metrics
    assert "playhead_build_info{python=" in metrics
    assert 'playhead_store_calls_failed_total{store="postgres"} 0.0' in metrics
    assert re.search(r'^playhead_store_call_seconds_count\{store="redis"\} [1-9]', metrics, re.MULTILINE)
    assert re.search(r"^playhead_processor_redis_memory_bytes [1-9]", metrics, re.MULTILINE)


def test_items_of_a_person_are_separate(world: World) -> None:
    with world.worker():
        world.send([heartbeat(content=1), heartbeat(content=2, until_ms=600_000)])
        world.check()
        states, _ = world.published()
    assert {ContentId(content): state.summary.percentage for (_, content), state in states.items()} == {
        heartbeat(content=1).content_id: 1,
        heartbeat(content=2).content_id: 100,
    }
    assert json.loads(encode(next(iter(states.values()))))["record"] == "state"
