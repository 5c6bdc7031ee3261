"""Find a person's states in Kafka, and publish tombstones for them, so that compaction deletes them."""

from __future__ import annotations

from collections.abc import Sequence

from operations.erase.database import LoggedState, Subject
from operations.stores import publish
from operations.topic_reader import read_topic
from playhead.kafka.publisher import ProducerRecord
from playhead.settings import KafkaSettings
from playhead.wire.keys import item_of, older_name, person_key, state_key
from playhead.wire.topics import Topics


def publish_tombstones(settings: KafkaSettings, subject: Subject, states: Sequence[LoggedState]) -> None:
    """Return once Kafka has acknowledged tombstones for each state, in the state's partition.

    The older sessions of an item have a state of their own, which gets one too.

    Raises:
        PublishError: some tombstones may be missing; publish all of them again.
    """
    topic = Topics.named(settings.kafka_prefix).states.name
    keys = [(state_key(subject.tenant, subject.user, each.content), each.partition) for each in states]
    tombstones = [
        ProducerRecord(topic, name.encode(), None, partition)
        for key, partition in keys
        for name in (key, older_name(key))
    ]
    publish(settings, "erase", tombstones)


class StatesInLog:
    """The states of a person in the states topic, in any partition."""

    def __init__(self, settings: KafkaSettings, subject: Subject) -> None:
        self._settings = settings
        self._topic = Topics.named(settings.kafka_prefix).states.name
        self._prefix = f"{person_key(subject.tenant, subject.user)}:".encode()
        self._live: set[tuple[str, int]] = set()
        self._positions: dict[int, int] = {}

    def read(self) -> set[LoggedState]:
        """Those whose latest record is no tombstone, up to the log end; the next call continues there."""
        for message in read_topic(self._settings, self._topic, positions=self._positions):
            key, partition = message.key(), message.partition()
            self._positions[partition] = message.offset() + 1
            if key is not None and key.startswith(self._prefix):
                # After a change of the number of partitions, a key may be in two of them.
                logged = (key.decode(), partition)
                (self._live.discard if message.value() is None else self._live.add)(logged)
        return {LoggedState(item_of(key), partition) for key, partition in self._live}
