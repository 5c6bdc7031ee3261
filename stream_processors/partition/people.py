"""What is known of a run's people before it is decided: from Redis, else from Postgres by way of Redis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from playhead.policies import Policies
from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId
from stream_processors import metrics
from stream_processors.apply.decide import KnownPerson
from stream_processors.apply.decode import Decoded
from stream_processors.apply.quota import ItemCount, Quota
from stream_processors.errors import PostgresBehindError, RedisUnavailableError
from stream_processors.partition.retry import PartitionRetry
from stream_processors.partition.start import Start
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import HotStore
from stream_processors.stores.restore import restore


@dataclass(frozen=True, slots=True)
class PeopleLoader:
    """The people of one partition, for as long as a worker holds it."""

    hot: HotStore
    durable: DurableStore
    states_topic: str
    rules: Policies
    quota: Quota
    partition: int
    generation: int
    patience: PartitionRetry

    async def known(self, reading: Decoded, start: Start, most_bytes: int) -> dict[str, KnownPerson]:
        """All people of the run, with the items that it names.

        Raises:
            LeavingError: the partition is being given up.
            TooMuchAtOnceError: their items are more than `most_bytes`.
            StandingMovedError: Redis does not stand at `start`.
        """
        wanted = {person: list(items) for person, items in reading.people.items()}
        loaded = await self.patience.call("load", lambda: self.hot.load(wanted, most_bytes))
        known = {person: found for person, found in loaded.items() if found is not None}
        if len(known) < len(wanted):
            missing = {person: items for person, items in wanted.items() if person not in known}
            metrics.READ_THROUGH.inc(len(missing))
            known |= await self.patience.call(
                "read_through", lambda: self._read_through(missing, start, most_bytes)
            )
        most = self.quota.unknown
        for person in [each for each, found in known.items() if found.may_pass(most, wanted[each])]:
            known[person] = await self.patience.call("count", partial(self._counted, person, known[person]))
        return known

    async def _counted(self, person: str, known: KnownPerson) -> KnownPerson:
        """The person with the items counted that the catalogue does not know."""
        items = await self.hot.items_of(person)
        tenant, is_known = TenantId(person.partition(":")[0]), self.rules.is_known
        unknown = sum(not is_known(tenant, item) for item in items)
        return replace(known, count=ItemCount(len(items), unknown))

    async def _read_through(
        self, wanted: dict[str, list[ContentId]], start: Start, most_bytes: int
    ) -> dict[str, KnownPerson]:
        """Restore people from Postgres, whose rows must have all that Redis had, if it may have had them."""
        applied = start.ledger.next_offset
        await self.hot.require_noeviction()
        if start.expected is not None and await self.hot.has_evicted():
            stored = await self.durable.ledger(self.states_topic, self.partition)
            if stored is None or stored.next_offset < applied:
                reached = 0 if stored is None else stored.next_offset
                raise PostgresBehindError(self.partition, applied, reached)
        write = partial(
            self.hot.restore,
            partition=self.partition,
            generation=self.generation,
            expected=start.expected,
        )
        found = await restore(self.durable, write, wanted)
        await self.hot.mark_erased(found)
        restored = await self.hot.load({p: wanted[p] for p in wanted if p not in found}, most_bytes)
        return {**found, **_all_held(restored)}


def _all_held(loaded: Mapping[str, KnownPerson | None]) -> dict[str, KnownPerson]:
    """The people loaded, all of whom were just restored.

    Raises:
        HotStoreAwayError: Redis lost somebody between the two.
    """
    held = {person: found for person, found in loaded.items() if found is not None}
    if len(held) < len(loaded):
        raise RedisUnavailableError("Redis lost people again who were just restored")
    return held
