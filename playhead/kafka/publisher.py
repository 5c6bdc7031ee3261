"""The publisher: awaits the broker's acks of records without stopping the event loop.

librdkafka's producer is driven from the loop's thread, where producing is only appending to a queue. One
more thread waits for delivery reports and wakes the loop once for all that came in together: waking it for
every record would cost more than the record.

What is guaranteed: a record whose `publish` returned is in the log, on every in-sync replica. A record whose
`publish` raised is *usually* not: librdkafka gives up on it before the caller does, so what still waits in
this process is not sent behind the caller's back (given an ack timeout of 2.5 s or more). What was on the
wire unanswered may be in the log all the same. So publishing is at least once, and readers join
idempotently.

A producer whose records to a partition time out while the broker answers others for that partition is
replaced (see `health`, and ADR 0020). The old one is closed before the new one sends anything, so nothing of
the old one follows newer records out of this process; what it had not sent, or not seen acknowledged, raises
`BrokerUnavailableError` as in any outage.

Failures that librdkafka calls fatal (the broker has lost what the producer knows it acknowledged) are
not repaired here: `failed` tells, and the process is to exit and be restarted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaError, KafkaException

from playhead.causes import cause_of
from playhead.kafka.configuration import producer_configuration
from playhead.kafka.errors import (
    BrokerUnavailableError,
    PublisherFailedError,
    PublishError,
    QueueFullError,
    RecordRefusedError,
)
from playhead.kafka.flight import Flight
from playhead.kafka.health import DeliveryHealth, Partition
from playhead.kafka.inquiry import Inquiry
from playhead.kafka.live_producer import LiveProducer, Report
from playhead.kafka.record import Record
from playhead.settings import KafkaSettings

__all__ = [
    "BrokerUnavailableError",
    "PublishError",
    "Publisher",
    "PublisherFailedError",
    "QueueFullError",
    "Record",
    "RecordRefusedError",
]

LINGER_MS = 5
"""How long a record waits for company: fewer, larger requests cost the broker less."""
DRAIN_SECONDS = 1.0
"""For the acks of the other partitions' records, when a producer is replaced."""

_REFUSALS = frozenset(
    {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD, KafkaError.RECORD_LIST_TOO_LARGE}
)
_PURGED = frozenset({KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT})  # noqa: SLF001 - their public names
_log = logging.getLogger(__name__)


