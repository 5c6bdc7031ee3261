"""A second opinion of the broker, by a connection that shares nothing with the clients that do the work."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import KafkaException, TopicPartition
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
            return frozenset()
        questions = {TopicPartition(*each): OffsetSpec.latest() for each in led}
        answers = admin.list_offsets(questions, request_timeout=ANSWER_SECONDS)
    except KafkaException:
        return frozenset()
    return frozenset(
        (each.topic, each.partition)
        for each, answer in answers.items()
        if answer.exception(ANSWER_SECONDS + 1) is None
    )
