"""Two databases behind one processor: people of each, and the ledger that is furthest behind."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override
from playhead.settings import ProcessorSettings
from playhead.wire.ledger import Ledger
from stream_processors.errors import PostgresUnavailableError
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.policy_cache import PolicyCache
from tests.services import Database, Services, copy_of
from tests.stream_processors.directory import Directory
from tests.stream_processors.world import _LEDGER, _ROW

pytestmark = [pytest.mark.services, pytest.mark.anyio]

HERE, THERE, USER = (str(uuid.UUID(int=number)) for number in (1, 2, 3))
ITEM, LATE = (ContentId(str(uuid.UUID(int=number))) for number in (4, 5))
STRICT, EASY = Override(threshold=0.95), Override(threshold=0.5)


@pytest.fixture
def north(services: Services, migrated_template: str) -> Iterator[Database]:
    with copy_of(services, migrated_template) as database:
        yield database


def divided(default: Database, north: str, directory: Path) -> ProcessorSettings:
    file = directory / "databases.json"
    addresses = {"dsn": north, "readerDsn": north, "adminDsn": north}
    file.write_text(json.dumps({"databases": {"north": addresses}, "tenants": {THERE: "north"}}))
    return ProcessorSettings(postgres_dsn=default.writer_dsn, postgres_databases_file=file)


async def test_people_are_restored_from_the_database_of_their_tenant(
    fresh_database: Database, north: Database, tmp_path: Path
) -> None:
    for database in (fresh_database, north):  # a tenant's rows in another database are not read
        with psycopg.connect(database.admin_dsn) as connection:
            for tenant in (HERE, THERE):
                state = json.dumps({"of": connection.info.dbname})
                connection.execute(_ROW, [tenant, USER, ITEM, state, 0, 0])
    store = DurableStore(divided(fresh_database, north.writer_dsn, tmp_path))
    async with store.people([f"{HERE}:{USER}", f"{THERE}:{USER}"]) as items:
        found = {each.person: json.loads(each.state)["of"] async for each in items}
    await store.close()
    assert found == {
        f"{HERE}:{USER}": fresh_database.admin_dsn.rpartition("/")[2],
        f"{THERE}:{USER}": north.admin_dsn.rpartition("/")[2],
    }


async def test_a_partition_starts_where_the_database_furthest_behind_is(
    fresh_database: Database, north: Database, tmp_path: Path
) -> None:
    store = DurableStore(divided(fresh_database, north.writer_dsn, tmp_path))

    def stores(database: Database, upto: int) -> None:
        with psycopg.connect(database.admin_dsn) as connection:
            connection.execute("DELETE FROM progress.ledger")
            connection.execute(_LEDGER, ["states", 0, 0, upto, upto, 0, 0])

    stores(fresh_database, 500)
    assert await store.ledger("states", 0) is None  # the other has stored nothing yet
    stores(north, 300)
    assert await store.ledger("states", 0) == Ledger(0, 300, 300, 0, 0)
    stores(north, 700)
    assert await store.ledger("states", 0) == Ledger(0, 500, 500, 0, 0)
    await store.close()


async def test_the_catalogue_is_that_of_all_databases_and_one_that_is_away_holds_back_its_own_changes(
    fresh_database: Database, north: Database, tmp_path: Path
) -> None:
    clock = asyncio.get_running_loop().time
    Directory(fresh_database).put_item(TenantId(HERE), ITEM, STRICT)
    Directory(fresh_database).put_item(TenantId(THERE), ITEM, STRICT)  # left in the wrong database
    Directory(north).put_item(TenantId(THERE), ITEM, EASY)
    catalogue = PolicyCache(divided(fresh_database, north.writer_dsn, tmp_path), clock)
    await catalogue.ready()
    assert catalogue.policies.of(TenantId(HERE), ITEM).override == STRICT
    assert catalogue.policies.of(TenantId(THERE), ITEM).override == EASY
    assert len(catalogue.policies) == 2
    await catalogue.close()

    away = PolicyCache(divided(fresh_database, "postgresql://nobody@127.0.0.1:1/none", tmp_path), clock)
    with pytest.raises(PostgresUnavailableError):
        await away.ready()
    assert away.age is None
    Directory(fresh_database).put_item(TenantId(HERE), LATE, EASY)
    wanted = [(TenantId(HERE), LATE), (TenantId(THERE), LATE)]
    assert await away.resolve(wanted) == {(TenantId(THERE), LATE)}
    assert away.policies.of(TenantId(HERE), LATE).override == EASY
    await away.close()
