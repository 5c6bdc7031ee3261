"""One librdkafka producer, with the thread that waits for its delivery reports."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, Message

from playhead.kafka.flight import Flight
from playhead.kafka.record import Record

GATHER_SECONDS = 0.002
"""How long the report thread rests after waking the loop. A report comes for every request to the broker, and
each wake-up takes the interpreter from the loop: without the rest, a tenth of a busy service's time."""
POLL_SECONDS = 0.1
"""The longest that the report thread takes to see that it should end."""
PURGE_SECONDS = 1.0
"""For the reports of what was purged; they come at once."""

Report = tuple[Flight, Record, KafkaError | None, Message]
_log = logging.getLogger(__name__)


class LiveProducer:
    """Gives records to librdkafka, and appends each delivery report to `reports` on a thread of its own.

    `wake` is called on that thread while there are reports, to have them taken off.
    """

    def __init__(
        self,
        configuration: Mapping[str, Any],
        *,
        reports: deque[Report],
        wake: Callable[[], None],
        on_error: Callable[[KafkaError], None],
    ) -> None:
        self._reports = reports
        self._wake = wake
        self._producer: Any = confluent_kafka.Producer({**configuration, "error_cb": on_error}, logger=_log)
        self._polling = threading.Event()
        self._polling.set()
        self._thread = threading.Thread(target=self._collect, name="kafka-reports", daemon=True)
        self._thread.start()

    def send(self, flight: Flight, records: Sequence[Record]) -> tuple[int, list[tuple[Record, KafkaError]]]:
        """Queue records in their order.

        Returns how many were queued, and those that librdkafka refuses. The rest found the queue full, by its
        bound in bytes.
        """
        produce, landed, queued = self._producer.produce, self._landed, 0
        refused: list[tuple[Record, KafkaError]] = []
        for record in records:
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
                break
            except KafkaException as error:
                refused.append((record, error.args[0]))
            else:
                queued += 1
        return queued, refused

    def list_topics(self, topic: str, timeout_seconds: float) -> Any:
        """Ask a broker about a topic; blocks.

        Raises:
            KafkaException: no answer in time, or the producer is closed.
        """
        producer = self._producer
        if producer is None:
            raise KafkaException(KafkaError(KafkaError._DESTROY))  # noqa: SLF001 - its public name
        return producer.list_topics(topic=topic, timeout=timeout_seconds)

    def close(self, drain_seconds: float) -> None:
        """Wait for the acks of what is queued, give up on the rest, and disconnect; blocks.

        When it returns, nothing of this producer is sent any more, and every report is in `reports`.
        """
        left = self._producer.flush(drain_seconds)
        if left:
            _log.warning("closing a producer with %d records unacknowledged", left)
            self._producer.purge()
            self._producer.flush(PURGE_SECONDS)
        self._polling.clear()
        self._thread.join()
        self._producer = None  # the last reference: disconnects, on this thread and not on the event loop's

    def _landed(self, flight: Flight, record: Record, error: KafkaError | None, message: Message) -> None:
        """Note a delivery report; librdkafka calls this within `poll` and `flush`."""
        self._reports.append((flight, record, error, message))

    def _collect(self) -> None:
        while self._polling.is_set():
            self._producer.poll(POLL_SECONDS)
            if self._reports:
                self._wake()
                time.sleep(GATHER_SECONDS)
