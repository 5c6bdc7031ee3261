"""Read the offsets and ledgers of all partitions from Kafka, Redis and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import monotonic, sleep
from typing import Any, TypeVar

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from operations.status.partition_status import PartitionOffsets, PartitionStatus, is_behind, statuses
from operations.stores import kafka_errors, postgres, redis, refuse_topic, stored_offsets
from playhead.kafka.connection import admin_client
from playhead.retry import Backoff
from playhead.settings import HotAuditSettings
from playhead.wire.former_keys import former_applied_hash
from playhead.wire.keys import applied_hash
from playhead.wire.ledger import Ledger
from playhead.wire.topics import Topics

T = TypeVar("T")

KAFKA_SECONDS = 10.0
_BETWEEN_READS = Backoff(0.1, 1.0)
_COUNTS = ("first", "next", "applied", "duplicates", "dead")
_LEDGERS = """
SELECT partition, first_offset, next_offset, applied, duplicates, dead_lettered
FROM progress.ledger WHERE topic = %s
"""


class StatusSettings(HotAuditSettings):
    """The addresses of Kafka, Redis and PostgreSQL."""


def wait_for_partitions(settings: StatusSettings, seconds: float) -> list[PartitionStatus]:
    """Read until nothing is left to apply, to publish or to store, or the time is over; the last status."""
    deadline = monotonic() + seconds
    pauses = _BETWEEN_READS.pauses()
    while True:
        found = read_partitions(settings)
        left = deadline - monotonic()
        if left <= 0 or not is_behind(found):
            return found
        sleep(min(next(pauses), left))


def read_partitions(settings: StatusSettings) -> list[PartitionStatus]:
    """The status of every partition of the heartbeats and the states topic."""
    topics = Topics.named(settings.kafka_prefix)
    admin = admin_client(settings, "playhead-operator")
    names = topics.heartbeats.name, topics.states.name
    with kafka_errors(settings):
        found = {name: _partitions(admin, name) for name in names}
    partitions = sorted({each for those in found.values() for each in those})
    # The stores before the log ends, which only grow: a store then never seems to be ahead of its log.
    durable, stored = _durable(settings, topics.states.name)
    hot = _hot(settings, partitions)
    with kafka_errors(settings):
        heartbeats, states = (_log_ends(admin, name, found[name]) for name in names)
    return statuses(
        {
            each: PartitionOffsets(
                heartbeats_end=heartbeats.get(each),
                states_end=states.get(each),
                hot=hot.get(each),
                durable=durable.get(each),
                stored=stored.get(each),
            )
            for each in partitions
        }
    )


def _partitions(admin: AdminClient, topic: str) -> list[int]:
    metadata = admin.list_topics(topic, timeout=KAFKA_SECONDS).topics[topic]
    if metadata.error is not None:
        raise refuse_topic(topic, metadata.error)
    return list(metadata.partitions)


def _log_ends(admin: AdminClient, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    wanted = {TopicPartition(topic, each): OffsetSpec.latest() for each in partitions}
    answers = admin.list_offsets(wanted, request_timeout=KAFKA_SECONDS)
    return {each.partition: answer.result().offset for each, answer in answers.items()}


def _durable(settings: StatusSettings, topic: str) -> tuple[dict[int, Ledger], dict[int, int]]:
    """Of each partition, the ledger and the stored offset of the database that is furthest behind."""
    ledgers: list[dict[int, Ledger]] = []
    offsets: list[dict[int, int]] = []
    for each in settings.databases.named.values():
        with postgres(each.dsn, "status") as connection, connection.transaction():
            rows = connection.execute(_LEDGERS, (topic,)).fetchall()
            ledgers.append({partition: Ledger(*counts) for partition, *counts in rows})
            offsets.append(stored_offsets(connection, topic))
    return (
        _of_all(ledgers, lambda found: min(found, key=lambda each: each.next_offset)),
        _of_all(offsets, min),
    )


def _of_all(databases: Sequence[dict[int, T]], choose: Callable[[list[T]], T]) -> dict[int, T]:
    """One value for each partition that every database has."""
    common = set.intersection(*map(set, databases))
    return {partition: choose([each[partition] for each in databases]) for partition in common}


def _hashes(partition: int) -> tuple[str, str]:
    """Where the processor keeps the partition, or the former release did."""
    return applied_hash(partition), former_applied_hash(partition)


def _hot(settings: StatusSettings, partitions: Iterable[int]) -> dict[int, Ledger]:
    with redis(settings, "status") as client:
        rows: dict[int, Any] = {
            each: next(
                (row for row in (client.hmget(key, _COUNTS) for key in _hashes(each)) if None not in row),
                [None],
            )
            for each in partitions
        }
    return {each: Ledger(*map(int, row)) for each, row in rows.items() if None not in row}
