"""One librdkafka producer, which collects its delivery reports when it is asked to."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, Message

from playhead.kafka.connection import client_properties, missing_right
from playhead.kafka.errors import (
    BrokerUnavailableError,
    PublisherFailedError,
    PublishError,
    RecordRefusedError,
)
from playhead.kafka.records import ProducerRecord
from playhead.kafka.topics import METADATA_MS
from playhead.settings import KafkaSettings

GIVE_UP_EARLIER_SECONDS = 1.25
"""Margin before the ack timeout: librdkafka expires records only once a second."""
PURGE_SECONDS = 1.0
"""For the reports of purged records, which come at once."""

REFUSALS = frozenset(
    {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD, KafkaError.RECORD_LIST_TOO_LARGE}
)
"""Errors of a record that can never be written."""

_log = logging.getLogger(__name__)


def producer_configuration(
    settings: KafkaSettings, client_id: str, ack_timeout_seconds: float, max_in_flight: int, linger_ms: int
) -> dict[str, Any]:
    """The librdkafka properties of an idempotent producer that gives up before the ack timeout."""
    give_up_seconds = max(ack_timeout_seconds - GIVE_UP_EARLIER_SECONDS, ack_timeout_seconds / 2)
    return {
        **client_properties(settings, client_id),
        "acks": "all",
        "enable.idempotence": True,
        "compression.type": "lz4",
        "linger.ms": linger_ms,
        "partitioner": "murmur2_random",
        "delivery.timeout.ms": max(int(give_up_seconds * 1000), linger_ms + 1),
        # `publish` enforces the limit; this one only has to be larger.
        "queue.buffering.max.messages": max_in_flight + 1,
        "queue.buffering.max.kbytes": 262_144,
        # Finds a returning broker within a second, not after the ten seconds of the default.
        "reconnect.backoff.ms": 100,
        "reconnect.backoff.max.ms": 1_000,
        "topic.metadata.refresh.interval.ms": METADATA_MS,
        "log.connection.close": False,
    }


class Flight:
    """The records of one `publish`: settles its future once every record has its delivery report."""

    __slots__ = ("_reports", "error", "future", "records", "sent_at", "unsettled")

    def __init__(
        self,
        records: Sequence[ProducerRecord],
        future: asyncio.Future[None],
        sent_at: float,
        reports: deque[DeliveryReport],
    ) -> None:
        self.records = records
        self.future = future
        self.unsettled = len(records)
        self.sent_at = sent_at
        """When the records were given to librdkafka, by the event loop's clock."""
        self.error: PublishError | None = None
        self._reports = reports

    def reported(self, error: KafkaError | None, message: Message) -> None:
        """Append the delivery report of a record; librdkafka calls this within `poll` and `flush`."""
        self._reports.append((self, error, message))

    def record_of(self, message: Message) -> ProducerRecord:
        """The record that a delivery report is of."""
        found = (message.topic(), message.key(), message.value())
        same = (each for each in self.records if (each.topic, each.key, each.value) == found)
        return next(same, self.records[0])

    def settle(self, records: int, error: PublishError | None) -> None:
        """Count records as settled, with their error if they failed."""
        self.unsettled -= records
        # A refusal takes precedence: trying again would never succeed.
        if self.error is None or isinstance(error, RecordRefusedError):
            self.error = error
        if self.unsettled == 0 and not self.future.done():
            if self.error is None:
                self.future.set_result(None)
            else:
                self.future.set_exception(self.error)


DeliveryReport = tuple[Flight, KafkaError | None, Message]


def publish_error(record: ProducerRecord, error: KafkaError) -> PublishError:
    """What the error of a record means for its `publish`."""
    if error.code() in REFUSALS:
        return RecordRefusedError(record, error.str())
    if error.fatal() or error.code() == KafkaError._FATAL:
        return PublisherFailedError(error.str())
    denied = missing_right(error, f"Write on topic {record.topic}")
    return BrokerUnavailableError(denied or f"{record.topic}: {error.str()}")


def fatal_error(serve: Callable[[float], int], seconds: float) -> KafkaError | None:
    """Call a producer's `poll` or `flush`; the error for which librdkafka gave up on the producer, if any.

    confluent-kafka gives every error to `error_cb` but a fatal one, which these raise, once. A delivery
    callback that runs after it in the same call finds it set as an exception: Python raises a SystemError.
    """
    try:
        serve(seconds)
    except KafkaException as fatal:
        return cast("KafkaError", fatal.args[0])
    except SystemError as error:
        if not isinstance(error.__cause__, KafkaException):
            raise
        return cast("KafkaError", error.__cause__.args[0])
    return None


class ReportingProducer:
    """Gives records to librdkafka; `collect` and `close` bring the delivery reports.

    `on_error` receives every error that concerns no record.
    """

    def __init__(self, configuration: Mapping[str, Any], *, on_error: Callable[[KafkaError], None]) -> None:
        self._on_error = on_error
        self._producer: Any = confluent_kafka.Producer({**configuration, "error_cb": on_error}, logger=_log)

    def send(self, flight: Flight) -> tuple[int, list[tuple[ProducerRecord, KafkaError]]]:
        """Queue the records of a flight in their order.

        Returns the number of queued records, and the records that librdkafka refuses. For the rest the queue
        was full, by its limit in bytes.
        """
        produce, reported, queued = self._producer.produce, flight.reported, 0
        refused: list[tuple[ProducerRecord, KafkaError]] = []
        for record in flight.records:
            partition = -1 if record.partition is None else record.partition
            # One callback for all, and no keywords: a record costs half of what it would otherwise.
            given = (record.topic, record.value, record.key, partition, reported)
            try:
                if record.headers:
                    produce(*given, headers=list(record.headers))
                else:
                    produce(*given)
            except BufferError:
                break
            except KafkaException as error:
                refused.append((record, error.args[0]))
            else:
                queued += 1
        return queued, refused

    def set_sasl_credentials(self, username: str, password: str) -> None:
        """See `playhead.kafka.login`."""
        self._producer.set_sasl_credentials(username, password)

    def collect(self) -> None:
        """Append the delivery reports that have come; does not wait."""
        if (error := fatal_error(self._producer.poll, 0)) is not None:
            self._on_error(error)

    def list_topics(self, topic: str, timeout_seconds: float) -> Any:
        """The description of a topic by a broker; blocks.

        Raises:
            KafkaException: no answer in time, or the producer is closed.
        """
        producer = self._producer
        if producer is None:
            raise KafkaException(KafkaError(KafkaError._DESTROY))
        return producer.list_topics(topic=topic, timeout=timeout_seconds)

    def close(self, drain_seconds: float) -> None:
        """Wait for the acks of what is queued, give up on the rest, and disconnect; blocks.

        When it returns, nothing of this producer is sent any more, and every report has come.
        """
        left = self._flush(drain_seconds)
        if left:
            _log.warning("closing a producer with %d records unacknowledged", left)
            self._producer.purge()
            self._flush(PURGE_SECONDS)
        self._producer = None  # the last reference: disconnects on this thread, not on the event loop's

    def _flush(self, seconds: float) -> int:
        if (error := fatal_error(self._producer.flush, seconds)) is not None:
            self._on_error(error)
        return len(self._producer)
