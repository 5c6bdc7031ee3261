"""How much of the log of heartbeats PostgreSQL does not have yet, and the wait until it has everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic, sleep

import psycopg
from confluent_kafka.admin import OffsetSpec

from operations.stores import describe_topic, kafka_errors, log_offsets
from playhead.kafka.connection import admin_client
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics

BETWEEN_READS_SECONDS = 0.2
_STORED = "SELECT partition, next_offset FROM progress.ledger WHERE topic = %s"


def drain(databases: Sequence[psycopg.Connection], settings: KafkaSettings, seconds: float) -> int:
    """Wait until every database has all heartbeats that the log has now; how many are missing after the time.

    Raises:
        StoreUnavailableError: Kafka does not answer, or has no such topic.
    """
    ends = heartbeat_ends(settings)
    deadline = monotonic() + seconds
    while behind := max(heartbeats_not_stored(each, settings, ends) for each in databases):
        if monotonic() > deadline:
            break
        sleep(BETWEEN_READS_SECONDS)
    return behind


def heartbeat_ends(settings: KafkaSettings) -> dict[int, int]:
    """The log end of each partition of heartbeats that has a record.

    Raises:
        StoreUnavailableError: Kafka does not answer, or has no such topic.
    """
    topic = Topics.named(settings.kafka_prefix).heartbeats.name
    with kafka_errors(settings, f"Describe on topic {topic}"):
        admin = admin_client(settings, "playhead-operator")
        partitions = list(describe_topic(admin, topic).partitions)
        starts, ends = (
            log_offsets(admin, topic, partitions, spec)
            for spec in (OffsetSpec.earliest(), OffsetSpec.latest())
        )
    return {each: end for each, end in ends.items() if end > starts[each]}


def stored_heartbeats(connection: psycopg.Connection, states_topic: str) -> dict[int, int]:
    """Up to where a database has the heartbeats of each partition, by the checkpoints of the states topic."""
    return dict(connection.execute(_STORED, (states_topic,)).fetchall())


def heartbeats_not_stored(
    connection: psycopg.Connection, settings: KafkaSettings, ends: Mapping[int, int]
) -> int:
    """Heartbeats before these log ends of which a database has no checkpoint yet."""
    stored = stored_heartbeats(connection, Topics.named(settings.kafka_prefix).states.name)
    return sum(max(0, end - stored.get(partition, 0)) for partition, end in ends.items())
