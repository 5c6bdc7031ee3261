"""The publisher awaits the broker's acks of records without blocking the event loop.

The loop's thread appends to librdkafka's queue, and collects all delivery reports that arrived together by a
timer (`report_polling`): a wake-up for every record would cost more than the record.

Guarantee: a record whose `publish` returned is in the log, on every in-sync replica. One whose `publish`
raised usually is not, as librdkafka gives up before the caller does (given an ack timeout of 2.5 s or more);
one that was sent and not answered may be. So publishing is at least once, and readers join idempotently.

A producer whose records to a partition time out while the broker answers others for it is replaced (see
`delivery_health`, ADR 0020), and closed first, so that none of its records follows newer ones; those without
an ack raise `BrokerUnavailableError` as in any outage.

What librdkafka calls fatal (the broker has lost records that it acknowledged) is not repaired here: `failed`
is set, and the process must exit.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaError, KafkaException, Message

from playhead.causes import cause_of
from playhead.kafka.connection import expired_certificate, missing_right
from playhead.kafka.delivery_health import DeliveryHealth, TopicPartition
from playhead.kafka.errors import (
    BrokerUnavailableError,
    PublisherFailedError,
    PublishError,
    QueueFullError,
)
from playhead.kafka.login import Login
from playhead.kafka.producer import (
    REFUSALS,
    DeliveryReport,
    Flight,
    ReportingProducer,
    producer_configuration,
    publish_error,
)
from playhead.kafka.records import ProducerRecord
from playhead.kafka.replacement import REPLACEMENTS, ReplacementCheck
from playhead.kafka.report_polling import ReportPolling
from playhead.kafka.topics import unwritable_reason
from playhead.settings import KafkaSettings

LINGER_MS = 5
"""How long a record waits to be sent with others: fewer, larger requests cost the broker less."""
DRAIN_SECONDS = 1.0
"""For the acks of records to other partitions when a producer is replaced."""


_PURGED = frozenset({KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT})
_log = logging.getLogger(__name__)


class Publisher:
    """Publishes records, per partition in the order given. All methods belong to the event loop's thread."""

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        client_id: str,
        ack_timeout_seconds: float,
        max_in_flight: int = 100_000,
        linger_ms: int = LINGER_MS,
    ) -> None:
        self._settings = settings
        self._login = Login(settings)
        self._refusal: str | None = None
        """Why the brokers refused the login, since one last answered."""
        self._ack_timeout = ack_timeout_seconds
        self._max_in_flight = max_in_flight
        self._configuration = partial(
            producer_configuration, settings, client_id, ack_timeout_seconds, max_in_flight, linger_ms
        )
        self._reports: deque[DeliveryReport] = deque()
        self._flights: dict[Flight, None] = {}
        """Those whose `publish` waits, the oldest first."""
        self._health = DeliveryHealth()
        self._replacement_check = ReplacementCheck(
            settings, self._health, replace=self._replace, fail=self._not_replaced
        )
        self._polling = ReportPolling(self._collect, linger_ms / 1000)
        self._replacing = asyncio.Lock()
        """Held while the producer is replaced; waiters continue in their order."""
        self._waiting = 0
        self._producer: ReportingProducer | None = None
        self._accepting = False
        self.pending = 0
        """Records that await their ack."""
        self.failing = False
        """Whether the last settled record timed out; a refusal of the record itself does not count."""
        self.replacements = 0

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close(self._ack_timeout)

    def start(self) -> None:
        """Start; requires a running event loop, but no broker yet."""
        self._loop = asyncio.get_running_loop()
        self.failed: asyncio.Future[PublisherFailedError] = self._loop.create_future()
        """Done once the producer cannot be repaired; its result is the reason."""
        self._producer = self._new_producer()
        self._polling.start()
        self._accepting = True

    async def publish(self, records: Sequence[ProducerRecord]) -> None:
        """Return once the broker has acknowledged every record.

        Raises:
            BrokerUnavailableError: some were not acknowledged within the timeout, or the publisher is closed.
            QueueFullError: too much is in flight; nothing was sent.
            RecordRefusedError: this record can never be written; the others were sent.
            PublisherFailedError: the process must restart.
        """
        if self._waiting or self._replacing.locked():
            await self._wait_for_replacement()
        producer = self._producer
        if self.failed.done():
            raise self.failed.result()
        if not self._accepting or producer is None:
            raise BrokerUnavailableError("the publisher is closed, or its producer is being replaced")
        if self.pending + len(records) > self._max_in_flight:
            raise QueueFullError(f"{self.pending} records await the broker's ack")
        if not records:
            return
        flight = Flight(records, self._loop.create_future(), self._loop.time(), self._reports)
        self._send(producer, flight)
        self._flights[flight] = None
        try:
            await flight.future
        finally:
            del self._flights[flight]

    async def unavailable_reason(self, topic: str, timeout_seconds: float) -> str | None:
        """Why records cannot be written to the topic at the moment, for a person to read; None if they can.

        Asks a broker, on another thread.
        """
        producer = self._producer
        if producer is None:
            return "the producer is being replaced"
        try:
            cluster = await asyncio.to_thread(producer.list_topics, topic, timeout_seconds)
        except KafkaException as error:
            why = self._refusal or expired_certificate(self._settings)
            return why or f"no broker answers: {cause_of(error)}"
        self._refusal = None
        return unwritable_reason(topic, cluster.topics[topic])

    @property
    def stuck(self) -> str | None:
        """The partitions whose records time out although the broker answers others; None if none do."""
        named = [
            f"{topic} partition {number} for {self._loop.time() - since:.0f} s"
            for (topic, number), since in sorted(self._health.stuck.items())
        ]
        return f"no acknowledgement, though the broker answers others: {', '.join(named)}" if named else None

    async def close(self, drain_seconds: float) -> None:
        """Refuse new records, await outstanding acks for `drain_seconds`, and give up on the rest."""
        self._accepting = False
        async with self._replacing:
            self._replacement_check.stop()
        producer, self._producer = self._producer, None
        self._polling.stop()
        if producer is not None:
            await self._retire(producer, drain_seconds)
        for flight in [*self._flights]:  # of a producer that was replaced: no report comes any more
            self._expire(flight)

    async def _wait_for_replacement(self) -> None:
        """Wait behind those who wait already, so that the records of each partition keep their order.

        After the replacement, too: its waiters continue one after the other, and others may come meanwhile.
        """
        self._waiting += 1
        try:
            async with asyncio.timeout(self._ack_timeout), self._replacing:
                pass
        except TimeoutError:
            _log.debug("the producer is still being replaced")  # as `publish` reports
        finally:
            self._waiting -= 1

    def _collect(self) -> int:
        """Settle what has its delivery report, give up on what is late; returns how many are left."""
        if self._producer is not None:
            self._producer.collect()
        self._settle()
        too_late = self._loop.time() - self._ack_timeout
        # All have the same timeout: a timer for each would cost more than to look at the oldest.
        for flight in self._flights:
            if flight.sent_at > too_late:
                break
            self._expire(flight)
        return max(self.pending, len(self._flights))

    def _new_producer(self) -> ReportingProducer:
        self._login = Login(self._settings)
        self._login.client = made = ReportingProducer(self._configuration(), on_error=self._on_error)
        return made

    async def _retire(self, producer: ReportingProducer, drain_seconds: float) -> None:
        await asyncio.to_thread(producer.close, drain_seconds)
        self._settle()

    def _send(self, producer: ReportingProducer, flight: Flight) -> None:
        queued, refused = producer.send(flight)
        self.pending += queued
        self._polling.expect()
        for record, error in refused:
            flight.settle(1, publish_error(record, error))
        if unsent := len(flight.records) - queued - len(refused):
            # The future is set once the records before have their reports.
            flight.settle(unsent, QueueFullError("the queue of unacknowledged records is full"))

    def _settle(self) -> None:
        reports, is_well = self._reports, self._health.is_well
        while reports:
            flight, error, message = reports.popleft()
            self.pending -= 1
            if error is None and is_well:  # nearly always
                self.failing = False
                flight.settle(1, None)
                continue
            self.failing = error is not None and error.code() not in REFUSALS
            if self.failing or not is_well:
                self._judge(flight, error, (message.topic(), message.partition()))
                is_well = False
            flight.settle(1, None if error is None else self._reported_error(flight, error, message))

    def _reported_error(self, flight: Flight, error: KafkaError, message: Message) -> PublishError:
        # Only refusals name their record: in an outage all records of a large flight fail.
        is_refusal = error.code() in REFUSALS
        return publish_error(flight.record_of(message) if is_refusal else flight.records[0], error)

    def _judge(self, flight: Flight, error: KafkaError | None, partition: TopicPartition) -> None:
        if error is None:
            self._health.acknowledged(partition)
        elif error.code() not in REFUSALS | _PURGED:
            self._health.timed_out(partition, flight.sent_at, self._loop.time())
            if self._accepting:
                self._replacement_check.begin()

    async def _replace(self) -> None:
        """Close the producer, and only then create another; `publish` waits meanwhile."""
        _log.error("replacing the producer: %s", self.stuck)
        async with self._replacing:
            producer, self._producer = self._producer, None
            if producer is not None:
                await self._retire(producer, DRAIN_SECONDS)
            self.pending = 0  # records without a report by now never get one, and their flights expire
            self._health.replaced(self._loop.time())
            self.replacements += 1
            REPLACEMENTS.inc()
            # a constructor may wait for a token
            self._producer = await asyncio.to_thread(self._new_producer)

    def _expire(self, flight: Flight) -> None:
        if not flight.future.done():
            self.failing = True
            flight.future.set_exception(BrokerUnavailableError("the broker did not acknowledge in time"))

    def _on_error(self, error: KafkaError) -> None:
        """Note an error of no record; librdkafka logs and repairs all but fatal ones and refusals."""
        self._refusal = self._login(error) or self._refusal
        if error.fatal():
            self._loop.call_soon_threadsafe(self._fail, PublisherFailedError(error.str()), error)

    def _not_replaced(self, error: BaseException) -> None:
        self._fail(PublisherFailedError(f"the producer could not be replaced: {error!r}"))

    def _fail(self, failure: PublisherFailedError, error: KafkaError | None = None) -> None:
        """Give up on every flight: no report of it may come any more."""
        if not self.failed.done():
            self.failed.set_result(failure)
        for flight in self._flights:
            if not flight.future.done():
                denied = error and missing_right(error, f"Write on topic {flight.records[0].topic}")
                flight.future.set_exception(PublisherFailedError(denied) if denied else failure)
