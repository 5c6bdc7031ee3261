"""Faust at the speed of the log: the agent is given runs of records, not records.

Faust spends a task, a queue hop and an ack on every message. Here one event carries all records of one
partition from one fetch: agents, assignment, rebalancing and acks stay Faust's, and cost once a run.

Where to read from is not Faust's: its offsets are the group's committed ones, and ours the stores'. So when
an assignment is settled, the lanes are opened, each finds its place, and only then is its partition
read. Every run tells the position that it was read from, so nothing that a rebalance, a seek or a dropped
message leaves behind can be taken for the next run.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any, ClassVar, Protocol, cast

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

POLL_SECONDS = 0.25
"""The longest wait for records, while every partition has room for more."""
FULL_SECONDS = 0.005
"""The same while some partition has none: it is asked again so soon, and has a run left to go on with."""

_log = logging.getLogger(__name__)


class Lanes(Protocol):
    """Who takes the runs."""

    async def open(self, partitions: Iterable[int], generation: int) -> None:
        """An assignment is settled."""
        ...

    def has_room(self, partition: int) -> bool:
        """Whether another run of the partition is to be fetched."""
        ...

    async def close(self) -> None:
        """The partitions are revoked, or the worker stops: finish what is under way."""
        ...


class RunsApp(Protocol):
    """What the consumer needs of its application."""

    heartbeats_topic: str
    lanes: Lanes


class BatchConsumer(driver.Consumer):
    """A consumer whose messages are runs: `value` is a `RecordBatch`, `offset` that of its last record."""

    _thread: BatchConsumerThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = cast("RunsApp", self.app)
        self._topic = app.heartbeats_topic
        self._lanes = app.lanes
        self._positions: dict[TP, int] = {}
        """The next offset to deliver, of partitions that have found their place."""
        self._looked_again: dict[TP, tuple[int, int]] = {}
        self._runs: defaultdict[TP, deque[Message]] = defaultdict(deque)
        """Delivered and not committed, oldest first."""
        self._acked_through: dict[TP, int] = {}
        self._committed_through: dict[TP, int] = {}

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # What Faust calls when partitions come and go.

    async def perform_seek(self) -> None:
        """Open the lanes: the assignment is settled, and each will say where it is to be read from."""
        self._forget()
        partitions = sorted(tp.partition for tp in self.assignment() if tp.topic == self._topic)
        await self._lanes.open(partitions, self.app.consumer_generation_id)

    async def wait_empty(self) -> None:
        """Let the lanes finish what they have in hand, and commit it: partitions go, or the worker does."""
        await self._lanes.close()
        await self.commit()
        self._forget()

    def _forget(self) -> None:
        for held in (
            self._positions,
            self._looked_again,
            self._runs,
            self._acked_through,
            self._committed_through,
            self._buffered_partitions,
        ):
            held.clear()

    # What a lane asks for.

    async def bounds(self, partition: int) -> LogRange:
        """What the broker holds of the partition."""
        tp = TopicPartition(self._topic, partition)
        starts = await self._ask("beginning_offsets", [tp])
        ends = await self._ask("end_offsets", [tp])
        return LogRange(self._topic, partition, starts[tp], ends[tp])

    async def ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """Where the log ends, of several partitions."""
        tps = [TopicPartition(self._topic, partition) for partition in partitions]
        ends = await self._ask("end_offsets", tps)
        return {tp.partition: end for tp, end in ends.items()}

    async def committed(self, partition: int) -> int | None:
        """The group's committed offset."""
        found: int | None = await self._ask("committed", TopicPartition(self._topic, partition))
        return found

    async def read_from(self, partition: int, offset: int) -> None:
        """Deliver runs from this offset on; runs delivered before are void."""
        tp = TP(self._topic, partition)
        self._positions.pop(tp, None)
        self._runs.pop(tp, None)
        await self._seek_to(tp, offset)
        self._positions[tp] = offset

    async def _ask(self, method: str, *arguments: Any) -> Any:
        return await self._thread.ask(getattr(self._thread._ensure_consumer(), method), *arguments)  # noqa: SLF001 - ours

    async def _seek_to(self, tp: TP, offset: int) -> None:
        try:
            await self._thread.seek_to(tp, offset)
        except IllegalStateError as error:
            raise KafkaUnavailableError(f"partition {tp.partition} is not assigned just now") from error

    # Reading.

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self.should_stop or fetcher.should_stop):
                for message in await self._next_runs():
                    await self.wait_first(self.callback(message), self.suspend_flow.wait())
        except ConsumerStoppedError:
            if not self.app.should_stop:
                raise

    async def _next_runs(self) -> list[ConsumerMessage]:
        if not self.flow_active:
            await self.wait(self.can_resume_flow.wait())
        located = [tp for tp in self._positions if tp not in self._buffered_partitions]
        # A partition that is held, or slow, is not fetched: what is delivered goes through one queue for all.
        wanted = {tp for tp in located if self._lanes.has_room(tp.partition)}
        if not wanted:
            await self.sleep(FULL_SECONDS if located else POLL_SECONDS / 10)
            return []
        fetched = await self._getmany(wanted, POLL_SECONDS if len(wanted) == len(located) else FULL_SECONDS)
        runs = [await self._run(TP(*tp), records) for tp, records in fetched.items() if records]
        return [run for run in runs if run is not None]

    async def _run(self, tp: TP, records: list[Any]) -> ConsumerMessage | None:
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
        self._runs[tp].append(message)
        return message

    def _is_confirmed(self, tp: TP, position: int, found: int) -> bool:
        """Whether records found elsewhere are all there is, and not left over from before a seek."""
        if self._looked_again.get(tp) != (position, found):
            return False
        if found < position:
            raise LogMismatchError(
                f"{tp.topic} partition {tp.partition} was to be read from {position} and gave {found}: "
                "the topic was made anew"
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
        """Note that a run is through the stage."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        return True

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002 - Faust's signature
        """Commit the acknowledged prefix of the runs delivered, where it moved."""
        for tp in list(self._runs):
            offset = self._new_offset(tp)
            if offset is not None:
                self._acked_through[tp] = offset
        moved = {tp: at for tp, at in self._acked_through.items() if self._committed_through.get(tp) != at}
        if not moved or not await self._commit(moved):
            return False
        self._committed_through.update(moved)
        return True

    def _new_offset(self, tp: TP) -> int | None:
        offset = None
        while self._runs[tp] and self._runs[tp][0].acked:
            offset = next_offset(self._runs[tp].popleft().offset)
        return offset


class BatchTransport(driver.Transport):
    """The driver's transport with our consumer."""

    Consumer: ClassVar[type[BatchConsumer]] = BatchConsumer


class BatchTopic(Topic):
    """A topic whose events carry runs as they are."""

    def _compile_decode(self) -> None:
        self.decode = self._pass_through  # type: ignore[method-assign]  # Faust compiles its own so

    async def _pass_through(self, message: Message, *, propagate: bool = False) -> Any:  # noqa: ARG002 - Faust's signature
        return self._create_event(None, message.value, None, message=message)
