"""Read a topic up to the end that it has now, outside of any consumer group."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from time import monotonic

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from operations.stores import StoreUnavailableError, describe_topic, kafka_errors
from playhead.kafka.connection import client_properties, missing_right
from playhead.settings import KafkaSettings

REQUEST_SECONDS = 10.0
SILENCE_SECONDS = 30.0
"""After this long without a record, the brokers are considered unavailable."""
_BATCH = 10_000


def read_topic(
    settings: KafkaSettings,
    topic: str,
    *,
    positions: Mapping[int, int] | None = None,
    partitions: Collection[int] | None = None,
    since: datetime | None = None,
) -> Iterator[Message]:
    """Records in the order of each partition, some 500,000 a second.

    Args:
        settings: Where Kafka is.
        topic: Its full name.
        positions: Where to begin, by partition; the others begin with their first record.
        partitions: Those to read; all of them by default.
        since: Begin with the first record of this time or later, instead of `positions`.

    Raises:
        StoreUnavailableError: Kafka does not answer, or has no such topic.
    """
    with kafka_errors(settings):
        consumer = _consumer(settings)
    try:
        with kafka_errors(settings, f"Read on topic {topic}"):
            starts = _starts(consumer, topic, positions or {}, partitions, since)
            consumer.assign(starts)
            yield from _up_to_the_end(consumer, {each.partition for each in starts}, _group(settings))
    finally:
        consumer.close()


def _group(settings: KafkaSettings) -> str:
    return f"{settings.kafka_prefix}playhead-operator"


def _consumer(settings: KafkaSettings) -> Consumer:
    return Consumer(
        {
            **client_properties(settings, "playhead-operator"),
            "group.id": _group(settings),  # never joined
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",  # a position before the log start
            "enable.partition.eof": True,
            "log_level": 0,  # errors are raised
        }
    )


def _starts(
    consumer: Consumer,
    topic: str,
    positions: Mapping[int, int],
    partitions: Collection[int] | None,
    since: datetime | None,
) -> list[TopicPartition]:
    found = describe_topic(consumer, topic, REQUEST_SECONDS, right="Read").partitions
    chosen = [each for each in found if partitions is None or each in partitions]
    if since is None:
        return [TopicPartition(topic, each, positions.get(each, OFFSET_BEGINNING)) for each in chosen]
    at_ms = int(since.timestamp() * 1000)
    times = [TopicPartition(topic, each, at_ms) for each in chosen]
    return list(consumer.offsets_for_times(times, timeout=REQUEST_SECONDS))


def _up_to_the_end(consumer: Consumer, partitions: set[int], group: str) -> Iterator[Message]:
    last = monotonic()
    while partitions:
        messages = consumer.consume(_BATCH, 0.1)
        if messages:
            last = monotonic()
        elif monotonic() - last > SILENCE_SECONDS:
            raise StoreUnavailableError("Kafka does not answer (PLAYHEAD_KAFKA_SERVERS)")
        for message in messages:
            error = message.error()
            if error is None:
                if message.partition() in partitions:  # not what was appended after its end was reached
                    yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                partitions.discard(message.partition())
            elif error.code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
                # librdkafka looks for the coordinator before it reads, though it never joins the group
                raise StoreUnavailableError(missing_right(error, f"Describe on consumer group {group}"))
            else:
                raise KafkaException(error)
