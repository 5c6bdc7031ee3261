"""Read the offsets and ledgers of all partitions from Kafka, Redis and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic, sleep
from typing import Any

from confluent_kafka.admin import OffsetSpec

from operations.status.partition_status import PartitionOffsets, PartitionStatus, is_behind, statuses
from operations.stores import (
    StoreUnavailableError,
    describe_topic,
    kafka_errors,
    log_offsets,
    of_all,
    postgres,
    redis,
    stored_offsets,
)
from playhead.kafka.connection import admin_client
from playhead.retry import Backoff
from playhead.settings import HotAuditSettings
from playhead.wire.ledger import Ledger
from playhead.wire.redis_keys import RedisKeys
from playhead.wire.topics import Topics

_BETWEEN_READS = Backoff(0.1, 1.0)
_COUNTS = ("first", "next", "applied", "duplicates", "dead")
_LEDGERS = """
SELECT partition, first_offset, next_offset, applied, duplicates, dead_lettered
FROM progress.ledger WHERE topic = %s
"""


class StatusSettings(HotAuditSettings):
    """The addresses of Kafka, Redis and PostgreSQL."""


def wait_for_partitions(
    settings: StatusSettings, seconds: float, on_outage: Callable[[StoreUnavailableError], None]
) -> list[PartitionStatus]:
    """Read until nothing is left to apply, to publish or to store, or the time is over; the last status.

    A store that is away is waited for. `on_outage` is called at the first error and at each different one.

    Raises:
        StoreUnavailableError: at the end of the time, a store is away, or lacks a topic or the schema.
    """
    deadline = monotonic() + seconds
    pauses = _BETWEEN_READS.pauses()
    said = ""
    while True:
        try:
            found = read_partitions(settings)
        except StoreUnavailableError as error:
            if monotonic() >= deadline:
                raise
            if str(error) != said:
                on_outage(error)
                said = str(error)
        else:
            if monotonic() >= deadline or not is_behind(found):
                return found
        sleep(max(0.0, min(next(pauses), deadline - monotonic())))


def read_partitions(settings: StatusSettings) -> list[PartitionStatus]:
    """The status of every partition of the heartbeats and the states topic."""
    topics = Topics.named(settings.kafka_prefix)
    names = topics.heartbeats.name, topics.states.name
    with kafka_errors(settings):
        admin = admin_client(settings, "playhead-operator")
        found = {name: list(describe_topic(admin, name).partitions) for name in names}
    partitions = sorted({each for those in found.values() for each in those})
    # The stores before the log ends, which only grow: a store then never seems to be ahead of its log.
    durable, stored = _durable(settings, topics.states.name)
    hot = _hot(settings, partitions)
    with kafka_errors(settings):
        heartbeats, states = (log_offsets(admin, name, found[name], OffsetSpec.latest()) for name in names)
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
        of_all(ledgers, lambda found: min(found, key=lambda each: each.next_offset)),
        of_all(offsets, min),
    )


def _hashes(names: RedisKeys, partition: int) -> tuple[str, str]:
    """Where the processor keeps the partition, or the former release did."""
    return names.applied_hash(partition), names.former_applied_hash(partition)


def _hot(settings: StatusSettings, partitions: Iterable[int]) -> dict[int, Ledger]:
    with redis(settings, "status") as client:
        rows: dict[int, Any] = {
            each: next(
                (row for row in (client.hmget(key, _COUNTS) for key in hashes) if None not in row),
                [None],
            )
            for each, hashes in ((each, _hashes(settings.redis_keys, each)) for each in partitions)
        }
    return {each: Ledger(*map(int, row)) for each, row in rows.items() if None not in row}