class Publisher:
    """Publishes records in the order given, per partition. All methods belong to the event loop's thread."""

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        client_id: str,
        ack_timeout_seconds: float,
        max_in_flight: int = 100_000,
        linger_ms: int = LINGER_MS,
    ) -> None:
        self._ack_timeout = ack_timeout_seconds
        self._max_in_flight = max_in_flight
        self._configuration = producer_configuration(
            settings, client_id, ack_timeout_seconds, max_in_flight, linger_ms
        )
        self._reports: deque[Report] = deque()
        self._health = DeliveryHealth()
        self._inquiry = Inquiry(settings, self._health, replace=self._replace, fail=self._not_replaced)
        self._replacing: asyncio.Future[None] | None = None
        self._producer: LiveProducer | None = None
        self._accepting = False
        self.pending = 0
        """Records sent and not settled."""
        self.failing = False
        """Whether the broker did not acknowledge the last record settled, though it could be written."""
        self.replacements = 0
        """How often the producer was replaced."""

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close(self._ack_timeout)

    def start(self) -> None:
        """Begin; needs a running event loop, but no broker yet."""
        self._loop = asyncio.get_running_loop()
        self.failed: asyncio.Future[PublisherFailedError] = self._loop.create_future()
        """Done once the producer is beyond repair; its result says why."""
        self._producer = self._new_producer()
        self._accepting = True

    async def publish(self, records: Sequence[Record]) -> None:
        """Return once the broker has acknowledged every record.

        Raises:
            BrokerUnavailableError: some were not acknowledged within the timeout, or the publisher is closed.
            QueueFullError: too much is in flight; nothing was sent.
            RecordRefusedError: this record can never be written; the others were sent.
            PublisherFailedError: the process must restart.
        """
        if self._replacing is not None:
            # Its waiters go on in their order, so each partition's records stay in the order given.
            await asyncio.wait({self._replacing}, timeout=self._ack_timeout)
        producer = self._producer
        if not self._accepting or producer is None:
            raise BrokerUnavailableError("the publisher is closed, or its producer is being replaced")
        if self.pending + len(records) > self._max_in_flight:
            raise QueueFullError(f"{self.pending} records await the broker's ack")
        if not records:
            return
        flight = Flight(self._loop.create_future(), len(records), self._loop.time())
        self._send(producer, flight, records)
        expiry = self._loop.call_later(self._ack_timeout, self._expire, flight)
        try:
            await flight.future
        finally:
            expiry.cancel()

    async def unavailable_reason(self, topic: str, timeout_seconds: float) -> str | None:
        """Why records could not be written to the topic just now, for a person to read; None if they could.

        Asks a broker, on a thread.
        """
        producer = self._producer
        if producer is None:
            return "the producer is being replaced"
        try:
            cluster = await asyncio.to_thread(producer.list_topics, topic, timeout_seconds)
        except KafkaException as error:
            return f"no broker answers: {cause_of(error)}"
        found = cluster.topics[topic]
        if found.error is not None:
            return f"topic {topic}: {cause_of(found.error)}"
        if any(partition.leader < 0 for partition in found.partitions.values()):
            return f"topic {topic}: a partition has no leader"
        return None

    @property
    def stuck(self) -> str | None:
        """Name the partitions whose records time out although the broker answers others; None: none do."""
        named = [
            f"{topic} partition {number} for {self._loop.time() - since:.0f} s"
            for (topic, number), since in sorted(self._health.stuck.items())
        ]
        return f"no acknowledgement, though the broker answers others: {', '.join(named)}" if named else None

    async def close(self, drain_seconds: float) -> None:
        """Refuse new records, await the acks of those in flight as long as given, and give up on the rest."""
        self._accepting = False
        if self._replacing is not None:
            await asyncio.wait({self._replacing})
        self._inquiry.stop()
        producer, self._producer = self._producer, None
        if producer is not None:
            await self._retire(producer, drain_seconds)

    def _new_producer(self) -> LiveProducer:
        return LiveProducer(
            self._configuration,
            reports=self._reports,
            wake=self._wake,
            on_error=self._on_error,
        )

    def _wake(self) -> None:
        self._loop.call_soon_threadsafe(self._settle)

    async def _retire(self, producer: LiveProducer, drain_seconds: float) -> None:
        await asyncio.to_thread(producer.close, drain_seconds)
        self._settle()

    def _send(self, producer: LiveProducer, flight: Flight, records: Sequence[Record]) -> None:
        queued, refused = producer.send(flight, records)
        self.pending += queued
        for record, error in refused:
            flight.settle(1, self._error(record, error))
        if unsent := len(records) - queued - len(refused):
            # The flight ends when those before have landed.
            flight.settle(unsent, QueueFullError("the queue of unacknowledged records is full"))

    def _settle(self) -> None:
        reports, is_well = self._reports, self._health.is_well
        while reports:
            flight, record, error, message = reports.popleft()
            self.pending -= 1
            self.failing = error is not None and error.code() not in _REFUSALS
            if self.failing or not is_well:
                self._weigh(flight, error, (message.topic(), message.partition()))
                is_well = False
            flight.settle(1, None if error is None else self._error(record, error))

    def _weigh(self, flight: Flight, error: KafkaError | None, partition: Partition) -> None:
        if error is None:
            self._health.acknowledged(partition)
        elif error.code() not in _REFUSALS | _PURGED:
            self._health.timed_out(partition, flight.sent_at, self._loop.time())
            if self._accepting:
                self._inquiry.begin()

    async def _replace(self) -> None:
        """Close the producer, and only then begin with another; `publish` waits meanwhile."""
        _log.error("replacing the producer: %s", self.stuck)
        producer, self._producer = self._producer, None
        self._replacing = replacing = self._loop.create_future()
        try:
            if producer is not None:
                await self._retire(producer, DRAIN_SECONDS)
            self.pending = 0  # what has no report by now will have none, and its flight expires
            self._health.replaced(self._loop.time())
            self.replacements += 1
            self._producer = self._new_producer()
        finally:
            self._replacing = None
            replacing.set_result(None)

    def _expire(self, flight: Flight) -> None:
        if not flight.future.done():
            self.failing = True
            flight.future.set_exception(BrokerUnavailableError("the broker did not acknowledge in time"))

    def _error(self, record: Record, error: KafkaError) -> PublishError:
        if error.code() in _REFUSALS:
            return RecordRefusedError(record, error.str())
        if error.fatal() or error.code() == KafkaError._FATAL:  # noqa: SLF001 - its public name
            return PublisherFailedError(error.str())
        return BrokerUnavailableError(f"{record.topic}: {error.str()}")

    def _on_error(self, error: KafkaError) -> None:
        """Hear of errors that concern no record; librdkafka calls this within `poll`.

        It logs and mends all of them by itself, but for the fatal.
        """
        if error.fatal():
            self._loop.call_soon_threadsafe(self._fail, PublisherFailedError(error.str()))

    def _not_replaced(self, error: BaseException) -> None:
        self._fail(PublisherFailedError(f"the producer could not be replaced: {error!r}"))

    def _fail(self, error: PublisherFailedError) -> None:
        if not self.failed.done():
            self.failed.set_result(error)
