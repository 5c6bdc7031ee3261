"""The stores around the processor as the tests see them: the log, Redis, and the states."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from msgspec.structs import astuple
from redis import Redis

from playhead.progress import NOTHING, Policy, Progress, apply
from playhead.wire.codec import encode
from playhead.wire.errors import WireError
from playhead.wire.heartbeats import HeartbeatRecord, decode_heartbeat
from playhead.wire.keys import is_older_name, older_name, person_key
from playhead.wire.ledger import Ledger
from playhead.wire.redis_keys import FENCE
from playhead.wire.states import Checkpoint, State, decode_state
from playhead.wire.topics import Topics
from query_api.progress.reader import whole_of
from tests.hot import KEYS
from tests.redis_snapshot import redis_snapshot
from tests.stream_processors.process import Worker, eventually

T = TypeVar("T")
PARTITIONS = 4
_ROW = """
    INSERT INTO progress.user_progress (
        tenant_id, user_id, content_id, progress_type, progress_percentage, completion_count, total_sessions,
        metadata, status, evidence, watched, content_ms, wall_ms, state, source_partition, source_offset
    ) VALUES (%s, %s, %s, 'video', 0, 0, 1, '{}', 'in_progress', 'watched', '{}', 0, 0, %s, %s, %s)
"""
_LEDGER = "INSERT INTO progress.ledger VALUES (%s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True)
class World:
    """One prefix on one Kafka, one Redis, one database."""

    environment: Mapping[str, str]
    directory: Path

    @property
    def topics(self) -> Topics:
        return Topics.named(self.environment["PLAYHEAD_KAFKA_PREFIX"])

    @property
    def servers(self) -> str:
        return self.environment["PLAYHEAD_KAFKA_SERVERS"]

    def redis(self) -> Redis:
        return Redis.from_url(self.environment["PLAYHEAD_REDIS_URL"])

    def worker(self, **settings: str) -> Worker:
        """A worker, started on entering."""
        number = len(list(self.directory.glob("worker-*.log")))
        return Worker(
            {**self.environment, "PLAYHEAD_PROCESSOR_PORT": "0", **settings},
            self.directory / f"worker-{number}.log",
        )

    def send(self, heartbeats: Iterable[HeartbeatRecord], *, rate: float | None = None) -> int:
        """Produce heartbeats, at most `rate` a second, and return their number once all are acknowledged."""
        producer = Producer(
            {
                "bootstrap.servers": self.servers,
                "partitioner": "murmur2_random",
                "acks": "all",
                "linger.ms": 5,
            }
        )
        began, count = time.monotonic(), 0
        for heartbeat in heartbeats:
            key = person_key(heartbeat.tenant_id, heartbeat.user_id)
            producer.produce(self.topics.heartbeats.name, encode(heartbeat), key)
            count += 1
            producer.poll(0)
            if rate is not None and (early := count / rate - (time.monotonic() - began)) > 0:
                producer.poll(early)
        assert producer.flush(30) == 0
        return count

    def send_raw(self, key: bytes | None, value: bytes | None, partition: int) -> None:
        """Produce bytes to the heartbeats topic."""
        producer = Producer({"bootstrap.servers": self.servers, "message.max.bytes": 2_000_000})
        producer.produce(self.topics.heartbeats.name, value, key, partition)
        assert producer.flush(30) == 0

    def records(self, topic: str) -> list[Message]:
        """All records of a topic, in the order of their partitions."""
        consumer = Consumer(
            {"bootstrap.servers": self.servers, "group.id": "tests", "enable.auto.commit": False}
        )
        try:
            ends = self._ends(consumer, topic)
            consumer.assign([TopicPartition(topic, p, 0) for p, end in ends.items() if end])
            found: list[Message] = []
            missing = {p for p, end in ends.items() if end}
            while missing:
                for message in consumer.consume(1_000, 0.05):
                    error = message.error()
                    assert error is None or error.code() == KafkaError._PARTITION_EOF, error
                    found.append(message)
                for place in consumer.position([TopicPartition(topic, p) for p in missing]):
                    if place.offset >= ends[place.partition]:
                        missing.discard(place.partition)
            return sorted(found, key=lambda message: (message.partition(), message.offset()))
        finally:
            consumer.close()

    def ends(self) -> dict[int, int]:
        """The log ends of the heartbeats."""
        consumer = Consumer({"bootstrap.servers": self.servers, "group.id": "tests"})
        try:
            return self._ends(consumer, self.topics.heartbeats.name)
        finally:
            consumer.close()

    def delete_heartbeats(self) -> None:
        """Delete all heartbeats from the log, as its retention would."""
        topic = self.topics.heartbeats.name
        before = [TopicPartition(topic, partition, end) for partition, end in self.ends().items()]
        admin = AdminClient({"bootstrap.servers": self.servers})
        for deleted in admin.delete_records(before).values():
            deleted.result(30)

    @staticmethod
    def _ends(consumer: Consumer, topic: str) -> dict[int, int]:
        return {p: _end(consumer, TopicPartition(topic, p)) for p in range(PARTITIONS)}

    def applied(self) -> dict[int, dict[str, int]]:
        """The fields of each partition in Redis."""
        with self.redis() as redis:
            found = {p: redis.hgetall(KEYS.applied_hash(p)) for p in range(PARTITIONS)}
        return {p: {k.decode(): int(v) for k, v in fields.items()} for p, fields in found.items()}

    def hot(self) -> dict[tuple[str, str], Progress]:
        """All progress in Redis."""
        with self.redis() as redis:
            found: dict[tuple[str, str], Progress] = {}
            for key in redis.scan_iter(KEYS.progress_hashes, count=1000):
                person = KEYS.person_of_hash(key.decode())
                fields = {name.decode(): value for name, value in redis.hgetall(key).items()}
                for content, value in fields.items():
                    if content != FENCE and not is_older_name(content):
                        older = fields.get(older_name(content))
                        found[person, content] = whole_of(value, older)
        return found

    def published(self) -> tuple[dict[tuple[str, str], State], dict[int, list[Checkpoint]]]:
        """The last state of each key by source offset, and each partition's checkpoints."""
        states: dict[tuple[str, str], State] = {}
        checkpoints: dict[int, list[Checkpoint]] = defaultdict(list)
        for message in self.records(self.topics.states.name):
            record = decode_state(message.value() or b"")
            if isinstance(record, Checkpoint):
                assert record.partition == message.partition()
                checkpoints[record.partition].append(record)
            else:
                key = (person_key(record.tenant_id, record.user_id), record.content_id)
                if record.part is None and (
                    key not in states or states[key].source_offset <= record.source_offset
                ):
                    states[key] = record
        return states, checkpoints

    def published_older(self) -> dict[tuple[str, str], bytes]:
        """The last older sessions of each item."""
        found: dict[tuple[str, str], bytes] = {}
        for message in self.records(self.topics.states.name):
            record = decode_state(message.value() or b"")
            if isinstance(record, State) and record.part is not None:
                found[person_key(record.tenant_id, record.user_id), record.content_id] = bytes(
                    record.progress
                )
        return found

    def model(self, policy: Policy = Policy()) -> dict[tuple[str, str], Progress]:
        """The progress that the kernel makes of all valid heartbeats, in the order of the log."""
        model: dict[tuple[str, str], Progress] = {}
        for message in self.records(self.topics.heartbeats.name):
            try:
                heartbeat = decode_heartbeat(message.value() or b"")
            except WireError:
                continue
            person = person_key(heartbeat.tenant_id, heartbeat.user_id)
            if message.key() != person.encode():
                continue
            key = (person, heartbeat.content_id)
            model[key] = apply(model.get(key, NOTHING), heartbeat, policy)
        return model

    def settled(self, seconds: float = 60.0) -> dict[int, dict[str, int]]:
        """Wait until every heartbeat in the log is applied, and published by a checkpoint."""
        ends = self.ends()

        def applied() -> dict[int, dict[str, int]] | None:
            partitions = self.applied()
            done = all(partitions[p].get("next", 0) == end for p, end in ends.items() if end)
            return partitions if done else None

        partitions = eventually(applied, f"Redis has applied {ends}", seconds, found=self.applied)

        def is_published() -> bool:
            _, checkpoints = self.published()
            return all(
                checkpoints[p] and checkpoints[p][-1].next_offset == end for p, end in ends.items() if end
            )

        eventually(is_published, f"checkpoints at {ends}", seconds)
        return partitions

    def check(self, seconds: float = 60.0) -> dict[str, int]:
        """Once settled: Redis and states are what the kernel makes of the log, and the ledger balances."""
        partitions = {p: fields for p, fields in self.settled(seconds).items() if fields.get("next")}
        ends, model = self.ends(), self.model()
        assert self.hot() == model
        states, checkpoints = self.published()
        older = self.published_older()
        published = {key: whole_of(bytes(state.progress), older.get(key)) for key, state in states.items()}
        assert published == model
        for partition, at in partitions.items():
            last = checkpoints[partition][-1]
            assert at["next"] - at["first"] == at["applied"] + at["duplicates"] + at["dead"]
            assert (at["first"], at["next"]) == (0, ends[partition])
            assert last.ledger == Ledger(*(at[n] for n in ("first", "next", "applied", "duplicates", "dead")))
        return {
            name: sum(at[name] for at in partitions.values()) for name in ("applied", "duplicates", "dead")
        }

    def delete_group(self) -> None:
        """Delete the consumer group, as the broker does a week after its last use."""
        group = f"{self.environment['PLAYHEAD_KAFKA_PREFIX']}playhead-processor"
        admin = AdminClient({"bootstrap.servers": self.servers})

        def is_deleted() -> bool:
            try:
                admin.delete_consumer_groups([group], request_timeout=10)[group].result()
            except KafkaException as error:
                # Its last member was killed, and stays a member for the session timeout.
                return bool(error.args[0].code() == KafkaError.GROUP_ID_NOT_FOUND)
            return True

        eventually(is_deleted, "the group is deleted")

    def store_published(self, dsn: str) -> None:
        """Store the published states and ledgers in PostgreSQL, as far as the processor reads them."""
        states, checkpoints = self.published()
        with psycopg.connect(dsn) as connection:
            for state in states.values():
                connection.execute(_ROW, (*_identity(state), bytes(state.progress).decode(), *_source(state)))
            for partition, (*_, last) in checkpoints.items():
                place = (self.topics.states.name, partition)
                connection.execute(_LEDGER, (*place, *astuple(last.ledger)))

    @contextmanager
    def redis_snapshot(self) -> Iterator[Callable[[], None]]:
        """A snapshot of Redis; the function that is yielded restores it, like an older dump."""
        with self.redis() as redis:
            yield redis_snapshot(redis)


def _end(consumer: Consumer, place: TopicPartition) -> int:
    def look() -> int | None:
        try:
            return int(consumer.get_watermark_offsets(place, timeout=10)[1])
        except KafkaException as error:
            if error.args[0].code() == KafkaError.NOT_LEADER_FOR_PARTITION:  # known before the broker knows
                return None
            raise

    return eventually(look, f"the end of {place}")


def _identity(state: State) -> tuple[str, str, str]:
    return (state.tenant_id, state.user_id, state.content_id)


def _source(state: State) -> tuple[int, int]:
    return (state.source_partition, state.source_offset)
