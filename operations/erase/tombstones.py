"""Find a person's states in Kafka, and publish tombstones for them, so that compaction deletes them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from operations.erase.database import LoggedState, Subject
from operations.topic_reader import read_topic
from playhead.kafka import publisher
from playhead.kafka.publisher import ProducerRecord, Publisher
from playhead.progress.identifiers import ContentId
from playhead.settings import KafkaSettings
from playhead.wire.keys import person_key, state_key
from playhead.wire.topics import Topics

ACK_SECONDS = 30.0


def publish_tombstones(settings: KafkaSettings, subject: Subject, states: Sequence[LoggedState]) -> None:
    """Return once Kafka has acknowledged a tombstone for each state, in the state's partition.

    Raises:
        PublishError: some tombstones may be missing; publish all of them again.
    """
    topic = Topics.named(settings.kafka_prefix).states.name
    tombstones = [
        ProducerRecord(
            topic, state_key(subject.tenant, subject.user, each.content).encode(), None, each.partition
        )
        for each in states
    ]
    if tombstones:
        with _unlogged():
            asyncio.run(_publish(settings, tombstones))


class StatesInLog:
    """The states of a person in the states topic, in any partition."""

    def __init__(self, settings: KafkaSettings, subject: Subject) -> None:
        self._settings = settings
        self._topic = Topics.named(settings.kafka_prefix).states.name
        self._prefix = f"{person_key(subject.tenant, subject.user)}:".encode()
        self._live: set[LoggedState] = set()
        self._positions: dict[int, int] = {}

    def read(self) -> set[LoggedState]:
        """Those whose latest record is no tombstone, up to the log end; continues where the last call ended.

        Raises:
            KafkaUnavailableError: Kafka does not answer, or does not have the topic.
        """
        for message in read_topic(self._settings, self._topic, positions=self._positions):
            key, partition = message.key(), message.partition()
            self._positions[partition] = message.offset() + 1
            if key is not None and key.startswith(self._prefix):
                # After a change of the number of partitions, a key may be in two of them.
                state = LoggedState(ContentId(key.decode().rpartition(":")[2]), partition)
                (self._live.discard if message.value() is None else self._live.add)(state)
        return set(self._live)


async def _publish(settings: KafkaSettings, tombstones: Sequence[ProducerRecord]) -> None:
    async with Publisher(settings, client_id="playhead-erase", ack_timeout_seconds=ACK_SECONDS) as kafka:
        await kafka.publish(tombstones)


@contextmanager
def _unlogged() -> Iterator[None]:
    """Silence the publisher's log: the errors that it reports are raised as well."""
    log = logging.getLogger(publisher.__name__)
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
