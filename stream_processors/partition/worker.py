"""Processes one partition's batches in order: apply to Redis, publish the states, acknowledge.

The order makes a crash at any point harmless. The fenced write to Redis comes first; then the states, until
Kafka has acknowledged them; then the checkpoint; then the commit. A worker that dies in between leaves a
batch that its successor processes again, which changes nothing and publishes everything again.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from playhead.kafka.batches import LogRange, RecordBatch
from playhead.kafka.publisher import Publisher
from playhead.tracing.context import KafkaHeaders
from playhead.wire.ledger import Ledger
from playhead.wire.offsets import UNKNOWN
from playhead.wire.topics import Topics
from stream_processors import metrics
from stream_processors.apply.decide import decide_in_steps
from stream_processors.apply.decision import Decision, KnownPerson
from stream_processors.apply.decode import Decoded, decode
from stream_processors.apply.quota import UNLIMITED, Quota, Rules
from stream_processors.errors import BatchTooLargeError, HotPartitionMovedError, NewerRecordError
from stream_processors.partition.people import PeopleLoader
from stream_processors.partition.retry import PartitionRetry, RevokedError
from stream_processors.partition.start import Start, start
from stream_processors.stores.catalogue_copy import CatalogueKey
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import OVER_QUOTA_SECONDS, HotPartition, HotStore
from stream_processors.stores.policy_cache import PolicyCache
from stream_processors.stores.publish import publish_decision
from stream_processors.traces import NO_HEADERS, begin_traces

if TYPE_CHECKING:
    from playhead.tracing.spans import Tracer

MAX_QUEUED_BATCHES = 8
"""Faust holds at most 6 batches of one partition between the last `has_room` and this queue. No batch ever
waits to be queued, and a partition that is held does not delay others."""

IDLE_SECONDS = 1.0
"""A worker without batches checks at this interval whether Redis still has what it wrote."""

MAX_BATCH_BYTES = 32_000_000
"""Of a batch's records and its people's progress, loaded and written at once; 5,000 people usually have 5 MB.
Redis takes no argument of 512 MB, and serves no other client while it writes."""

_log = logging.getLogger(__name__)


class HeartbeatLog(Protocol):
    """The part of the consumer that a worker uses. Methods raise `TransientError`."""

    async def bounds(self, partition: int) -> LogRange:
        """The offsets that the broker holds."""
        ...

    async def partitions(self) -> int:
        """The number of partitions of the topic."""
        ...

    async def committed(self, partition: int) -> int | None:
        """The committed offset, None if there is none."""
        ...

    async def read_from(self, partition: int, offset: int) -> None:
        """Seek: deliver batches from this position on. Batches delivered before are void."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """What all workers of a process share."""

    hot: HotStore
    durable: DurableStore
    publisher: Publisher
    topics: Topics
    catalogue: PolicyCache
    quota: Quota = UNLIMITED
    tracer: Tracer | None = None


def _untraced(_: str) -> None:
    """Note nothing."""


class PartitionWorker:
    """Processes a partition from its assignment to its revocation."""

    def __init__(self, partition: int, generation: int, log: HeartbeatLog, stores: Stores) -> None:
        self.partition = partition
        self.retry = PartitionRetry()
        self.published = UNKNOWN
        """The published offset; `UNKNOWN` until the partition is located."""
        self.written_at: float | None = None
        """When the last record before it was written to the log, in seconds since 1970."""
        self._generation = generation
        self._log = log
        self._stores = stores
        self._queue: asyncio.Queue[tuple[RecordBatch, Callable[[], object]] | None] = asyncio.Queue(
            maxsize=MAX_QUEUED_BATCHES
        )
        self._rules = Rules(stores.catalogue.policies, stores.quota)
        self._people = PeopleLoader(
            stores.hot,
            stores.durable,
            stores.topics.states.name,
            self._rules,
            partition,
            generation,
            self.retry,
        )
        self._start = Start(UNKNOWN, Ledger.starting_at(UNKNOWN), None)

    @property
    def has_room(self) -> bool:
        """Whether another batch should be fetched: none is queued behind the current one."""
        return self._queue.empty()

    async def submit(self, batch: RecordBatch, acknowledge: Callable[[], object]) -> None:
        """Queue a batch. `acknowledge` is called once it is published."""
        if not self.retry.is_revoked:
            await self._queue.put((batch, acknowledge))

    def stop(self) -> None:
        """Finish the current batch, unless it waits for another process, and take no further one."""
        self.retry.revoke()
        if self._queue.empty():
            self._queue.put_nowait(None)

    async def run(self) -> None:
        """Process batches until stopped.

        Raises:
            Exception: an unexpected failure. The process must exit; the current batch is not acknowledged.
        """
        try:
            await self.retry.call("catalogue", self._stores.catalogue.ready)
            await self._locate()
            while (queued := await self._next()) is not None and not self.retry.is_revoked:
                batch, acknowledge = queued
                # A batch that was read before the partition was located again is void.
                if batch.start == self.published and await self._process(batch):
                    acknowledge()
        except RevokedError as step:
            _log.info("partition %d was given up while waiting: %s", self.partition, step)
        finally:
            self.retry.revoke()
            while not self._queue.empty():  # releases `submit`
                self._queue.get_nowait()

    async def _next(self) -> tuple[RecordBatch, Callable[[], object]] | None:
        """The next batch; while there is none, renew the claim and check the applied offset in Redis."""
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    return await self._queue.get()
            except TimeoutError:
                await self._check_redis()

    async def _check_redis(self) -> None:
        hot = await self.retry.call("look", self._claim)
        applied = None if hot is None else hot.ledger.next_offset
        if applied != self._start.expected:
            _log.warning(
                "partition %d: Redis has applied offset %s, expected %s",
                self.partition,
                applied,
                self._start.expected,
            )
            await self._relocate()

    async def _claim(self) -> HotPartition | None:
        await self._stores.hot.memory.require_noeviction(self.partition)
        return await self._stores.hot.claim(self.partition, self._generation)

    async def _relocate(self) -> None:
        metrics.RELOCATIONS.inc()
        await self._locate()

    async def _locate(self) -> None:
        self.published = UNKNOWN
        self._start = await self.retry.call("locate", self._find_start)
        await self.retry.call("seek", lambda: self._log.read_from(self.partition, self._start.offset))
        self.published = self._start.offset
        _log.info("partition %d from offset %d: %s", self.partition, self.published, self._start.ledger)

    async def _find_start(self) -> Start:
        await self._stores.hot.require_partitions(await self._log.partitions())
        hot, durable = await self._claim(), None
        if hot is None:
            topic = self._stores.topics.states.name
            durable = await self._stores.durable.ledger(topic, self.partition)
        committed = await self._log.committed(self.partition)
        # The log's end last: it only grows, so no store is ahead of it by a race.
        log = await self._log.bounds(self.partition)
        return start(log, hot=hot, durable=durable, committed=committed)

    async def _process(self, batch: RecordBatch) -> bool:
        """Process a batch, in parts if it is too large; False if the partition was located again."""
        try:
            await self._process_whole(batch)
        except BatchTooLargeError:
            first, second = batch.halves()
            return await self._process(first) and await self._process(second)
        except NewerRecordError as newer:
            if newer.offset > batch.first_offset:
                first, second = batch.split_at(newer.offset)
                return await self._process(first) and await self._process(second)
            await self.retry.call("read", lambda: self._hold(batch))
            return await self._process(batch)
        except HotPartitionMovedError as moved:
            _log.warning("partition %d: the batch from %d is refused: %s", self.partition, batch.start, moved)
            await self._relocate()
            return False
        return True

    async def _hold(self, batch: RecordBatch) -> None:
        """Keep the claim on a partition whose next record this release cannot decode."""
        await self._claim()
        decode(batch)

    async def _process_whole(self, batch: RecordBatch) -> None:
        traces = begin_traces(self._stores.tracer, self._stores.topics.heartbeats.name, batch)
        if traces is None:
            await self._apply_and_publish(batch, _untraced, NO_HEADERS)
            return
        with traces:
            await self._apply_and_publish(batch, traces.note, traces.headers_of_states)

    async def _apply_and_publish(
        self, batch: RecordBatch, note: Callable[[str], None], headers: Mapping[bytes, KafkaHeaders]
    ) -> None:
        """Process a batch at once, with headers for the states of some keys; `note` takes the steps.

        Raises:
            BatchTooLargeError: its people's progress is too large.
            HotPartitionMovedError: the applied offset in Redis is not the one of this worker.
        """
        hot = self._stores.hot
        metrics.BATCH_SIZE.observe(len(batch.records))
        with metrics.step("read"):
            decoded = decode(batch)
        most_bytes = MAX_BATCH_BYTES - batch.bytes if len(batch.records) > 1 else sys.maxsize
        waiting = await self._stores.catalogue.resolve(decoded.items)
        known = await self._people.load(decoded, self._start, most_bytes)
        note("people loaded")
        with metrics.step("decide"):
            decision = await self._decide(decoded, known, waiting)
        note("decided")
        await self.retry.call(
            "write",
            lambda: hot.write(
                decision,
                generation=self._generation,
                expected=self._start.expected,
                published=self.published,
            ),
        )
        note("written to Redis")
        metrics.count_decision(self._start.ledger, decision)
        self._start = Start(batch.next_offset, decision.ledger, decision.ledger.next_offset)
        await self.retry.call(
            "emit", lambda: publish_decision(self._stores.publisher, self._stores.topics, decision, headers)
        )
        if decision.over_quota:
            until = int(time.time()) + OVER_QUOTA_SECONDS
            await self.retry.call("quota", lambda: hot.note_over_quota(decision.over_quota, until))
        self.published = batch.next_offset
        self.written_at = batch.records[-1].timestamp / 1000

    async def _decide(
        self, decoded: Decoded, known: dict[str, KnownPerson], waiting: Collection[CatalogueKey]
    ) -> Decision:
        """Decide, and let other partitions run between the steps."""
        steps = decide_in_steps(decoded, known, self._start.ledger, self._rules, waiting)
        while True:
            try:
                next(steps)
            except StopIteration as done:
                return cast("Decision", done.value)
            await asyncio.sleep(0)
