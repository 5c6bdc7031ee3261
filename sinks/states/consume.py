"""Reads the states topic from the offsets that PostgreSQL has stored.

Partitions come and go cooperatively: the sink goes on with those that it keeps. It commits offsets for lag
tools only, and never reads them.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

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
from playhead.kafka.connection import consumer_properties, refusal
from playhead.kafka.login import Login
from playhead.kafka.topics import METADATA_MS
from playhead.metrics.partitions import PartitionPlace
from playhead.settings import SinkSettings
from playhead.wire.offsets import lag
from playhead.wire.topics import Topics, sink_group
from sinks.errors import BrokersAwayError, ConsumerFailedError, PositionAheadError, TopicMissingError
from sinks.states.assigned import AssignedPartition
from sinks.states.decode import ConsumedRecord
from sinks.traces import StateTraces

if TYPE_CHECKING:
    from playhead.tracing.spans import Tracer

REQUEST_SECONDS = 10.0

_NOT_SEEKABLE = ("_STATE", "_UNKNOWN_PARTITION", "_TIMED_OUT")
"""Errors of a seek in a partition that was assigned only just now."""

ReadPositions = Callable[[Collection[int]], Mapping[int, int]]
"""Returns the stored offset of each partition; waits for PostgreSQL if necessary."""

_log = logging.getLogger(__name__)


class StatesConsumer:
    """A member of the sinks' consumer group. For one thread, which the callbacks run on too.

    `before_revoke` is called before partitions are revoked, in time to store or drop what was read of them.
    """

    def __init__(
        self,
        settings: SinkSettings,
        read_positions: ReadPositions,
        before_revoke: Callable[[], None],
        tracer: Tracer | None = None,
    ) -> None:
        self._settings = settings
        self.topic = Topics.named(settings.kafka_prefix).states.name
        self.traces = None if tracer is None else StateTraces(tracer, self.topic)
        self.has_joined = False
        """Whether the group has assigned partitions to this sink, possibly none."""
        self._read_positions = read_positions
        self._before_revoke = before_revoke
        self._assigned: dict[int, AssignedPartition] = {}
        self._must_rewind = False
        login = Login(settings)
        self._consumer = Consumer(_configuration(settings) | {"error_cb": login}, logger=_log)
        login.client = self._consumer

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions assigned to this sink."""
        return frozenset(self._assigned)

    @property
    def positions(self) -> dict[int, int]:
        """The position of each assigned partition."""
        return {partition: each.position for partition, each in self._assigned.items()}

    @property
    def places(self) -> dict[int, PartitionPlace]:
        """How far each assigned partition is stored, by the last known log ends."""
        return {
            partition: PartitionPlace(each.stored, self._known_end(partition), each.written_at)
            for partition, each in self._assigned.items()
        }

    @property
    def lag(self) -> int:
        """Records of the assigned partitions that are not stored yet, by the last known log ends."""
        ends = ((each.stored, self._known_end(partition)) for partition, each in self._assigned.items())
        return sum(lag(end, stored) for stored, end in ends if end is not None)

    def join(self) -> None:
        """Subscribe.

        Raises:
            TopicMissingError: the topic does not exist.
            BrokersAwayError: try again later.
        """
        try:
            found = self._consumer.list_topics(self.topic, timeout=REQUEST_SECONDS).topics[self.topic]
        except KafkaException as error:
            raise BrokersAwayError(
                "no Kafka broker answers (PLAYHEAD_KAFKA_SERVERS): "
                f"{refusal(self._settings) or cause_of(error)}"
            ) from error
        if found.error is not None and found.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise TopicMissingError(self.topic)
        self._consumer.subscribe(
            [self.topic], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
        )

    def read(self, limit: int, timeout: float) -> list[Message]:
        """Up to `limit` records, in the order of each partition, within `timeout` seconds.

        Partitions may be assigned and revoked during the call.
        """
        self._must_rewind = self._must_rewind and not self._rewind()
        messages = self._consumer.consume(limit, timeout)
        if self._must_rewind:  # the records before these were dropped: storing these would leave a hole
            return []
        return [message for message in messages if self._is_record(message)]

    def advance(self, message: Message) -> tuple[ConsumedRecord, int, bool]:
        """The record, the partition's position before it, and whether compaction left a gap there."""
        partition, offset = message.partition(), message.offset()
        assigned = self._assigned[partition]
        start = assigned.position
        if self.traces is not None:
            self.traces.read(message)
        has_gap = assigned.advance(offset, lambda: self._end(partition))
        kind, at = message.timestamp()
        written_ms = None if kind == TIMESTAMP_NOT_AVAILABLE else at
        return ConsumedRecord(partition, offset, message.key(), message.value(), written_ms), start, has_gap

    def note_stored(self, positions: Mapping[int, int]) -> None:
        """Take over these stored offsets, and commit them for tools that watch the group's lag."""
        known = {partition: offset for partition, offset in positions.items() if partition in self._assigned}
        for partition, offset in known.items():
            self._assigned[partition].stored = offset
        self._commit([TopicPartition(self.topic, partition, offset) for partition, offset in known.items()])

    def note_written(self, written_ms: Mapping[int, int]) -> None:
        """Take note of when the last stored record of each partition was written."""
        for partition, at in written_ms.items():
            if partition in self._assigned:
                self._assigned[partition].written_at = at / 1000

    def note_held(self, reason: str) -> None:
        """Commit, beside the stored offsets, why nothing is stored: `playhead status` shows the reason."""
        self._commit(
            [
                TopicPartition(self.topic, partition, each.stored, reason)
                for partition, each in self._assigned.items()
            ]
        )

    def rewind(self) -> None:
        """Read next from the stored offsets; the caller has dropped what it read and did not store."""
        self._must_rewind = True
        if self.traces is not None:
            self.traces.clear()

    def pause(self) -> None:
        """Stay in the group, but read nothing of the partitions that are assigned now."""
        self._consumer.pause([TopicPartition(self.topic, partition) for partition in self._assigned])

    def resume(self) -> None:
        """Read again."""
        self._consumer.resume([TopicPartition(self.topic, partition) for partition in self._assigned])

    def close(self) -> None:
        """Leave the group; its partitions move at once."""
        self._consumer.close()

    def _commit(self, offsets: list[TopicPartition]) -> None:
        if offsets:
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def _rewind(self) -> bool:
        try:
            for partition, each in self._assigned.items():
                self._consumer.seek(TopicPartition(self.topic, partition, each.stored))
                each.rewind()
        except KafkaException as error:
            if error.args[0].name() not in _NOT_SEEKABLE:
                raise
            return False
        return True

    def _on_assign(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        self.has_joined = True
        positions = self._read_positions([each.partition for each in partitions]) if partitions else {}
        _log.info("assigned, to be read from: %s", positions)
        self._assigned |= {partition: AssignedPartition(stored) for partition, stored in positions.items()}
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
        if error.name() == "_AUTO_OFFSET_RESET":
            self._seek_into_log(message.partition())
        elif error.fatal():
            raise ConsumerFailedError(f"the Kafka client cannot go on: {error.str()}")
        else:
            _log.warning("Kafka: %s", error.str())
        return False

    def _seek_into_log(self, partition: int) -> None:
        """Continue at the log start where the position lies before it.

        Raises:
            PositionAheadError: the position lies behind the log end.
        """
        assigned = self._assigned.get(partition)
        if assigned is None:  # revoked in the meantime: its new sink finds the same
            return
        start, end = self._watermarks(partition)
        if assigned.stored > end:
            raise PositionAheadError(self.topic, partition, assigned.stored, end)
        _log.warning("%s [%d] starts at %d only; reading on from there", self.topic, partition, start)
        self._consumer.seek(TopicPartition(self.topic, partition, start))

    def _known_end(self, partition: int) -> int | None:
        _, end = self._consumer.get_watermark_offsets(TopicPartition(self.topic, partition), cached=True)
        return None if end == OFFSET_INVALID else int(end)

    def _end(self, partition: int) -> int:
        known = self._known_end(partition)
        return self._watermarks(partition)[1] if known is None else known

    def _watermarks(self, partition: int) -> tuple[int, int]:
        start, end = self._consumer.get_watermark_offsets(
            TopicPartition(self.topic, partition), timeout=REQUEST_SECONDS
        )
        return int(start), int(end)


def _configuration(settings: SinkSettings) -> dict[str, object]:
    session_ms = int(settings.sink_session_timeout_seconds * 1000)
    return {
        **consumer_properties(settings, "playhead-sink"),
        "group.id": sink_group(settings.kafka_prefix, settings.sink_database),
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": session_ms,
        "heartbeat.interval.ms": session_ms // 3,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",  # a position outside the log is handled here, never guessed
        "fetch.min.bytes": settings.sink_fetch_min_bytes,
        "fetch.wait.max.ms": math.ceil(settings.sink_fetch_wait_seconds * 1000),
        "topic.metadata.refresh.interval.ms": METADATA_MS,
        "queued.max.messages.kbytes": 32_768,
    }
