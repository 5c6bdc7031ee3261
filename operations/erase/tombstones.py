"""A person's states in the log, and tombstones for them: compaction forgets the keys."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from operations.erase.database import Owed, Subject
from playhead.kafka import publisher
from playhead.kafka.publisher import ProducerRecord, Publisher
from playhead.kafka.topic_keys import TopicKeys
from playhead.progress.identifiers import ContentId
from playhead.settings import KafkaSettings
from playhead.wire.keys import person_key, state_key
from playhead.wire.topics import Topics

ACK_SECONDS = 30.0


def bury(settings: KafkaSettings, subject: Subject, owed: Sequence[Owed]) -> None:
    """Return when the brokers have acknowledged a tombstone for each state, in the partition that it is in.

    Raises:
        PublishError: some may not be in the log; bury all of them again.
    """
    topic = Topics.named(settings.kafka_prefix).states.name
    tombstones = [
        ProducerRecord(
            topic, state_key(subject.tenant, subject.user, each.content).encode(), None, each.partition
        )
        for each in owed
    ]
    if tombstones:
        with _unlogged():
            asyncio.run(_publish(settings, tombstones))


class StatesInLog(TopicKeys):
    """The states of a person that the states topic has, in whichever partition."""

    def __init__(self, settings: KafkaSettings, subject: Subject) -> None:
        topic = Topics.named(settings.kafka_prefix).states.name
        super().__init__(settings, topic, f"{person_key(subject.tenant, subject.user)}:".encode())

    def states(self) -> set[Owed]:
        """Those without a tombstone, up to the end of the topic as it is now.

        Raises:
            TopicReadError: the brokers do not answer.
        """
        return {Owed(ContentId(key.decode().rpartition(":")[2]), at) for key, at in self.read()}


async def _publish(settings: KafkaSettings, tombstones: Sequence[ProducerRecord]) -> None:
    async with Publisher(settings, client_id="playhead-erase", ack_timeout_seconds=ACK_SECONDS) as kafka:
        await kafka.publish(tombstones)


@contextmanager
def _unlogged() -> Iterator[None]:
    """What librdkafka has to say of brokers that are away comes out as an error, too."""
    log = logging.getLogger(publisher.__name__)
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
