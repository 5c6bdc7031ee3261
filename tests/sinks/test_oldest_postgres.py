"""The oldest PostgreSQL that is supported: schema, sink and reports, with the newest as an oracle.

`PLAYHEAD_TEST_POSTGRES_VERSION=16` runs every other test on it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from operations.local.stores.postgres import Postgres
from operations.local.stores.store import StorePlace
from playhead.postgres import server
from playhead.settings import MigrateSettings
from query_api.app import create_app
from sinks.schema import migrate
from tests.query_api.directory.desk import content, person, team
from tests.query_api.reports.organisation import organisation
from tests.query_api.world import World, headers
from tests.services import Database, reachable_directory
from tests.sinks.author import Author, Item
from tests.sinks.running import Direct, Rows, everything, findings, rows

pytestmark = [pytest.mark.services, pytest.mark.anyio]

OLDEST = 16
REPORTS = ("/api/org/progress", "/api/people", "/api/org/teams", "/api/org/content", "/api/org/completions")


@pytest.fixture(scope="module")
def oldest() -> Iterator[Database]:
    """A migrated database of the oldest server."""
    with reachable_directory() as directory:
        postgres = Postgres(StorePlace.below(directory, "postgres"), OLDEST)
        try:
            postgres.start()
            assert migrate(MigrateSettings(postgres_admin_dsn=postgres.dsn()))
            yield Database(postgres.dsn())
        finally:
            postgres.stop()


def test_it_is_the_oldest_that_is_not_refused(oldest: Database) -> None:
    (found,) = rows(oldest, "SELECT current_setting('server_version_num')::int AS version")
    assert found["version"] // 10_000 == OLDEST == server.OLDEST_SERVER // 10_000
    assert migrate(MigrateSettings(postgres_admin_dsn=oldest.admin_dsn)) == []


def test_a_sink_stores_the_same_as_in_the_newest(oldest: Database, fresh_database: Database) -> None:
    assert stored(oldest) == stored(fresh_database)


def stored(database: Database) -> list[Rows]:
    """All tables, after states of every kind in random batches, some of them twice and late."""
    author, dice = Author(), random.Random(16)
    with Direct(database) as sink:
        for batch in range(12):
            written = []
            for number in range(20):
                item = Item.of(user=dice.randrange(12), content=dice.randrange(6))
                if number == 0:
                    written.append(author.claim(item, 300))
                elif number == 1:
                    written.append(author.read(Item.of(content=9), [batch + 1], scroll=0.5, page_count=12))
                else:
                    until, session = dice.randrange(5, 600), dice.randrange(3)
                    written.append(author.watch(item, until, at_s=batch * 21_600, session=session))
            sink.write(*written)
            sink.write(*written[-3:])
    assert findings(database) == []
    found = everything(database)
    for row in found[0]:
        row["row"].pop("id")
    return found


async def test_the_directory_and_the_reports_answer(oldest: Database, redis_url: str) -> None:
    world = World(redis_url, oldest)
    made = organisation(world)
    settings = world.settings()
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    sent = headers(settings, made.admin, ("admin",))
    async with (
        LifespanManager(app, startup_timeout=30, shutdown_timeout=30),
        httpx.AsyncClient(transport=transport, base_url="http://query", headers=sent) as client,
    ):
        for path in REPORTS:
            answer = await client.get(path)
            assert answer.status_code == 200, answer.text
        item, ada, crew = content(), person(), team()
        due = {"contentId": item["contentId"], "target": "team", "targetId": crew["teamId"]}
        member = {"teamId": crew["teamId"], "userId": ada["userId"], "role": "member"}
        listed = (
            ("content", item),
            ("people", ada),
            ("teams", crew),
            ("members", member),
            ("assignments", due),
        )
        for kind, row in listed:
            for expected in ((1, 0), (0, 1)):
                answer = await client.put(f"/api/directory/{kind}", json={"items": [row]})
                assert answer.status_code == 200, answer.text
                assert (answer.json()["upserted"], answer.json()["unchanged"]) == expected, kind
    world.close()


def test_a_reader_is_held_to_its_tenant(oldest: Database) -> None:
    with psycopg.connect(oldest.reader_dsn) as reader:
        assert reader.execute("SELECT count(*) FROM progress.user_summary").fetchone() == (0,)
