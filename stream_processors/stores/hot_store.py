"""The hot store: everybody's progress in Redis, written only from where the writer believes it stands.

Each partition has a standing, `applied:<partition>`: its ledger, how far its states are known to be told
(`emitted`), and the claim of the worker that holds it, which is the generation of the consumer group. One
script call writes all that a run changed and moves the standing, or does nothing. So a worker that lost its
partition, or whose Redis came back older than it knows, is refused before it can do harm.

People are passed to the scripts as one MessagePack argument: to write thousands of arguments one by one takes
longer than all that Redis does with them. So their keys are not declared, as Redis Cluster would require.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast

import redis.asyncio as redis_asyncio
from msgspec import Struct, msgpack
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from playhead.progress import ContentId
from playhead.resources import read_text
from playhead.settings import RedisSettings
from playhead.wire.keys import ERASED, FENCE, OVER_QUOTA, applied_hash, progress_hash
from playhead.wire.ledger import Ledger
from stream_processors.apply.decide import Decision, KnownPerson
from stream_processors.apply.quota import ItemCount
from stream_processors.errors import (
    BatchTooLargeError,
    ClaimHeldError,
    HotPartitionMovedError,
    RedisUnavailableError,
)
from stream_processors.stores.erased_flag import person_ttl_seconds, put
from stream_processors.stores.eviction import require_noeviction
from stream_processors.stores.redis_calls import answering

CLAIM_HOLDS_SECONDS = 60
"""A claim not renewed for so long no longer holds: a group that is made anew counts generations from 1."""
PEOPLE_AT_ONCE = 500
"""Loaded by one script call: Redis serves others between two of them."""
ITEMS_AT_ONCE = 100
"""Of one person, by one entry of a call, which may exceed the bytes of a call by so many values."""


POLICY_SECONDS = 5.0
"""How long Redis is taken to keep everything once it said so; it answers with 2 kB."""
OVER_QUOTA_SECONDS = 300
"""For so long ingest refuses a person's new items; then one is let through and judged again, so that a limit
that was raised, or an item that the catalogue has since, ends it by itself."""


class HotPartition(Struct, frozen=True, gc=False):
    """A partition as the hot store has it."""

    ledger: Ledger
    emitted: int
    """States of everything before it were acknowledged by the broker."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The run is written."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written: the partition does not stand where the writer believed."""

    claim: int | None
    """The generation that holds the partition; None: the store was flushed."""
    at: int | None
    """The next offset that the store awaits; None: it knows nothing of the partition."""
    has_lost_somebody: bool = False
    """The partition stands there, but a person of the run has gone from Redis since they were loaded."""


class LostItems(Struct, frozen=True, gc=False):
    """Items of a person whom Redis has lost."""

    person: str
    items: list[tuple[ContentId, bytes]]
    count: int = -1
    """Of all their items, with the last piece of them; -1: more follow."""


class HotStore:
    """Redis, for one worker. Every method raises `RedisUnavailableError` where trying again is right."""

    def __init__(self, settings: RedisSettings) -> None:
        self._redis = redis_asyncio.Redis.from_url(
            settings.redis_url,
            # No timeouts and no retries of its own: with a timeout it sends through asyncio.wait_for, which
            # until Python 3.12 may swallow the cancellation of a lane; and whoever asks tries again anyway.
            socket_timeout=None,
            socket_connect_timeout=None,
            retry=Retry(NoBackoff(), 0),
            client_name="playhead-processor",
        )
        self._keeps_until = float("-inf")
        self._ttl = person_ttl_seconds(settings)
        self._claim, self._load, self._restore, self._write = (
            self._redis.register_script(_script(name)) for name in ("claim", "load", "restore", "write")
        )

    async def close(self) -> None:
        """Leave no connection open."""
        await self._redis.aclose()

    async def claim(self, partition: int, generation: int) -> HotPartition | None:
        """Take the partition and tell how it stands; None where nothing is known of it.

        Raises:
            ClaimHeldError: a newer generation holds it.
        """
        async with answering():
            granted, *found = await self._claim(
                keys=[applied_hash(partition)], args=[generation, CLAIM_HOLDS_SECONDS]
            )
        if not granted:
            raise ClaimHeldError(partition, generation, int(found[0]))
        if None in found:
            return None
        *counts, emitted = map(int, found)
        return HotPartition(Ledger(*counts), emitted)

    async def load(
        self, wanted: Mapping[str, Sequence[ContentId]], most_bytes: int = sys.maxsize
    ) -> dict[str, KnownPerson | None]:
        """Read these items of these people; None for a person whom the store does not have.

        Raises:
            TooMuchAtOnceError: their values are more than `most_bytes`.
        """
        entries = list(_entries(wanted))
        known: dict[str, KnownPerson | None] = {}
        while entries:
            batch, entries = entries[:PEOPLE_AT_ONCE], entries[PEOPLE_AT_ONCE:]
            packed = msgpack.encode([(progress_hash(person), *items) for person, items in batch])
            async with answering():
                answers = await self._load(args=[packed, most_bytes])
            most_bytes -= sum(len(value) for answer in answers for value in answer[2:-1] if value)
            if len(answers) < len(batch) or most_bytes < 0:
                raise BatchTooLargeError
            for (person, items), (erased_at, fence, *values, fields) in zip(batch, answers, strict=True):
                if erased_at is not None:
                    known[person] = KnownPerson({}, erased_at=int(erased_at))
                elif fence is None:
                    known[person] = None
                else:
                    held = {i: value for i, value in zip(items, values, strict=True) if value}
                    _add(known, person, held, 0 if fields is None else fields - 1)
        return known

    async def restore(
        self, lost: Sequence[LostItems], *, partition: int, generation: int, expected: int | None
    ) -> None:
        """Bring back items of people whom the store has lost; each is held again with their last piece.

        A call whose answer was lost may be repeated as it was.

        Raises:
            StandingMovedError: the partition does not stand at `expected`; nothing was written.
            HotStoreAwayError: somebody's pieces are not all there any more: begin again with the first.
        """
        people = [(progress_hash(each.person), _flat(each.items), each.count) for each in lost]
        next_offset = "" if expected is None else expected
        args = [generation, next_offset, f"{partition}:{expected or 0}", self._ttl, msgpack.encode(people)]
        async with answering():
            restored, *found = await self._restore(keys=[applied_hash(partition)], args=args)
        if not restored:
            raise HotPartitionMovedError(partition, Refused(_whole(found[0]), _whole(found[1])))
        if found[0]:
            raise RedisUnavailableError(f"Redis lost {found[0]} people again while they were restored")

    async def items_of(self, person: str) -> list[ContentId]:
        """All items that the store has of a person."""
        async with answering():
            fields = await self._redis.hkeys(progress_hash(person))
        names = [field.decode() for field in cast("list[bytes]", fields)]
        return [ContentId(name) for name in names if name not in {FENCE, ERASED}]

    async def note_over_quota(self, people: Collection[str], until: int) -> None:
        """Note for ingest, until this second, that these people may begin no more items."""
        if not people:
            return
        async with answering(), self._redis.pipeline(transaction=True) as together:
            together.zadd(OVER_QUOTA, dict.fromkeys(people, until))
            together.zremrangebyscore(OVER_QUOTA, "-inf", until - OVER_QUOTA_SECONDS)
            await together.execute()

    async def mark_erased(self, people: Mapping[str, KnownPerson]) -> None:
        """Note who of these was erased, so that the durable store need not be asked again."""
        erased = {person: found.erased_at for person, found in people.items() if found.erased_at is not None}
        if not erased:
            return
        async with answering(), self._redis.pipeline(transaction=True) as together:
            for person, erased_at in erased.items():
                put(together, person, erased_at, self._ttl)
            await together.execute()

    async def require_noeviction(self) -> None:
        """Return if Redis keeps what it is given.

        Raises:
            EvictionPolicyError: it may drop people, so that nobody whom it lacks can be taken for new.
        """
        now = asyncio.get_running_loop().time()
        if now < self._keeps_until:
            return
        async with answering():
            require_noeviction(await self._redis.info("memory"))
        self._keeps_until = now + POLICY_SECONDS

    async def has_evicted(self) -> bool:
        """Whether Redis has let people go since it started, who are then not merely new."""
        async with answering():
            stats = await self._redis.info("stats")
        return bool(stats["evicted_keys"])

    async def write(
        self, decision: Decision, *, generation: int, expected: int | None, emitted: int
    ) -> Applied | Refused:
        """Write all that the run changed and move the standing, or nothing; publish the changes to listeners.

        `expected` is where the partition stands as far as the worker knows, None where it stood nowhere.
        A call whose answer was lost may be repeated as it was.
        """
        ledger = decision.ledger
        people = [
            (progress_hash(write.person), _flat(write.changed), write.is_new) for write in decision.writes
        ]
        args = [
            generation,
            "" if expected is None else expected,
            ledger.first_offset,
            ledger.next_offset,
            ledger.applied,
            ledger.duplicates,
            ledger.dead_lettered,
            emitted,
            f"{decision.partition}:{ledger.next_offset}",
            self._ttl,
            msgpack.encode(people),
        ]
        async with answering():
            applied, *found = await self._write(keys=[applied_hash(decision.partition)], args=args)
        if applied:
            return Applied()
        claim, at, *gone = found
        return Refused(_whole(claim), _whole(at), has_lost_somebody=bool(gone))


def _entries(wanted: Mapping[str, Sequence[ContentId]]) -> Iterator[tuple[str, Sequence[ContentId]]]:
    for person, items in wanted.items():
        if len(items) <= ITEMS_AT_ONCE:
            yield person, items
            continue
        left = iter(items)
        while chunk := list(islice(left, ITEMS_AT_ONCE)):
            yield person, chunk


def _whole(answer: bytes | None) -> int | None:
    return None if answer is None else int(answer)


def _flat(items: list[tuple[ContentId, bytes]]) -> list[str]:
    # Redis' MessagePack knows strings, and no byte strings.
    return [each for item, value in items for each in (item, value.decode())]


def _add(
    known: dict[str, KnownPerson | None], person: str, items: dict[ContentId, bytes], count: int
) -> None:
    earlier = known.get(person)
    if earlier is not None:
        items, count = {**earlier.items, **items}, max(earlier.count.all, count)
    known[person] = KnownPerson(items, count=ItemCount(count, unknown=None) if count else ItemCount())


def _script(name: str) -> str:
    return read_text("stream_processors.stores", f"{name}.lua")
