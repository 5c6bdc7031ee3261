"""The topics of a repartition: their partitions, and the topic that is its mark."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic, TopicMetadata

from operations.stores import REQUEST_SECONDS, StoreUnavailableError, describe_topic, kafka_errors
from playhead.kafka.connection import admin_client
from playhead.kafka.repartition_mark import RepartitionMark
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics, repartition_mark

SETTLE_SECONDS = 30.0
"""For every partition to have a leader, and for the mark to be known, or gone, at a broker."""
_POLL_SECONDS = 0.1


class RepartitionedTopics:
    """The three topics and the mark. Methods raise `StoreUnavailableError` if Kafka does not answer."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._topics = Topics.named(settings.kafka_prefix)
        self._mark = repartition_mark(settings.kafka_prefix)
        with kafka_errors(settings):
            self._looking = RepartitionMark(settings, "playhead-repartition")
            self._admin: AdminClient = admin_client(settings, "playhead-repartition")

    def counts(self) -> dict[str, int]:
        """The number of partitions of each topic, the heartbeats first."""
        return {topic.name: len(self._describe(topic.name).partitions) for topic in self._topics.all}

    def is_marked(self) -> bool:
        """Whether the mark is set."""
        with kafka_errors(self._settings, f"Describe on topic {self._mark}"):
            return self._looking.exists(REQUEST_SECONDS)

    def mark(self) -> None:
        """Set the mark; returns once a broker knows it."""
        heartbeats = self._describe(self._topics.heartbeats.name)
        replicas = len(heartbeats.partitions[0].replicas)
        needed = f"Create on topic {self._mark}"
        with kafka_errors(self._settings, needed), _unless(KafkaError.TOPIC_ALREADY_EXISTS):
            made = self._admin.create_topics([NewTopic(self._mark, 1, replicas)])
            made[self._mark].result(REQUEST_SECONDS)
        _await(self.is_marked, f"topic {self._mark} is not known to a broker")

    def lift(self) -> None:
        """Take the mark away; returns once it is gone at a broker."""
        needed = f"Delete on topic {self._mark}"
        with kafka_errors(self._settings, needed), _unless(KafkaError.UNKNOWN_TOPIC_OR_PART):
            gone = self._admin.delete_topics([self._mark])
            gone[self._mark].result(REQUEST_SECONDS)
        _await(lambda: not self.is_marked(), f"topic {self._mark} is still there")

    def add(self, target: int) -> None:
        """Give each topic so many partitions, the heartbeats last; returns once each has a leader.

        States and dead letters go to the partition of their heartbeat, which must be there then.
        """
        for topic in reversed(self._topics.all):
            if len(self._describe(topic.name).partitions) < target:
                with kafka_errors(self._settings, f"Alter on topic {topic.name}"):
                    added = self._admin.create_partitions([NewPartitions(topic.name, target)])
                    added[topic.name].result(REQUEST_SECONDS)
            _await(partial(self._is_led, topic.name, target), f"topic {topic.name} lacks leaders")

    def _is_led(self, name: str, target: int) -> bool:
        partitions = self._describe(name).partitions
        return len(partitions) >= target and all(each.leader >= 0 for each in partitions.values())

    def _describe(self, name: str) -> TopicMetadata:
        with kafka_errors(self._settings):
            return describe_topic(self._admin, name)


@contextmanager
def _unless(code: int) -> Iterator[None]:
    try:
        yield
    except KafkaException as error:
        if error.args[0].code() != code:
            raise


def _await(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise StoreUnavailableError(f"Kafka: {otherwise} after {SETTLE_SECONDS:.0f} s")
        time.sleep(_POLL_SECONDS)
