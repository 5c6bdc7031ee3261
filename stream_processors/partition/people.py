"""Loads the people of a batch from Redis; those whom Redis lost are restored from PostgreSQL first."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId
from stream_processors import metrics
from stream_processors.apply.decision import KnownPerson
from stream_processors.apply.decode import Decoded
from stream_processors.apply.parts import needing_older
from stream_processors.apply.quota import ItemCount, Rules
from stream_processors.errors import RedisUnavailableError, TransientError
from stream_processors.partition.retry import PartitionRetry
from stream_processors.partition.start import Start
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import HotStore
from stream_processors.stores.restore import restore

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PeopleLoader:
    """Loads people for one partition."""

    hot: HotStore
    durable: DurableStore
    states_topic: str
    rules: Rules
    partition: int
    generation: int
    retry: PartitionRetry

    async def load(self, decoded: Decoded, start: Start, most_bytes: int) -> dict[str, KnownPerson]:
        """All people of the batch, with the items that it names.

        Raises:
            RevokedError: the partition is being given up.
            BatchTooLargeError: their items are more than `most_bytes`.
            HotPartitionMovedError: the applied offset in Redis is not that of `start`.
        """
        wanted = {person: list(items) for person, items in decoded.people.items()}
        loaded = await self.retry.call("load", lambda: self.hot.load(self.partition, wanted, most_bytes))
        known = {person: found for person, found in loaded.items() if found is not None}
        if len(known) < len(wanted):
            missing = {person: items for person, items in wanted.items() if person not in known}
            metrics.READ_THROUGH.inc(len(missing))
            known |= await self.retry.call(
                "read_through", lambda: self._read_through(missing, start, most_bytes)
            )
        known = await self._with_older(decoded, known, start, most_bytes)
        most = self.rules.quota.unknown
        for person in [each for each, found in known.items() if found.may_pass(most, wanted[each])]:
            known[person] = await self.retry.call("count", partial(self._count_items, person, known[person]))
        return known

    async def _with_older(
        self, decoded: Decoded, known: dict[str, KnownPerson], start: Start, most_bytes: int
    ) -> dict[str, KnownPerson]:
        """The people with the older sessions of those items that need them."""
        wanted = needing_older(decoded, known, start.ledger, self.rules.policies)
        if not wanted:
            return known
        metrics.READ_OLDER.inc(sum(map(len, wanted.values())))
        left = most_bytes - sum(len(each) for found in known.values() for each in found.items.values())
        loaded = await self.retry.call(
            "load_older", lambda: self.hot.load_older(self.partition, wanted, left)
        )
        for person, older in loaded.items():
            if lost := [item for item, held in older.items() if held is None]:
                _log.error("Redis has no older sessions of items %s of %s: their sums stay", lost, person)
        return known | {person: replace(known[person], older=older) for person, older in loaded.items()}

    async def _count_items(self, person: str, known: KnownPerson) -> KnownPerson:
        """The person with their items counted, those that the catalogue does not have too."""
        items = await self.hot.items_of(self.partition, person)
        tenant, is_known = TenantId(person.partition(":")[0]), self.rules.policies.is_known
        unknown = sum(not is_known(tenant, item) for item in items)
        return replace(known, count=ItemCount(len(items), unknown))

    async def _read_through(
        self, wanted: dict[str, list[ContentId]], start: Start, most_bytes: int
    ) -> dict[str, KnownPerson]:
        """Restore people from PostgreSQL, which must have caught up with Redis if that evicted keys."""
        applied = start.ledger.next_offset
        await self.hot.memory.require_noeviction(self.partition)
        if start.expected is not None and await self.hot.memory.has_evicted(self.partition):
            stored = await self.durable.ledger(self.states_topic, self.partition)
            if stored is None or stored.next_offset < applied:
                reached = 0 if stored is None else stored.next_offset
                raise TransientError(
                    f"Redis has evicted people of partition {self.partition}, whose rows reach {reached} of "
                    f"{applied} applied: give Redis more memory, or see why the sink is behind"
                )
        write = partial(
            self.hot.restore,
            partition=self.partition,
            generation=self.generation,
            expected=start.expected,
        )
        found = await restore(self.durable, write, wanted)
        await self.hot.set_erased_flags(self.partition, found)
        restored = await self.hot.load(
            self.partition, {p: wanted[p] for p in wanted if p not in found}, most_bytes
        )
        for person, known in restored.items():
            if known is None:
                raise RedisUnavailableError("Redis lost people again who were just restored")
            found[person] = known
        return found
