"""How much of the log of heartbeats PostgreSQL does not have yet, and the wait until it has everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic, sleep

import psycopg
from confluent_kafka import TopicPartition
from confluent_kafka.admin import OffsetSpec

from operations.stores import kafka_errors, refuse_topic
from playhead.kafka.connection import admin_client
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics

KAFKA_SECONDS = 10.0
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
    admin = admin_client(settings, "playhead-operator")
    with kafka_errors(settings):
        metadata = admin.list_topics(topic, timeout=KAFKA_SECONDS).topics[topic]
        if metadata.error is not None:
            raise refuse_topic(topic, metadata.error)
        partitions = list(metadata.partitions)
        starts, ends = (
            {
                place.partition: answer.result().offset
                for place, answer in admin.list_offsets(
                    {TopicPartition(topic, each): spec for each in partitions},
                    request_timeout=KAFKA_SECONDS,
                ).items()
            }
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
