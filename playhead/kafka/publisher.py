"""The publisher: awaits the broker's acks of records without stopping the event loop.

librdkafka's producer is driven from the loop's thread, where producing is only appending to a queue. One
more thread waits for delivery reports and wakes the loop once for all that came in together: waking it for
every record would cost more than the record.

What is guaranteed: a record whose `publish` returned is in the log, on every in-sync replica. A record whose
`publish` raised is *usually* not: librdkafka gives up on it before the caller does, so what still waits in
this process is not sent behind the caller's back (given an ack timeout of 2.5 s or more). What was on the
wire unanswered may be in the log all the same. So publishing is at least once, and readers join
idempotently.

Failures that librdkafka calls fatal (the broker has lost what the producer knows it acknowledged) are
not repaired here: `failed` tells, and the process is to exit and be restarted.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, Message

from playhead.kafka.errors import (
    BrokerUnavailableError,
    PublisherFailedError,
    PublishError,
    QueueFullError,
    RecordRefusedError,
)
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
GIVE_UP_EARLIER_SECONDS = 1.25
"""Than the ack timeout: librdkafka looks for records to give up on only once a second."""
GATHER_SECONDS = 0.002
"""How long the report thread rests after waking the loop. A report comes for every request to the broker, and
each wake-up takes the interpreter from the loop: without the rest, a tenth of a busy service's time."""
POLL_SECONDS = 0.1
"""The longest that the report thread takes to see that it should end."""

_REFUSALS = frozenset(
    {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD, KafkaError.RECORD_LIST_TOO_LARGE}
)
_log = logging.getLogger(__name__)


class _Flight:
    """The records of one `publish` that are not settled yet."""

    __slots__ = ("error", "future", "unsettled")

    def __init__(self, future: asyncio.Future[None], unsettled: int) -> None:
        self.future = future
        self.unsettled = unsettled
        self.error: PublishError | None = None

    def settle(self, records: int, error: PublishError | None) -> None:
        self.unsettled -= records
        # A refusal outranks the rest: trying again would never get past it.
        if self.error is None or isinstance(error, RecordRefusedError):
            self.error = error
        if self.unsettled == 0 and not self.future.done():
            if self.error is None:
                self.future.set_result(None)
            else:
                self.future.set_exception(self.error)


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
        self._config = _config(settings, client_id, ack_timeout_seconds, max_in_flight, linger_ms)
        self._reports: deque[tuple[_Flight, Record, KafkaError | None]] = deque()
        self._thread = threading.Thread(target=self._collect, name="kafka-reports", daemon=True)
        self._polling = threading.Event()
        self._accepting = False
        self.pending = 0
        """Records sent and not settled."""
        self.failing = False
        """Whether the broker did not acknowledge the last record settled, though it could be written."""

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
        self._producer = confluent_kafka.Producer(self._config | {"error_cb": self._on_error}, logger=_log)
        self._polling.set()
        self._accepting = True
        self._thread.start()

    async def publish(self, records: Sequence[Record]) -> None:
        """Return once the broker has acknowledged every record.

        Raises:
            BrokerUnavailableError: some were not acknowledged within the timeout, or the publisher is closed.
            QueueFullError: too much is in flight; nothing was sent.
            RecordRefusedError: this record can never be written; the others were sent.
            PublisherFailedError: the process must restart.
        """
        if not self._accepting:
            raise BrokerUnavailableError("the publisher is closed")
        if self.pending + len(records) > self._max_in_flight:
            raise QueueFullError(f"{self.pending} records await the broker's ack")
        if not records:
            return
        flight = _Flight(self._loop.create_future(), len(records))
        self._send(flight, records)
        expiry = self._loop.call_later(self._ack_timeout, self._expire, flight)
        try:
            await flight.future
        finally:
            expiry.cancel()

    async def trouble(self, topic: str, timeout_seconds: float) -> str | None:
        """Why records could not be written to the topic just now, for a person to read; None if they could.

        Asks a broker, on a thread.
        """
        try:
            cluster = await asyncio.to_thread(
                self._producer.list_topics, topic=topic, timeout=timeout_seconds
            )
        except KafkaException as error:
            return f"no broker answers: {error.args[0].str()}"
        found = cluster.topics[topic]
        if found.error is not None:
            return f"topic {topic}: {found.error.str()}"
        if any(partition.leader < 0 for partition in found.partitions.values()):
            return f"topic {topic}: a partition has no leader"
        return None

    async def close(self, drain_seconds: float) -> None:
        """Refuse new records, await the acks of those in flight as long as given, and give up on the rest."""
        if not self._polling.is_set():
            return
        self._accepting = False
        left = await asyncio.to_thread(self._producer.flush, drain_seconds)
        if left:
            _log.warning("closing with %d records unacknowledged", left)
            self._producer.purge()
            await asyncio.to_thread(self._producer.flush, 1.0)
        self._polling.clear()
        await asyncio.to_thread(self._thread.join)
        self._settle()

    def _send(self, flight: _Flight, records: Sequence[Record]) -> None:
        produce, landed = self._producer.produce, self._landed
        for sent, record in enumerate(records):
            try:
                produce(
                    record.topic,
                    record.value,
                    record.key,
                    -1 if record.partition is None else record.partition,
                    partial(landed, flight, record),
                    headers=list(record.headers) or None,
                )
            except BufferError:
                # The queue's bound in bytes. The flight ends when those before have landed.
                full = QueueFullError("the queue of unacknowledged records is full")
                return flight.settle(len(records) - sent, full)
            except KafkaException as error:
                flight.settle(1, self._error(record, error.args[0]))
            else:
                self.pending += 1
        return None

    def _landed(self, flight: _Flight, record: Record, error: KafkaError | None, _: Message) -> None:
        """Note a delivery report; librdkafka calls this within `poll` and `flush`."""
        self._reports.append((flight, record, error))

    def _collect(self) -> None:
        """Wait for delivery reports, on a thread of its own."""
        while self._polling.is_set():
            self._producer.poll(POLL_SECONDS)
            if self._reports:
                self._loop.call_soon_threadsafe(self._settle)
                time.sleep(GATHER_SECONDS)

    def _settle(self) -> None:
        reports = self._reports
        while reports:
            flight, record, error = reports.popleft()
            self.pending -= 1
            self.failing = error is not None and error.code() not in _REFUSALS
            flight.settle(1, None if error is None else self._error(record, error))

    def _expire(self, flight: _Flight) -> None:
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

    def _fail(self, error: PublisherFailedError) -> None:
        if not self.failed.done():
            self.failed.set_result(error)


def _config(
    settings: KafkaSettings, client_id: str, ack_timeout: float, max_in_flight: int, linger_ms: int
) -> dict[str, Any]:
    return {
        "bootstrap.servers": settings.kafka_servers,
        "client.id": client_id,
        "acks": "all",
        "enable.idempotence": True,
        "compression.type": "lz4",
        "linger.ms": linger_ms,
        "partitioner": "murmur2_random",
        "delivery.timeout.ms": max(_give_up_ms(ack_timeout), linger_ms + 1),
        # The bound is kept by `publish`; this one only has to be out of its way.
        "queue.buffering.max.messages": max_in_flight + 1,
        "queue.buffering.max.kbytes": 262_144,
        # A broker that comes back is found within a second, not after the default's ten.
        "reconnect.backoff.ms": 100,
        "reconnect.backoff.max.ms": 1_000,
        "log.connection.close": False,
    }


def _give_up_ms(ack_timeout: float) -> int:
    return int(max(ack_timeout - GIVE_UP_EARLIER_SECONDS, ack_timeout / 2) * 1000)
