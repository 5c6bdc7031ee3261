"""Waits until the services know of a merge, and until they have stored all heartbeats that there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import psycopg
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from operations.merge.errors import PipelineBehindError
from operations.stores import kafka_errors, refuse_topic
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics

KAFKA_SECONDS = 10.0
BETWEEN_READS_SECONDS = 0.2
_STORED = "SELECT partition, next_offset FROM progress.ledger WHERE topic = %s"


def wait_for_services(merged_at: datetime, refresh_seconds: float) -> None:
    """Wait until every service that reaches PostgreSQL has read the alias, even if it failed to once."""
    known_at = merged_at + timedelta(seconds=2 * refresh_seconds)
    sleep(max(0.0, (known_at - datetime.now(UTC)).total_seconds()))


def wait_until_stored(connection: psycopg.Connection, settings: KafkaSettings, seconds: float) -> None:
    """Wait until everything of the heartbeats that the log has now is in PostgreSQL.

    Raises:
        PipelineBehindError: it is not, in time.
        StoreUnavailableError: Kafka does not answer, or has no such topic.
    """
    topics = Topics.named(settings.kafka_prefix)
    ends = _log_ends(settings, topics.heartbeats.name)
    deadline = monotonic() + seconds
    while behind := _behind(ends, dict(connection.execute(_STORED, (topics.states.name,)).fetchall())):
        if monotonic() > deadline:
            raise PipelineBehindError(
                f"{behind:,} heartbeats were not stored within {seconds:.0f} s: see that a processor and a "
                "sink run (`playhead status`), and run the command again, which continues"
            )
        sleep(BETWEEN_READS_SECONDS)


def _behind(ends: Mapping[int, int], stored: Mapping[int, int]) -> int:
    return sum(max(0, end - stored.get(partition, 0)) for partition, end in ends.items())


def _log_ends(settings: KafkaSettings, topic: str) -> dict[int, int]:
    """The log end of each partition that has a record."""
    admin = AdminClient({"bootstrap.servers": settings.kafka_servers, "log_level": 0})
    with kafka_errors():
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
