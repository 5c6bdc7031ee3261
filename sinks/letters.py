"""What the sink itself writes to Kafka.

Dead letters: what it cannot store, kept for a person to look at. Tombstones: its answer to states of people
who were erased, so that compaction takes those away. The sink reads its tombstones too, and answers nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from playhead.settings import KafkaSettings
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.topics import Topics
from sinks.errors import LetterRefusedError, LettersOutageError
from sinks.reading import Rejected, Source

ACK_SECONDS = 10.0

_log = logging.getLogger(__name__)


class _Record(NamedTuple):
    topic: str
    key: bytes | None
    value: bytes | None
    more: dict[str, Any]


class Letters:
    """Publishes dead letters and tombstones, and waits for the broker. For one thread."""

    def __init__(self, settings: KafkaSettings) -> None:
        topics = Topics.named(settings.kafka_prefix)
        self._source_topic = topics.states.name
        self._topic = topics.dead_letters.name
        self._configuration = {
            "bootstrap.servers": settings.kafka_servers,
            "client.id": "playhead-sink",
            "enable.idempotence": True,
            "compression.type": "lz4",
            "delivery.timeout.ms": int(ACK_SECONDS * 1000),
            "message.max.bytes": 8_000_000,  # the record was accepted once: only the broker may refuse it
            "linger.ms": 5,
        }
        self._producer = Producer(self._configuration, logger=_log)

    def publish(self, rejected: Sequence[Rejected], erased: Sequence[Source] = ()) -> None:
        """Return when the broker has acknowledged every one.

        Raises:
            LettersOutageError: it did not in time; some may have been written, so expect them twice.
            LetterRefusedError: it never will.
        """
        failures: list[KafkaError] = []

        def note(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                failures.append(error)

        for record in [*map(self._letter, rejected), *map(self._tombstone, erased)]:
            self._produce(record, note)
        unacknowledged = self._producer.flush(ACK_SECONDS * 2)  # deliveries time out sooner, and then say why
        for error in failures:
            if not _is_outage(error):
                raise LetterRefusedError(f"Kafka refuses a dead letter or a tombstone: {error.str()}")
        if failures or unacknowledged:
            why = failures[0].str() if failures else "no acknowledgement in time"
            self._replace_producer()
            raise LettersOutageError(f"dead letters or tombstones wait for Kafka: {why}")

    def _replace_producer(self) -> None:
        """Send the next attempt by a producer that has no past.

        One that lost a partition's leader may never find it again (ADR 0020). Nothing else is in flight here,
        so that a new one costs no more than a connection.
        """
        self._producer.purge()
        self._producer = Producer(self._configuration, logger=_log)

    def _letter(self, rejected: Rejected) -> _Record:
        source = rejected.source
        letter = DeadLetter(
            self._source_topic, source.partition, source.offset, rejected.reason, rejected.detail
        )
        return _Record(self._topic, source.key, source.value, {"headers": letter.headers()})

    def _tombstone(self, source: Source) -> _Record:
        return _Record(self._source_topic, source.key, None, {"partition": source.partition})

    def _produce(self, record: _Record, note: object) -> None:
        while True:
            try:
                self._producer.produce(
                    record.topic, record.value, record.key, on_delivery=note, **record.more
                )
            except BufferError:  # the queue is full: let some of it go
                self._producer.poll(ACK_SECONDS)
            except KafkaException as error:
                raise LetterRefusedError(f"{record.topic} refuses a record: {error}") from error
            else:
                return


def _is_outage(error: KafkaError) -> bool:
    refused = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG, KafkaError.TOPIC_AUTHORIZATION_FAILED)
    return error.code() not in refused and not error.fatal()
