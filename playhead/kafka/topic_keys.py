"""Reads from a compacted topic the keys that a compaction would keep."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from playhead.causes import cause_of
from playhead.settings import KafkaSettings

REQUEST_SECONDS = 10.0
STALL_SECONDS = 30.0
"""Without a record for this long, the brokers count as unavailable."""
_BATCH = 10_000

LiveKey = tuple[bytes, int]
"""A key and its partition: after a change of the number of partitions, a key may be in two."""


class TopicReadError(Exception):
    """The topic could not be read to its end."""


class TopicKeys:
    """Reads all partitions of a topic, from the beginning, for the keys that begin with a prefix.

    The first `read` takes a second for about 500,000 records; later ones continue from there.
    """

    def __init__(self, settings: KafkaSettings, topic: str, prefix: bytes) -> None:
        self._topic = topic
        self._prefix = prefix
        self._live: set[LiveKey] = set()
        self._next: dict[int, int] = {}
        self._consumer = Consumer(
            {
                "bootstrap.servers": settings.kafka_servers,
                "group.id": f"{settings.kafka_prefix}playhead-erase",  # never joined
                "client.id": "playhead-erase",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "log_level": 0,
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._consumer.close()

    def read(self) -> frozenset[LiveKey]:
        """The keys whose latest record is no tombstone, up to the current end of the topic.

        Raises:
            TopicReadError: the brokers do not answer, or stop answering.
        """
        try:
            self._read()
        except KafkaException as error:
            raise TopicReadError(f"{self._topic} cannot be read: {cause_of(error)}") from error
        return frozenset(self._live)

    def _read(self) -> None:
        ends = self._ends()
        waiting = {partition for partition, end in ends.items() if self._next.get(partition, 0) < end}
        self._consumer.assign(
            [
                TopicPartition(self._topic, partition, self._next.get(partition, OFFSET_BEGINNING))
                for partition in waiting
            ]
        )
        deadline = time.monotonic() + STALL_SECONDS
        while waiting:
            found = self._consumer.consume(_BATCH, 1.0)
            for message in found:
                error = message.error()
                if error is None:
                    self._take(message.partition(), message.offset(), message.key(), message.value())
                elif error.code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(error)
                else:
                    self._next[message.partition()] = message.offset()
            waiting = {each for each in waiting if self._next.get(each, 0) < ends[each]}
            now = time.monotonic()
            deadline = now + STALL_SECONDS if found else deadline
            if waiting and now > deadline:
                raise TopicReadError(f"{self._topic}: no record for {STALL_SECONDS:.0f} s")
        self._consumer.unassign()

    def _take(self, partition: int, offset: int, key: bytes | None, value: bytes | None) -> None:
        self._next[partition] = offset + 1
        if key is None or not key.startswith(self._prefix):
            return
        if value is None:
            self._live.discard((key, partition))
        else:
            self._live.add((key, partition))

    def _ends(self) -> dict[int, int]:
        found = self._consumer.list_topics(self._topic, timeout=REQUEST_SECONDS).topics[self._topic]
        if found.error is not None:
            raise KafkaException(found.error)
        ends: dict[int, int] = {}
        for partition in found.partitions:
            place = TopicPartition(self._topic, partition)
            low, high = self._consumer.get_watermark_offsets(place, timeout=REQUEST_SECONDS)
            ends[partition] = high if high > low else 0
        return ends
