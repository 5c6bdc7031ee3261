"""A lane: one partition's runs, one after another, each applied, told and only then acknowledged.

The order of the steps is what makes a crash at any point harmless. Redis first, fenced; then the states,
awaited; then the checkpoint; then the ack. A worker that dies in between leaves a run that its successor
takes through again, which changes nothing and tells all of it again.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from playhead.kafka.batches import LogRange, RecordBatch
from playhead.wire.ledger import Ledger
from playhead.wire.topics import Topics
from stream_processors import metrics
from stream_processors.apply.decide import Decision, KnownPerson, decide_in_steps
from stream_processors.apply.decode import Decoded, read
from stream_processors.apply.quota import LARGE, Quota
from stream_processors.catalogue import Catalogue
from stream_processors.errors import BatchTooLargeError, HotPartitionMovedError, NewerRecordError
from stream_processors.partition.people import PeopleLoader
from stream_processors.partition.retry import PartitionRetry, RevokedError
from stream_processors.partition.start import Start, start
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import OVER_QUOTA_SECONDS, HotPartition, HotStore, Refused
from stream_processors.stores.publish import RecordPublisher, emit

STOP_SECONDS = 3.0
"""How long a lane may take to finish its run when the partition is revoked: half the group's patience."""

MAX_QUEUED_BATCHES = 8
"""Room for the runs of one partition that Faust may hold between the consumer and the lane when `has_room` is
last asked, 6 at most. So no run ever waits to be put here, and a partition that is held holds up no other."""

IDLE_SECONDS = 1.0
"""Without a run for so long, a lane looks whether Redis has forgotten what it knew."""

MOST_BYTES = 32_000_000
"""Of a run's records and of what its people have, held and written at once; 5,000 people have 5 MB as a rule.
Redis takes no argument of 512 MB, and serves nobody else while it writes."""

Delivery = tuple[RecordBatch, Callable[[], object]]
"""A run, and how to acknowledge it."""

_log = logging.getLogger(__name__)


