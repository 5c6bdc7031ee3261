"""Find states in Kafka, and publish tombstones for them, so that compaction deletes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from operations.erase.database import LoggedState
from operations.erase.subject import Erasable, Subject
from operations.stores import publish
from operations.topic_reader import read_topic
from playhead.kafka.records import ProducerRecord
from playhead.settings import KafkaSettings
from playhead.wire.keys import is_older_name, older_name, state_key
from playhead.wire.topics import Topics

_ROUNDS = 3
"""Rounds of tombstones: a running processor may still publish what it applied before the erasure."""
_AT_ONCE = 10_000
"""States whose tombstones are published and acknowledged together."""


class LoggedKey(NamedTuple):
    """The key of an item's state, and the partition that holds it."""

    key: str
    partition: int


def logged_keys(subject: Subject, states: Iterable[LoggedState]) -> set[LoggedKey]:
    """The keys of a person's states."""
    return {
        LoggedKey(state_key(subject.tenant, subject.user, each.content), each.partition) for each in states
    }


def publish_tombstones(settings: KafkaSettings, states: Sequence[LoggedKey]) -> None:
    """Return once Kafka has acknowledged tombstones for each state, in the state's partition.

    The older sessions of an item have a state of their own, which gets one too.

    Raises:
        PublishError: some tombstones may be missing; publish all of them again.
    """
    topic = Topics.named(settings.kafka_prefix).states.name
    for first in range(0, len(states), _AT_ONCE):
        tombstones = [
            ProducerRecord(topic, name.encode(), None, partition)
            for key, partition in states[first : first + _AT_ONCE]
            for name in (key, older_name(key))
        ]
        publish(settings, "erase", tombstones)


class StatesInLog:
    """The states of a person or of an organisation in the states topic, in any partition."""

    def __init__(self, settings: KafkaSettings, subject: Erasable) -> None:
        self._settings = settings
        self._topic = Topics.named(settings.kafka_prefix).states.name
        self._prefix = subject.prefix.encode()
        self._live: set[LoggedKey] = set()
        self._positions: dict[int, int] = {}

    def read(self) -> set[LoggedKey]:
        """Those whose latest record is no tombstone, up to the log end; the next call continues there."""
        for message in read_topic(self._settings, self._topic, positions=self._positions):
            key, partition = message.key(), message.partition()
            self._positions[partition] = message.offset() + 1
            if key is not None and key.startswith(self._prefix):
                # After a change of the number of partitions, a key may be in two of them.
                logged = LoggedKey(key.decode(), partition)
                (self._live.discard if message.value() is None else self._live.add)(logged)
        return {LoggedKey(item_key(each.key), each.partition) for each in self._live}


class DeletedStates(NamedTuple):
    """What became of the states in the log."""

    tombstones: int
    left: int
    """States that were published again each time."""


def delete_states(settings: KafkaSettings, subject: Erasable, owed: Collection[LoggedKey]) -> DeletedStates:
    """Publish tombstones for the states in the log, for those owed, and for those published meanwhile.

    Raises:
        PublishError: some tombstones may be missing.
        StoreUnavailableError: Kafka does not answer.
    """
    log, tombstones = StatesInLog(settings, subject), 0
    left = log.read() | set(owed)
    for _ in range(_ROUNDS):
        publish_tombstones(settings, sorted(left))
        tombstones += len(left)
        left = log.read()
        if not left:
            break
    return DeletedStates(tombstones, len(left))


def item_key(key: str) -> str:
    """The key of an item's state, also for that of its older sessions."""
    return key[: -len(older_name(""))] if is_older_name(key) else key
