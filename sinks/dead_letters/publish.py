"""Publishes what the sink itself writes to Kafka.

Dead letters are records that it cannot store, kept for an operator. Tombstones are its response to states of
erased people, so that compaction removes them. The sink reads its own tombstones too, and ignores them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from playhead.causes import cause_of
from playhead.kafka.connection import client_properties
from playhead.kafka.login import Login
from playhead.kafka.producer import fatal_error
from playhead.kafka.records import ProducerRecord, dead_letter_record, without_value
from playhead.settings import KafkaSettings
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.topics import Topics
from sinks.errors import DeadLetterRefusedError, LettersOutageError
from sinks.states.decode import ConsumedRecord, RejectedRecord

ACK_SECONDS = 10.0
_REFUSALS = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG, KafkaError.TOPIC_AUTHORIZATION_FAILED)

_log = logging.getLogger(__name__)
_Failure = tuple[ProducerRecord, KafkaError | None]
"""A record that was not acknowledged, and why; None if the delivery was not reported."""


class DeadLetterPublisher:
    """Publishes dead letters and tombstones, and waits for the broker. For one thread."""

    def __init__(self, settings: KafkaSettings) -> None:
        topics = Topics.named(settings.kafka_prefix)
        self._source_topic = topics.states.name
        self._topic = topics.dead_letters.name
        self._settings = settings
        self._configuration = {
            "enable.idempotence": True,
            "compression.type": "lz4",
            "delivery.timeout.ms": int(ACK_SECONDS * 1000),
            "message.max.bytes": 8_000_000,  # the broker accepted the record once: only it may refuse it
            "linger.ms": 5,
        }
        self._producer = self._new_producer()

    def publish(self, rejected: Sequence[RejectedRecord], erased: Sequence[ConsumedRecord] = ()) -> None:
        """Return when the broker has acknowledged every record.

        Raises:
            LettersOutageError: it did not in time; some may be written, and are written again by a retry.
            DeadLetterRefusedError: it never will.
        """
        failures = self._deliver([*map(self._dead_letter, rejected), *map(self._tombstone, erased)])
        for each in [each for each in failures if _is_too_large(*each)]:
            failures.remove(each)
            failures += self._deliver_large(each[0])
        for _, error in failures:
            if error is not None and (error.code() in _REFUSALS or error.fatal()):
                raise DeadLetterRefusedError(f"Kafka refuses a dead letter or a tombstone: {error.str()}")
        if failures:
            self._replace_producer()
            raise LettersOutageError(f"dead letters or tombstones wait for Kafka: {_reason(failures[0][1])}")

    def _deliver_large(self, record: ProducerRecord) -> list[_Failure]:
        """Publish a dead letter alone, since one that is too large fails its whole batch; then without value.

        Giving up on it would stop the sink for every person.
        """
        failures = self._deliver([record])
        if not any(_is_too_large(*each) for each in failures):
            return failures
        _log.error("a dead letter is too large for %s: its value is left out", record.topic)
        return self._deliver([without_value(record, _reason(error)) for record, error in failures])

    def _deliver(self, records: Sequence[ProducerRecord]) -> list[_Failure]:
        waiting = dict(enumerate(records))
        failures: list[_Failure] = []

        def note(place: int, error: KafkaError | None, _: Message) -> None:
            record = waiting.pop(place)
            if error is not None:
                failures.append((record, error))

        for place, record in enumerate(records):
            self._produce(record, partial(note, place))
        # Deliveries time out sooner, and then report why; with a fatal error, reports are lost.
        if (fatal := fatal_error(self._producer.flush, ACK_SECONDS * 2)) is not None:
            return [(record, fatal) for record in records]
        return failures + [(record, None) for record in waiting.values()]

    def _replace_producer(self) -> None:
        """Let a new producer make the next attempt.

        One that lost a partition's leader may never find it again (ADR 0020). Nothing else is in flight here,
        so that a new one costs no more than a connection.
        """
        self._producer.purge()
        self._producer = self._new_producer()

    def _new_producer(self) -> Producer:
        login = Login(self._settings)
        where = client_properties(self._settings, "playhead-sink")
        login.client = made = Producer({**where, **self._configuration, "error_cb": login}, logger=_log)
        return made

    def _dead_letter(self, rejected: RejectedRecord) -> ProducerRecord:
        source = rejected.source
        letter = DeadLetter(
            self._source_topic, source.partition, source.offset, rejected.reason, rejected.detail
        )
        return dead_letter_record(self._topic, letter, source.key, source.value)

    def _tombstone(self, source: ConsumedRecord) -> ProducerRecord:
        return ProducerRecord(self._source_topic, source.key, None, source.partition)

    def _produce(self, record: ProducerRecord, note: object) -> None:
        while True:
            try:
                self._producer.produce(
                    record.topic,
                    record.value,
                    record.key,
                    -1 if record.partition is None else record.partition,
                    note,
                    headers=list(record.headers) or None,
                )
            except BufferError:  # the queue is full: let some of it be delivered
                if (fatal := fatal_error(self._producer.poll, ACK_SECONDS)) is not None:
                    raise DeadLetterRefusedError(f"{record.topic} refuses a record: {fatal.str()}") from None
            except KafkaException as error:
                raise DeadLetterRefusedError(f"{record.topic} refuses a record: {cause_of(error)}") from error
            else:
                return


def _is_too_large(record: ProducerRecord, error: KafkaError | None) -> bool:
    code = None if error is None else error.code()
    return code == KafkaError.MSG_SIZE_TOO_LARGE and bool(record.value) and bool(record.headers)


def _reason(error: KafkaError | None) -> str:
    return "no delivery was reported in time" if error is None else str(error.str())