class HeartbeatLog(Protocol):
    """What a lane needs of the consumer. Each raises `TransientError` while the broker does not answer."""

    async def bounds(self, partition: int) -> LogRange:
        """What the broker holds of the partition."""
        ...

    async def committed(self, partition: int) -> int | None:
        """The group's committed offset, None where there is none."""
        ...

    async def read_from(self, partition: int, offset: int) -> None:
        """Deliver runs from this offset on; runs delivered before are void."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """What all lanes of a worker share."""

    hot: HotStore
    durable: DurableStore
    publisher: RecordPublisher
    topics: Topics
    catalogue: Catalogue
    quota: Quota = LARGE


class PartitionWorker:
    """A partition, from its assignment to its revocation."""

    def __init__(self, partition: int, generation: int, source: HeartbeatLog, parts: Stores) -> None:
        self.partition = partition
        self._generation = generation
        self._source = source
        self._parts = parts
        self._waiting: asyncio.Queue[Delivery | None] = asyncio.Queue(maxsize=MAX_QUEUED_BATCHES)
        self.patience = PartitionRetry()
        self._people = PeopleLoader(
            parts.hot,
            parts.durable,
            parts.topics.states.name,
            parts.catalogue.policies,
            parts.quota,
            partition,
            generation,
            self.patience,
        )
        self.told = -1
        """Everything before it is through the stage: applied, told and acknowledged; -1 until located."""
        self._start = Start(-1, Ledger.starting_at(-1), None)

    @property
    def has_room(self) -> bool:
        """Whether another run is worth fetching: none waits behind the one at hand."""
        return self._waiting.empty()

    async def put(self, run: RecordBatch, acknowledge: Callable[[], object]) -> None:
        """Wait for room, and leave the run there; it is acknowledged once it is through."""
        if not self.patience.is_leaving:
            await self._waiting.put((run, acknowledge))

    def leave(self) -> None:
        """Finish the run at hand, unless it waits for something that is away, and no other."""
        self.patience.leave()
        if self._waiting.empty():
            self._waiting.put_nowait(None)

    async def work(self) -> None:
        """Take runs through the stage until told to leave.

        Raises:
            Exception: anything unknown; the process is to exit, having acknowledged nothing of this run.
        """
        try:
            await self.patience.call("catalogue", self._parts.catalogue.seen)
            await self._locate()
            while (delivery := await self._next()) is not None and not self.patience.is_leaving:
                run, acknowledge = delivery
                # A run from before the partition began anew is void.
                if run.start == self.told and await self._take(run):
                    acknowledge()
        except RevokedError as left:
            _log.info("partition %d was given up while waiting: %s", self.partition, left)
        finally:
            self._make_room()

    async def _next(self) -> Delivery | None:
        """The next run; while there is none, see that Redis stands where it stood, and renew the claim."""
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    return await self._waiting.get()
            except TimeoutError:
                await self._look()

    async def _look(self) -> None:
        standing = await self.patience.call("look", self._claim)
        at = None if standing is None else standing.ledger.next_offset
        if at != self._start.expected:
            _log.warning(
                "partition %d: Redis stands at %s, not at %s", self.partition, at, self._start.expected
            )
            await self._begin_anew()

    async def _claim(self) -> HotPartition | None:
        await self._parts.hot.require_noeviction()
        return await self._parts.hot.claim(self.partition, self._generation)

    async def _begin_anew(self) -> None:
        metrics.RELOCATIONS.inc()
        await self._locate()

    def _make_room(self) -> None:
        """Let go whoever waits to put a run here."""
        self.patience.leave()
        while not self._waiting.empty():
            self._waiting.get_nowait()

    async def _locate(self) -> None:
        self.told = -1
        self._start = await self.patience.call("locate", self._find_start)
        await self.patience.call("seek", lambda: self._source.read_from(self.partition, self._start.offset))
        self.told = self._start.offset
        _log.info("partition %d from offset %d: %s", self.partition, self.told, self._start.ledger)

    async def _find_start(self) -> Start:
        parts, partition = self._parts, self.partition
        hot = await self._claim()
        durable = None
        if hot is None:
            durable = await parts.durable.ledger(parts.topics.states.name, partition)
        committed = await self._source.committed(partition)
        # The log's end last: it grows, and what the stores have read lies before it.
        log = await self._source.bounds(partition)
        return start(log, hot=hot, durable=durable, committed=committed)

    async def _take(self, run: RecordBatch) -> bool:
        """Take a run through, in parts where it is too large; False where the partition began anew."""
        try:
            return await self._take_whole(run)
        except BatchTooLargeError:
            first, second = run.halves()
            return await self._take(first) and await self._take(second)
        except NewerRecordError as newer:
            if newer.offset > run.first_offset:
                first, second = run.split_at(newer.offset)
                return await self._take(first) and await self._take(second)
            await self.patience.call("read", lambda: self._hold(run))
            return await self._take(run)
        except HotPartitionMovedError as moved:
            _log.warning(
                "partition %d: Redis refused people for the run from %d: %s", self.partition, self.told, moved
            )
        await self._begin_anew()
        return False

    async def _hold(self, run: RecordBatch) -> None:
        """Keep the claim of a partition whose next record this release cannot read."""
        await self._claim()
        read(run)

    async def _take_whole(self, run: RecordBatch) -> bool:
        """The same for a run that is small enough.

        Raises:
            TooMuchAtOnceError: it is not.
            StandingMovedError: Redis does not stand where the worker believes.
        """
        metrics.BATCH_SIZE.observe(len(run.records))
        with metrics.step("read"):
            reading = read(run)
        most_bytes = MOST_BYTES - run.bytes if len(run.records) > 1 else sys.maxsize
        known = await self._people.known(reading, self._start, most_bytes)
        with metrics.step("decide"):
            decision = await self._decide(run, reading, known)
        if isinstance(refused := await self._write(decision), Refused):
            raise HotPartitionMovedError(self.partition, refused)
        self._count(decision)
        self._start = Start(run.next_offset, decision.ledger, decision.ledger.next_offset)
        await self.patience.call("emit", lambda: self._emit(decision))
        if decision.over_quota:
            until = int(time.time()) + OVER_QUOTA_SECONDS
            await self.patience.call(
                "quota", lambda: self._parts.hot.note_over_quota(decision.over_quota, until)
            )
        self.told = run.next_offset
        return True

    async def _decide(self, run: RecordBatch, reading: Decoded, known: dict[str, KnownPerson]) -> Decision:
        """Decide, and let the other partitions have their turns meanwhile."""
        parts = self._parts
        steps = decide_in_steps(
            run, reading, known, self._start.ledger, parts.catalogue.policies, parts.quota
        )
        while True:
            try:
                next(steps)
            except StopIteration as done:
                return cast("Decision", done.value)
            await asyncio.sleep(0)

    async def _write(self, decision: Decision) -> object:
        return await self.patience.call(
            "write",
            lambda: self._parts.hot.write(
                decision, generation=self._generation, expected=self._start.expected, emitted=self.told
            ),
        )

    async def _emit(self, decision: Decision) -> None:
        await emit(self._parts.publisher, self._parts.topics, decision)

    def _count(self, decision: Decision) -> None:
        before, after = self._start.ledger, decision.ledger
        metrics.APPLIED.inc(after.applied - before.applied)
        metrics.DUPLICATES.inc(after.duplicates - before.duplicates)
        metrics.ERASED.inc(decision.erased)
        metrics.DEAD.inc(after.dead_lettered - before.dead_lettered)
        for each in decision.refused:
            if each.record.offset >= before.next_offset:
                metrics.REFUSED_HEARTBEATS.labels(each.refusal.reason).inc()
        metrics.SKIPPED.inc(after.first_offset - before.first_offset)
        metrics.STATES.inc(len(decision.states))
