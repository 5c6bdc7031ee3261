"""Publishes acts of the service to the log of heartbeats, and waits for the brokers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from playhead.causes import cause_of
from playhead.kafka.errors import RepartitioningError
from playhead.kafka.producer import fatal_error, producer_configuration
from playhead.kafka.repartition_mark import ANSWER_SECONDS, RepartitionMark
from playhead.progress.identifiers import Instant
from playhead.settings import KafkaSettings
from playhead.wire.codec import encode
from playhead.wire.keys import person_key
from playhead.wire.topics import Topics
from sinks.errors import ActsOutageError
from sinks.renewals.acts import DueAct, records

ACK_SECONDS = 10.0
MAX_IN_FLIGHT = 100_000
"""Records of one call: 1,000 people, of a course with 100 parts at most."""

_log = logging.getLogger(__name__)

PublishActs = Callable[[Sequence[DueAct]], None]
"""Returns once Kafka has acknowledged every act."""


def publish_nothing(_: Sequence[DueAct]) -> None:
    """Where no broker is: for the tests of what else is done."""


class ActPublisher:
    """Publishes acts. It connects with the first one, which may never come. For one thread."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._topic = Topics.named(settings.kafka_prefix).heartbeats.name
        self._configuration = partial(
            producer_configuration, settings, "playhead-sink-acts", ACK_SECONDS, MAX_IN_FLIGHT, linger_ms=5
        )
        self._mark = RepartitionMark(settings, "playhead-sink-acts")
        self._producer: Producer | None = None

    def publish(self, acts: Sequence[DueAct]) -> None:
        """Return when the brokers have acknowledged every record; without acts, at once.

        Raises:
            ActsOutageError: they did not in time; some may be written, and are written again by a retry.
        """
        if not acts:
            return
        self._require_no_repartition()
        producer = self._producer = self._producer or Producer(self._configuration(), logger=_log)
        now = Instant(time.time_ns() // 1_000_000)
        failures: list[KafkaError] = []

        def note(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                failures.append(error)

        try:
            producer.list_topics(self._topic, timeout=ANSWER_SECONDS)  # it learns the number of partitions
            for act in acts:
                key = person_key(act.tenant_id, act.user_id)
                for record in records(act, now):
                    producer.produce(self._topic, encode(record), key, on_delivery=note)
        except (BufferError, KafkaException) as error:
            self._forget(producer)
            raise ActsOutageError(f"acts wait for Kafka: {cause_of(error)}") from error
        if (fatal := fatal_error(producer.flush, ACK_SECONDS * 2)) is not None:
            failures.insert(0, fatal)
        left = len(producer)
        if left or failures:
            self._forget(producer)
            reason = failures[0].str() if failures else "no delivery was reported in time"
            raise ActsOutageError(f"acts wait for Kafka: {reason}")

    def _require_no_repartition(self) -> None:
        try:
            if not self._mark.exists():
                return
        except KafkaException as error:
            raise ActsOutageError(f"acts wait for Kafka: {cause_of(error)}") from error
        raise ActsOutageError(f"acts wait: {RepartitioningError()}")

    def _forget(self, producer: Producer) -> None:
        """Let a new producer make the next attempt (ADR 0020)."""
        producer.purge()
        self._producer = None
