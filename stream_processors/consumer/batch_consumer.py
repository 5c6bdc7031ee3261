"""A Faust consumer that delivers batches: one event carries all records of one partition from one fetch.

Faust spends a task, a queue hop and an ack on every event. Agents, assignment, rebalancing and acks remain
Faust's, and cost once per batch.

The position to read from is not Faust's. Faust starts from the committed offset; here the stores decide. When
an assignment is settled, a worker is started for each partition, and a partition is fetched only after its
worker has located it and called `read_from`. A batch carries the position that it was read from, so that the
worker recognises batches that are void since a rebalance or a seek.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any, ClassVar

from aiokafka.errors import (  # type: ignore[import-untyped]
    ConsumerStoppedError,
    IllegalStateError,
)
from aiokafka.structs import TopicPartition  # type: ignore[import-untyped]
from faust.topics import Topic
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage, Message

from playhead.kafka.batches import LogRange, RecordBatch
from playhead.wire.offsets import next_offset
from stream_processors.consumer.consumer_thread import BatchConsumerThread, KafkaUnavailableError
from stream_processors.errors import LogMismatchError
from stream_processors.partition.workers import PartitionWorkers

POLL_SECONDS = 0.25
"""The longest wait for records while every partition has room."""
FULL_SECONDS = 0.005
"""The same while a partition has no room: it has one batch left to process when it is asked again."""

_log = logging.getLogger(__name__)


class BatchConsumer(driver.Consumer):
    """A consumer whose messages carry a `RecordBatch` as value, and the offset of its last record."""

    _thread: BatchConsumerThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app: Any = self.app  # a `ProcessorApp`
        self._topic: str = app.heartbeats_topic
        self._workers: PartitionWorkers = app.workers
        self._positions: dict[TP, int] = {}
        """The position of each partition that is located."""
        self._looked_again: dict[TP, tuple[int, int]] = {}
        """Position and offset of records that were found elsewhere than at the position, once."""
        self._delivered: defaultdict[TP, deque[Message]] = defaultdict(deque)
        """Batches delivered and not committed, oldest first."""
        self._acknowledged: dict[TP, int] = {}
        """The next offset after the last batch of the acknowledged prefix."""
        self._committed: dict[TP, int] = {}

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # Called by Faust in a rebalance.

    async def perform_seek(self) -> None:
        """Start the workers: the assignment is settled."""
        self._forget()
        partitions = sorted(tp.partition for tp in self.assignment() if tp.topic == self._topic)
        await self._workers.open(partitions, self.app.consumer_generation_id)

    async def wait_empty(self) -> None:
        """Stop the workers and commit: partitions are revoked, or the process stops."""
        await self._workers.close()
        await self.commit()
        self._forget()

    def _forget(self) -> None:
        for held in (
            self._positions,
            self._looked_again,
            self._delivered,
            self._acknowledged,
            self._committed,
            self._buffered_partitions,
        ):
            held.clear()

    # Called by the workers; see `HeartbeatLog`.

    async def bounds(self, partition: int) -> LogRange:
        """The offsets that the broker holds."""
        tp = TopicPartition(self._topic, partition)
        starts = await self._ask("beginning_offsets", [tp])
        ends = await self._ask("end_offsets", [tp])
        return LogRange(self._topic, partition, starts[tp], ends[tp])

    async def partitions(self) -> int:
        """The number of partitions of the topic."""
        return await self._thread.partitions_of(self._topic)

    async def ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """The log ends of several partitions."""
        tps = [TopicPartition(self._topic, partition) for partition in partitions]
        ends = await self._ask("end_offsets", tps)
        return {tp.partition: end for tp, end in ends.items()}

    async def committed(self, partition: int) -> int | None:
        """The committed offset, None if there is none."""
        found: int | None = await self._ask("committed", TopicPartition(self._topic, partition))
        return found

    async def read_from(self, partition: int, offset: int) -> None:
        """Seek: deliver batches from this position on. Batches delivered before are void."""
        tp = TP(self._topic, partition)
        self._positions.pop(tp, None)
        self._delivered.pop(tp, None)
        await self._seek_to(tp, offset)
        self._positions[tp] = offset

    async def _ask(self, method: str, *arguments: Any) -> Any:
        return await self._thread.ask(getattr(self._thread._ensure_consumer(), method), *arguments)  # noqa: SLF001 - ours

    async def _seek_to(self, tp: TP, offset: int) -> None:
        try:
            await self._thread.seek_to(tp, offset)
        except IllegalStateError as error:
            raise KafkaUnavailableError(f"partition {tp.partition} is not assigned just now") from error

    # Fetching.

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self.should_stop or fetcher.should_stop):
                for message in await self._next_batches():
                    await self.wait_first(self.callback(message), self.suspend_flow.wait())
        except ConsumerStoppedError:
            if not self.app.should_stop:
                raise

    async def _next_batches(self) -> list[ConsumerMessage]:
        if not self.flow_active:
            await self.wait(self.can_resume_flow.wait())
        located = [tp for tp in self._positions if tp not in self._buffered_partitions]
        # A partition that is held or slow is not fetched: all partitions are delivered through one queue.
        wanted = {tp for tp in located if self._workers.has_room(tp.partition)}
        if not wanted:
            await self.sleep(FULL_SECONDS if located else POLL_SECONDS / 10)
            return []
        fetched = await self._getmany(wanted, POLL_SECONDS if len(wanted) == len(located) else FULL_SECONDS)
        batches = [await self._batch(TP(*tp), records) for tp, records in fetched.items() if records]
        return [batch for batch in batches if batch is not None]

    async def _batch(self, tp: TP, records: list[Any]) -> ConsumerMessage | None:
        position = self._positions.get(tp)
        if position is None:
            return None
        if records[0].offset < position:
            records = [record for record in records if record.offset >= position] or records
        if records[0].offset != position and not self._is_confirmed(tp, position, records[0].offset):
            await self._look_again(tp, position, records[0].offset)
            return None
        self._positions[tp] = next_offset(records[-1].offset)
        message = self._to_message(tp, records[-1])
        message.value = RecordBatch(tp.partition, position, records)  # type: ignore[assignment]  # passed through
        self._delivered[tp].append(message)
        return message

    def _is_confirmed(self, tp: TP, position: int, found: int) -> bool:
        """Whether a second fetch found the same records, which are then not left over from before a seek."""
        if self._looked_again.get(tp) != (position, found):
            return False
        if found < position:
            raise LogMismatchError(
                f"{tp.topic} partition {tp.partition} was to be read from {position} and gave {found}: "
                "the topic was recreated"
            )
        _log.error("%s %d: offsets %d to %d hold no record any more", *tp, position, found)
        return True

    async def _look_again(self, tp: TP, position: int, found: int) -> None:
        self._looked_again[tp] = (position, found)
        try:
            await self._seek_to(tp, position)
        except KafkaUnavailableError as error:
            _log.info("partition %d is not sought again: %s", tp.partition, error)

    # Acknowledging and committing.

    def ack(self, message: Message) -> bool:
        """Note that a batch is published."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        return True

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002 - Faust's signature
        """Commit the acknowledged prefix of each partition's batches, where it has grown."""
        for tp in list(self._delivered):
            offset = self._acknowledged_prefix(tp)
            if offset is not None:
                self._acknowledged[tp] = offset
        grown = {tp: at for tp, at in self._acknowledged.items() if self._committed.get(tp) != at}
        if not grown or not await self._commit(grown):
            return False
        self._committed.update(grown)
        return True

    def _acknowledged_prefix(self, tp: TP) -> int | None:
        offset = None
        while self._delivered[tp] and self._delivered[tp][0].acked:
            offset = next_offset(self._delivered[tp].popleft().offset)
        return offset


class BatchTransport(driver.Transport):
    """The driver's transport with our consumer."""

    Consumer: ClassVar[type[BatchConsumer]] = BatchConsumer


class BatchTopic(Topic):
    """A topic whose events carry batches unchanged."""

    def _compile_decode(self) -> None:
        self.decode = self._pass_through  # type: ignore[method-assign]  # as Faust's own does

    async def _pass_through(self, message: Message, *, propagate: bool = False) -> Any:  # noqa: ARG002 - Faust's signature
        return self._create_event(None, message.value, None, message=message)
