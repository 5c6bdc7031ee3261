"""A second opinion of the broker, by a connection that shares nothing with the clients that do the work."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from playhead.kafka.health import Partition
from playhead.settings import KafkaSettings

ANSWER_SECONDS = 3.0
"""For each of the two questions; a busy broker takes milliseconds."""


def answering(settings: KafkaSettings, partitions: Iterable[Partition]) -> frozenset[Partition]:
    """Return the partitions that have a leader which says where their log ends. Blocks for 6 s at most.

    The client is made for this one question: one that is kept could be stuck in the same way as the one that
    is in doubt.
    """
    return frozenset(_ends(settings, partitions))


def readable(settings: KafkaSettings, positions: Mapping[Partition, int]) -> frozenset[Partition]:
    """Return the partitions of which a record at or behind the position can be read. Blocks for 10 s."""
    ends = _ends(settings, positions)
    behind = {each: at for each, at in positions.items() if ends.get(each, 0) > at}
    if not behind:
        return frozenset()
    reader = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "client.id": "playhead-witness",
            "group.id": "playhead-witness",  # required, and never joined
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "log_level": 0,
        }
    )
    try:
        reader.assign([TopicPartition(*each, at) for each, at in behind.items()])
        found: set[Partition] = set()
        over = time.monotonic() + ANSWER_SECONDS
        while len(found) < len(behind) and time.monotonic() < over:
            messages = reader.consume(100, timeout=0.1)
            found |= {(each.topic(), each.partition()) for each in messages if each.error() is None}
    finally:
        reader.close()
    return frozenset(found)


def _ends(settings: KafkaSettings, partitions: Iterable[Partition]) -> dict[Partition, int]:
    wanted = list(partitions)
    admin = AdminClient(
        {"bootstrap.servers": settings.kafka_servers, "client.id": "playhead-witness", "log_level": 0}
    )
    try:
        topics = admin.list_topics(timeout=ANSWER_SECONDS).topics
        led = [
            (topic, number)
            for topic, number in wanted
            if topic in topics
            and number in topics[topic].partitions
            and topics[topic].partitions[number].leader >= 0
        ]
        if not led:
            return {}
        questions = {TopicPartition(*each): OffsetSpec.latest() for each in led}
        answers = admin.list_offsets(questions, request_timeout=ANSWER_SECONDS)
    except KafkaException:
        return {}
    return {
        (each.topic, each.partition): answer.result().offset
        for each, answer in answers.items()
        if answer.exception(ANSWER_SECONDS + 1) is None
    }
