"""Asks the broker by a separate connection, which shares nothing with the clients that do the work."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec

from playhead.kafka.connection import admin_client, client_properties
from playhead.kafka.delivery_health import TopicPartition as Partition
from playhead.settings import KafkaSettings

ANSWER_SECONDS = 3.0
"""For each of two requests; a busy broker takes milliseconds."""


def answering(settings: KafkaSettings, partitions: Iterable[Partition]) -> frozenset[Partition]:
    """The partitions whose leader gives the end of their log. Blocks for 6 s at most.

    A new client is created for each call: one that is kept could be stuck in the same way as the client in
    doubt.
    """
    return frozenset(_ends(settings, partitions))


def readable(settings: KafkaSettings, positions: Mapping[Partition, int]) -> frozenset[Partition]:
    """The partitions of which a record at the position, or after it, can be read. Blocks for 10 s at most."""
    ends = _ends(settings, positions)
    behind = {each: at for each, at in positions.items() if ends.get(each, 0) > at}
    if not behind:
        return frozenset()
    reader = Consumer(
        {
            **client_properties(settings, "playhead-witness"),
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
    admin = admin_client(settings, "playhead-witness")
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
