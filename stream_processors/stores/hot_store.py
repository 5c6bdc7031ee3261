"""The hot store: every person's progress in Redis, written only from the offset the writer believes it has.

`applied:{partition}` holds a partition's ledger, its published offset (`emitted`), and its claim: the
generation of the consumer group whose worker may write. One script call writes everything that a batch
changed and advances the ledger, or does nothing. A worker that lost its partition, or whose Redis was
restored from an older state, is therefore refused before it can do harm.

Scripts get their people as one MessagePack argument, because encoding thousands of arguments takes longer
than the script itself. Every key of a partition has its hash tag, so all are in one slot of Redis Cluster.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from msgspec import Struct, msgpack

from playhead.progress import ContentId
from playhead.redis.clients import redis_nodes
from playhead.redis.connection import AsyncRedis, async_client
from playhead.redis.nodes import Command
from playhead.settings import RedisSettings
from playhead.wire.keys import is_older_name, older_name
from playhead.wire.ledger import Ledger
from playhead.wire.redis_keys import ERASED, FENCE
from stream_processors.apply.decision import Decision, KnownPerson
from stream_processors.errors import (
    BatchTooLargeError,
    ClaimHeldError,
    HotPartitionMovedError,
    PartitionsChangedError,
    RedisUnavailableError,
)
from stream_processors.stores.answers import add_answers, entries_of, flat, integer
from stream_processors.stores.erased_flag import ErasedKeys, person_ttl_seconds, set_flag_of
from stream_processors.stores.memory import HotMemory
from stream_processors.stores.redis_calls import redis_call
from stream_processors.stores.scripts import LuaScript, scripts

CLAIM_HOLDS_SECONDS = 60
"""A claim expires unless it is renewed: a consumer group that is recreated counts generations from 1."""
PEOPLE_PER_CALL = 500
"""Loaded by one script call; Redis serves other clients between two calls."""
OVER_QUOTA_SECONDS = 300
"""How long ingest refuses new items of a person over the quota. Then one is let through and judged again, so
that a raised limit, or an item added to the catalogue, takes effect without further action."""

_log = logging.getLogger(__name__)


class HotPartition(Struct, frozen=True, gc=False):
    """A partition as Redis has it."""

    ledger: Ledger
    published: int
    """Published offset when the partition was last written."""


class LostItems(Struct, frozen=True, gc=False):
    """Items of a person whom Redis has lost, to be restored."""

    person: str
    items: list[tuple[ContentId, bytes]]
    count: int = -1
    """The number of all their items, with the last piece of them; -1 if more pieces follow."""


class HotStore:
    """Redis, for one worker. Every method raises `RedisUnavailableError` if waiting resolves the failure."""

    def __init__(self, settings: RedisSettings) -> None:
        self._redis = redis_nodes(settings, lambda each: async_client(each, "playhead-processor"))
        self._settings, self._names = settings, settings.redis_keys
        self.memory = HotMemory(self._redis, settings)
        self._ttl = person_ttl_seconds(settings)
        self._scripts = scripts(is_cluster=self._redis.is_cluster)

    async def close(self) -> None:
        """Close all connections."""
        await self._redis.aclose()

    async def claim(self, partition: int, generation: int) -> HotPartition | None:
        """Claim the partition, or renew the claim; None if Redis does not know the partition.

        Raises:
            ClaimHeldError: a newer generation holds it.
        """
        async with redis_call(self._settings):
            granted, *found = await self._run(
                self._scripts.claim,
                partition,
                generation,
                CLAIM_HOLDS_SECONDS,
                self._names.former_applied_hash(partition),
                self._names.former_erased_tenants,
                self._ttl,
            )
        if not granted:
            raise ClaimHeldError(partition, generation, int(found[0]))
        if None in found:
            return None
        *counts, published = map(int, found)
        return HotPartition(Ledger(*counts), published)

    async def require_partitions(self, partitions: int) -> None:
        """Check that Redis is keyed by this number of partitions, which it is from now on if it has none.

        Raises:
            PartitionsChangedError: it is keyed by another.
        """
        key = self._names.partitions
        async with redis_call(self._settings):
            await self._redis.call(key, lambda client: client.set(key, partitions, nx=True))
            found = await self._redis.call(key, lambda client: client.get(key))
        if (held := int(cast("bytes", found))) != partitions:
            raise PartitionsChangedError(partitions, held)

    async def load(
        self, partition: int, wanted: Mapping[str, Sequence[ContentId]], most_bytes: int = sys.maxsize
    ) -> dict[str, KnownPerson | None]:
        """Load these items of these people of a partition; None for a person who is not in Redis.

        Raises:
            BatchTooLargeError: their values are more than `most_bytes`.
        """
        entries = list(entries_of(wanted))
        known: dict[str, KnownPerson | None] = {}
        while entries:
            batch, entries = entries[:PEOPLE_PER_CALL], entries[PEOPLE_PER_CALL:]
            packed = msgpack.encode([(person, *items) for person, items in batch])
            async with redis_call(self._settings):
                answers = await self._run(self._scripts.load, partition, packed, most_bytes)
            most_bytes -= sum(len(value) for answer in answers for value in answer[2:-1] if value)
            if len(answers) < len(batch) or most_bytes < 0:
                raise BatchTooLargeError
            add_answers(known, batch, answers)
        return known

    async def restore(
        self, lost: Sequence[LostItems], *, partition: int, generation: int, expected: int | None
    ) -> None:
        """Restore items of people whom Redis has lost; a person counts as held with their last piece.

        The call may be repeated if its answer was lost.

        Raises:
            HotPartitionMovedError: the applied offset is not `expected`; nothing was written.
            RedisUnavailableError: pieces of a person are missing: restore them from the first piece on.
        """
        people = [(each.person, flat(each.items), each.count) for each in lost]
        next_offset = "" if expected is None else expected
        args = [generation, next_offset, f"{partition}:{expected or 0}", self._ttl, msgpack.encode(people)]
        async with redis_call(self._settings):
            restored, *found = await self._run(self._scripts.restore, partition, *args)
        if not restored:
            raise HotPartitionMovedError(partition, *map(integer, found))
        if found[0]:
            raise RedisUnavailableError(f"Redis lost {found[0]} people again while they were restored")

    async def items_of(self, partition: int, person: str) -> list[ContentId]:
        """All items of a person in Redis."""
        key = self._names.progress_hash(partition, person)
        async with redis_call(self._settings):
            fields = await self._redis.call(key, lambda client: client.hkeys(key))
        names = [field.decode() for field in cast("list[bytes]", fields)]
        others = {FENCE, ERASED}
        return [ContentId(name) for name in names if name not in others and not is_older_name(name)]

    async def load_older(
        self, partition: int, wanted: Mapping[str, Sequence[ContentId]], most_bytes: int
    ) -> dict[str, dict[ContentId, bytes | None]]:
        """The older sessions of these items of these people; None where Redis has none.

        Raises:
            BatchTooLargeError: their values are more than `most_bytes`.
        """
        fields = {person: [ContentId(older_name(item)) for item in items] for person, items in wanted.items()}
        loaded = await self.load(partition, fields, most_bytes)
        found: dict[str, dict[ContentId, bytes | None]] = {}
        for person, items in wanted.items():
            known = loaded[person]
            held = known.items if known is not None else {}
            found[person] = {item: held.get(ContentId(older_name(item))) for item in items}
        return found

    async def note_over_quota(self, people: Collection[str], until: int) -> None:
        """Have ingest refuse new items of these people until this second (since 1970)."""

        async def note(client: AsyncRedis) -> None:
            async with client.pipeline(transaction=True) as pipeline:
                pipeline.zadd(self._names.over_quota, dict.fromkeys(people, until))
                pipeline.zremrangebyscore(self._names.over_quota, "-inf", until - OVER_QUOTA_SECONDS)
                await pipeline.execute()

        if people:
            await self._call_for_quota(note)

    async def set_erased_flags(self, partition: int, people: Mapping[str, KnownPerson]) -> None:
        """Set the flags of those who were erased, so that PostgreSQL is not asked again."""
        erased = {person: found for person, found in people.items() if found.erased_at is not None}
        if not erased:
            return

        async def set_all(client: AsyncRedis) -> None:
            async with client.pipeline(transaction=True) as pipeline:
                for person, found in erased.items():
                    set_flag_of(pipeline, ErasedKeys.of(self._names, partition, person), found, self._ttl)
                await pipeline.execute()

        async with redis_call(self._settings):
            await self._redis.call(self._names.applied_hash(partition), set_all)
        await self._call_for_quota(lambda client: client.zrem(self._names.over_quota, *erased))

    async def write(
        self, decision: Decision, *, generation: int, expected: int | None, published: int
    ) -> None:
        """Write everything that the batch changed and advance the ledger, or nothing; notify live listeners.

        The call may be repeated if its answer was lost.

        Args:
            decision: What the batch changes.
            generation: Our claim.
            expected: The applied offset in Redis, None if it has none.
            published: The published offset.

        Raises:
            HotPartitionMovedError: claim or offset are others, or a person is gone; nothing was written.
        """
        ledger = decision.ledger
        people = [(write.person, flat(write.changed), write.is_new) for write in decision.writes]
        args = [
            generation,
            "" if expected is None else expected,
            ledger.first_offset,
            ledger.next_offset,
            ledger.applied,
            ledger.duplicates,
            ledger.dead_lettered,
            published,
            f"{decision.partition}:{ledger.next_offset}",
            self._ttl,
            msgpack.encode(people),
        ]
        async with redis_call(self._settings):
            applied, *found = await self._run(self._scripts.write, decision.partition, *args)
        if not applied:
            claim, at, *gone = found
            raise HotPartitionMovedError(
                decision.partition, integer(claim), integer(at), has_lost_people=bool(gone)
            )

    async def _run(self, script: LuaScript, partition: int, *args: Any) -> Any:
        keys = (self._names.applied_hash(partition), self._names.erased_tenants_hash(partition))
        return await self._redis.call(keys[0], lambda client: script(client, keys, args))

    async def _call_for_quota(self, command: Command[Any]) -> None:
        """Run a command on the people over their quota; in a cluster, no partition waits for their node."""
        try:
            async with redis_call(self._settings):
                await self._redis.call(self._names.over_quota, command)
        except RedisUnavailableError as error:
            if not self._redis.is_cluster:
                raise
            _log.warning("people over their quota are not noted for ingest: %s", error)
