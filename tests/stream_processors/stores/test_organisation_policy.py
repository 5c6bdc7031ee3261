"""The policy of organisations, and items that are newer than the processor's copy of the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest

from playhead.policies import ItemPolicy
from playhead.progress import Policy
from playhead.progress.policy import Override
from playhead.settings import ProcessorSettings
from stream_processors.errors import PostgresUnavailableError
from stream_processors.stores.policy_cache import PolicyCache
from tests.services import Database
from tests.stream_processors.directory import Directory
from tests.stream_processors.heartbeats import heartbeat

pytestmark = [pytest.mark.services, pytest.mark.anyio]

TENANT, ITEM, OTHER = heartbeat().tenant_id, heartbeat(content=1).content_id, heartbeat(content=2).content_id
STRICT = Override(threshold=0.95, evidence="watched")


@pytest.fixture
def directory(fresh_database: Database) -> Directory:
    return Directory(fresh_database)


@pytest.fixture
async def catalogue(fresh_database: Database) -> AsyncIterator[PolicyCache]:
    ticks = count()
    catalogue = PolicyCache(
        ProcessorSettings(postgres_dsn=fresh_database.writer_dsn), lambda: float(next(ticks))
    )
    yield catalogue
    await catalogue.close()


async def test_an_organisations_policy_applies_to_every_item_that_has_none_of_its_own(
    catalogue: PolicyCache, directory: Directory
) -> None:
    directory.set_policy(TENANT, threshold=0.95, evidence="watched")
    directory.put_item(TENANT, ITEM, Override(threshold=0.5, duration_ms=60_000))
    await catalogue.ready()
    both = Override(threshold=0.5, evidence="watched", duration_ms=60_000)
    assert catalogue.policies.of(TENANT, OTHER) == ItemPolicy(Policy().under(STRICT), STRICT)
    assert catalogue.policies.of(TENANT, ITEM).policy == Policy().under(both)
    assert catalogue.policies.of(TENANT, ITEM).override == both

    directory.set_policy(TENANT)
    await catalogue.refresh()
    assert catalogue.policies.of(TENANT, OTHER) == ItemPolicy(Policy())
    assert catalogue.policies.of(TENANT, ITEM).override == Override(threshold=0.5, duration_ms=60_000)


async def test_an_item_newer_than_the_copy_is_looked_up_and_another_is_looked_up_once(
    catalogue: PolicyCache, directory: Directory
) -> None:
    await catalogue.ready()
    directory.put_item(TENANT, ITEM, STRICT)
    assert await catalogue.resolve({(TENANT, ITEM), (TENANT, OTHER)}) == frozenset()
    assert catalogue.policies.of(TENANT, ITEM).override == STRICT
    with directory.away():  # nothing is left to look up
        assert await catalogue.resolve({(TENANT, ITEM), (TENANT, OTHER)}) == frozenset()
        with pytest.raises(PostgresUnavailableError):
            await catalogue.refresh()
    directory.put_item(TENANT, OTHER, STRICT)  # later, the changes tell of it
    await catalogue.refresh()
    assert catalogue.policies.of(TENANT, OTHER).override == STRICT


async def test_while_postgresql_is_away_unknown_items_wait_and_known_ones_do_not(
    catalogue: PolicyCache, directory: Directory
) -> None:
    directory.put_item(TENANT, ITEM, STRICT)
    await catalogue.ready()
    with directory.away():
        for _ in range(2):
            assert await catalogue.resolve({(TENANT, ITEM), (TENANT, OTHER)}) == {(TENANT, OTHER)}
