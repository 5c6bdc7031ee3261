"""The processor's copy of the catalogue: the policies of organisations and items, of all databases.

A worker that has never read the catalogue waits for it and holds its partitions meanwhile: a completion
recorded under the wrong policy would stay. Once read, the copy is used however long PostgreSQL is away; a
metric gives its age. Where tenants are divided among several databases, each has a copy of its own
(`catalogue_copy`): while one is away, the others are read.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection
from functools import partial

from playhead.policies import Policies
from playhead.progress.identifiers import TenantId
from playhead.settings import ByTenant, ProcessorSettings
from stream_processors.stores.catalogue_copy import CatalogueCopy, CatalogueKey


class PolicyCache:
    """The policies of all items."""

    def __init__(self, settings: ProcessorSettings, clock: Callable[[], float]) -> None:
        """Connect to nothing yet: the catalogue is first read by `ready` or `keep`.

        Args:
            settings: Its address, how often to read it, and the policy where it overrides nothing.
            clock: A steady clock, in seconds.
        """
        self.policies = Policies(settings.policy)
        self._pause = settings.processor_catalogue_seconds
        databases = settings.databases
        self._copies = ByTenant(
            {
                name: CatalogueCopy(each.dsn, self.policies, clock, partial(databases.has, name))
                for name, each in databases.named.items()
            },
            databases.tenants,
        )

    @property
    def age(self) -> float | None:
        """Seconds since the copy that was not read for longest was; None: one never was."""
        ages = [each.age for each in self._copies.named.values()]
        known = [age for age in ages if age is not None]
        return max(known) if len(known) == len(ages) else None

    async def close(self) -> None:
        """Close the connections."""
        for each in self._copies.named.values():
            await each.close()

    async def ready(self) -> None:
        """Return once the catalogue was read, however long ago.

        Raises:
            PostgresUnavailableError: it never was, and PostgreSQL does not respond; try again.
        """
        await asyncio.gather(*(each.ready() for each in self._copies.named.values()))

    async def keep(self) -> None:
        """Read changes until cancelled; the copy stays in use while PostgreSQL is away."""
        await asyncio.gather(*(each.keep(self._pause) for each in self._copies.named.values()))

    async def refresh(self) -> None:
        """Read what changed since the last read; everything the first time.

        Raises:
            PostgresUnavailableError: PostgreSQL does not respond; try again.
        """
        await asyncio.gather(*(each.refresh() for each in self._copies.named.values()))

    async def resolve(self, items: Collection[CatalogueKey]) -> frozenset[CatalogueKey]:
        """Look up the items that the copy does not have; return those of which nothing can be said now.

        A completion of those must wait: the catalogue may have a policy for them.
        """
        unknown = [each for each in items if self.policies.is_unresolved(*each)]
        if not unknown:
            return frozenset()
        by_database: defaultdict[str, list[CatalogueKey]] = defaultdict(list)
        for tenant, content in unknown:
            by_database[self._copies.name_of(TenantId(tenant))].append((tenant, content))
        await asyncio.gather(
            *(self._copies.named[name].resolve(wanted) for name, wanted in by_database.items())
        )
        return frozenset(each for each in unknown if self.policies.is_unresolved(*each))
