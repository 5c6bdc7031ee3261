"""The states topic, read from where PostgreSQL stands.

Partitions come and go cooperatively: those that stay with this sink are read on meanwhile. What Kafka holds
as committed is a hint for lag tools and is never read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from confluent_kafka import (
    OFFSET_INVALID,
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from playhead.causes import cause_of
from playhead.kafka.topics import METADATA_MS
from playhead.settings import SinkSettings
from playhead.wire.topics import Topics, sink_group
from sinks.errors import BrokersAwayError, ConsumerFailedError, PositionAheadError, TopicMissingError
from sinks.states.decode import Source
from sinks.states.gaps import Continuity

REQUEST_SECONDS = 10.0

_NOT_YET = (KafkaError._STATE, KafkaError._UNKNOWN_PARTITION, KafkaError._TIMED_OUT)
"""Why a partition that was assigned just now cannot be sought in."""

ReadPositions = Callable[[Collection[int]], Mapping[int, int]]
"""Where PostgreSQL stands; waits for it if it must."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Assigned:
    """A partition that this sink reads."""

    stored: int
    """Where PostgreSQL stands, as far as this sink knows."""
    continuity: Continuity


class StatesConsumer:
    """A member of the sinks' consumer group. For one thread, on which the callbacks run too.

    `before_revoke` is called before partitions go, in time to store what was read of them or to drop it.
    """

    def __init__(
        self, settings: SinkSettings, read_positions: ReadPositions, before_revoke: Callable[[], None]
    ) -> None:
        self.topic = Topics.named(settings.kafka_prefix).states.name
        self.has_joined = False
        """Whether partitions, be they none, are assigned."""
        self._read_positions = read_positions
        self._before_revoke = before_revoke
        self._assigned: dict[int, Assigned] = {}
        self._must_rewind = False
        self._consumer = Consumer(_configuration(settings), logger=_log)

    @property
    def partitions(self) -> frozenset[int]:
        """Those assigned to this sink now."""
        return frozenset(self._assigned)

    @property
    def read_up_to(self) -> dict[int, int]:
        """The next offset to be read of each partition assigned."""
        return {partition: each.continuity.next_offset for partition, each in self._assigned.items()}

    @property
    def lag(self) -> int:
        """How many records of the assigned partitions are not stored yet, by the ends last heard of."""
        ends = ((each.stored, self._known_end(partition)) for partition, each in self._assigned.items())
        return sum(max(0, end - stored) for stored, end in ends if end is not None)

    def join(self) -> None:
        """Subscribe.

        Raises:
            TopicMissingError: the topic is not there.
            BrokersAwayError: try again later.
        """
        try:
            found = self._consumer.list_topics(self.topic, timeout=REQUEST_SECONDS).topics[self.topic]
        except KafkaException as error:
            raise BrokersAwayError(
                f"no Kafka broker answers (PLAYHEAD_KAFKA_SERVERS): {cause_of(error)}"
            ) from error
        if found.error is not None and found.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise TopicMissingError(self.topic)
        self._consumer.subscribe(
            [self.topic], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
        )

    def read(self, limit: int, timeout: float) -> list[Message]:
        """Up to `limit` records in the order of each partition, within `timeout` seconds.

        Partitions may come and go in here.
        """
        self._must_rewind = self._must_rewind and not self._rewind()
        messages = self._consumer.consume(limit, timeout)
        if self._must_rewind:  # what was read before is dropped, so these would leave a hole behind them
            return []
        return [message for message in messages if self._is_record(message)]

    def source(self, message: Message) -> tuple[Source, int, bool]:
        """The record; where the partition stood before it; whether compaction left a gap there."""
        partition, offset = message.partition(), message.offset()
        continuity = self._assigned[partition].continuity
        start = continuity.next_offset
        has_gap = continuity.has_gap_before(offset, lambda: self._end(partition))
        kind, at = message.timestamp()
        written_ms = None if kind == TIMESTAMP_NOT_AVAILABLE else at
        return Source(partition, offset, message.key(), message.value(), written_ms), start, has_gap

    def note_stored(self, positions: Mapping[int, int]) -> None:
        """Go by these positions, and tell them to Kafka for those who watch the group's lag."""
        known = {partition: offset for partition, offset in positions.items() if partition in self._assigned}
        for partition, offset in known.items():
            self._assigned[partition].stored = offset
        if known:
            offsets = [TopicPartition(self.topic, partition, offset) for partition, offset in known.items()]
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def note_held(self, reason: str) -> None:
        """Tell Kafka, beside the positions, why nothing is stored: `playhead status` shows it."""
        offsets = [
            TopicPartition(self.topic, partition, each.stored, reason)
            for partition, each in self._assigned.items()
        ]
        if offsets:
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def start_again(self) -> None:
        """Read next from where PostgreSQL stands; what was read and not stored has been dropped."""
        self._must_rewind = True

    def pause(self) -> None:
        """Stay in the group, but read nothing of the partitions that are assigned now."""
        self._consumer.pause([TopicPartition(self.topic, partition) for partition in self._assigned])

    def resume(self) -> None:
        """Read again."""
        self._consumer.resume([TopicPartition(self.topic, partition) for partition in self._assigned])

    def close(self) -> None:
        """Leave the group; its partitions move at once."""
        self._consumer.close()

    def _rewind(self) -> bool:
        try:
            for partition, each in self._assigned.items():
                self._consumer.seek(TopicPartition(self.topic, partition, each.stored))
                each.continuity = Continuity(each.stored)
        except KafkaException as error:
            if error.args[0].code() not in _NOT_YET:
                raise
            return False
        return True

    def _on_assign(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        self.has_joined = True
        positions = self._read_positions([each.partition for each in partitions]) if partitions else {}
        _log.info("assigned, to be read from: %s", positions)
        self._assigned |= {
            partition: Assigned(offset, Continuity(offset)) for partition, offset in positions.items()
        }
        self._consumer.incremental_assign(
            [TopicPartition(self.topic, partition, offset) for partition, offset in positions.items()]
        )

    def _on_revoke(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        self._before_revoke()
        self._forget(partitions)

    def _on_lost(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        _log.warning("lost, so another sink may have them: %s", [each.partition for each in partitions])
        self.has_joined = False
        self._before_revoke()
        self._forget(partitions)

    def _forget(self, partitions: list[TopicPartition]) -> None:
        for each in partitions:
            self._assigned.pop(each.partition, None)
        self._consumer.incremental_unassign(partitions)

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return message.partition() in self._assigned
        if error.code() == KafkaError._AUTO_OFFSET_RESET:
            self._explain(message.partition())
        elif error.fatal():
            raise ConsumerFailedError(f"the Kafka client cannot go on: {error.str()}")
        else:
            _log.warning("Kafka: %s", error.str())
        return False

    def _explain(self, partition: int) -> None:
        assigned = self._assigned.get(partition)
        if assigned is None:  # revoked in the meantime: the sink that has it now finds the same
            return
        stored = assigned.stored
        start, end = self._consumer.get_watermark_offsets(
            TopicPartition(self.topic, partition), timeout=REQUEST_SECONDS
        )
        if stored > end:
            raise PositionAheadError(self.topic, partition, stored, end)
        _log.warning("%s [%d] starts at %d only; reading on from there", self.topic, partition, start)
        self._consumer.seek(TopicPartition(self.topic, partition, start))

    def _known_end(self, partition: int) -> int | None:
        _, end = self._consumer.get_watermark_offsets(TopicPartition(self.topic, partition), cached=True)
        return None if end == OFFSET_INVALID else int(end)

    def _end(self, partition: int) -> int:
        known = self._known_end(partition)
        if known is not None:
            return known
        _, end = self._consumer.get_watermark_offsets(
            TopicPartition(self.topic, partition), timeout=REQUEST_SECONDS
        )
        return int(end)


def _configuration(settings: SinkSettings) -> dict[str, object]:
    session_ms = int(settings.sink_session_timeout_seconds * 1000)
    return {
        "bootstrap.servers": settings.kafka_servers,
        "group.id": sink_group(settings.kafka_prefix),
        "client.id": "playhead-sink",
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": session_ms,
        "heartbeat.interval.ms": session_ms // 3,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",  # a position outside the log is explained, never guessed
        "fetch.wait.max.ms": 100,
        "topic.metadata.refresh.interval.ms": METADATA_MS,
        "queued.max.messages.kbytes": 32_768,
    }
