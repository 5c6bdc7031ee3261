"""Reports from a streaming replica: the same figures, dated where it is behind, 503 where it is away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from operations.local.stores.postgres import Postgres
from operations.local.stores.postgres_place import data_home
from operations.local.stores.store import StorePlace
from playhead.settings import MigrateSettings
from query_api import replica
from query_api.app import create_app
from sinks.schema import migrate
from tests.query_api.reports.organisation import Organisation, organisation
from tests.query_api.serving import soon
from tests.query_api.world import World, headers
from tests.services import Database, reachable_directory

pytestmark = [pytest.mark.services, pytest.mark.anyio]

REPORTS = ("/api/org/progress", "/api/people", "/api/org/teams", "/api/org/content", "/api/org/completions")


class Standby(Postgres):
    """A streaming replica of another server on this machine."""

    def __init__(self, place: StorePlace, primary: Postgres) -> None:
        super().__init__(place)
        self._primary = primary

    def _prepare(self) -> None:
        home = data_home(self.home, self._user)
        source = f"--dbname={self._primary.dsn(database='postgres')}"
        copy = ("--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream")
        self._run_tool(self._program("pg_basebackup", f"--pgdata={home / 'data'}", source, *copy))

    def replay(self, what: str) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(f"SELECT pg_wal_replay_{what}()".encode())


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Postgres, Standby]]:
    with reachable_directory() as directory:
        primary = Postgres(StorePlace.below(directory, "primary"))
        standby = Standby(StorePlace.below(directory, "standby"), primary)
        try:
            primary.start()
            migrate(MigrateSettings(postgres_admin_dsn=primary.dsn()))
            standby.start()
            yield primary, standby
        finally:
            standby.stop()
            primary.stop()


@pytest.fixture
def primary_world(servers: tuple[Postgres, Standby], redis_url: str) -> Iterator[World]:
    world = World(redis_url, Database(servers[0].dsn()))
    yield world
    world.close()


@asynccontextmanager
async def reporting(world: World, made: Organisation, dsn: str | None) -> AsyncIterator[httpx.AsyncClient]:
    settings = world.settings(postgres_reports_dsn=dsn)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    sent = headers(settings, made.admin, ("admin",))
    async with (
        LifespanManager(app, startup_timeout=30, shutdown_timeout=30),
        httpx.AsyncClient(transport=transport, base_url="http://query", headers=sent) as client,
    ):
        yield client


def caught_up(servers: tuple[Postgres, Standby]) -> bool:
    primary, standby = servers
    with psycopg.connect(primary.dsn()) as connection:
        written = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone()
    with psycopg.connect(standby.dsn()) as connection:
        found = connection.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written).fetchone()
    return found == (True,)


async def test_it_has_the_reports_and_their_files_and_the_primary_what_was_just_written(
    servers: tuple[Postgres, Standby], primary_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, standby = servers
    made = organisation(primary_world)
    await soon(lambda: caught_up(servers), 20, "the replica has the organisation")
    async with (
        reporting(primary_world, made, None) as without,
        reporting(primary_world, made, standby.dsn("playhead_reader")) as client,
    ):
        for path in REPORTS:
            expected, answer = await without.get(path), await client.get(path)
            assert answer.status_code == 200, answer.text
            assert "Playhead-As-Of" not in answer.headers
            assert answer.json() == expected.json(), path
        monkeypatch.setattr(replica, "RECENT", timedelta(0))

        standby.replay("pause")
        try:
            before = datetime.now(UTC)
            with psycopg.connect(primary.dsn()) as connection:
                connection.execute(
                    "UPDATE progress.people SET display_name = 'Adele' WHERE email LIKE 'ada@%'"
                )
            report = await client.get("/api/people", params={"q": "Ad"})
            assert [row["name"] for row in report.json()["items"]] == ["Ada Lovelace"]
            as_of = datetime.fromisoformat(report.headers["Playhead-As-Of"])
            assert as_of <= before + timedelta(seconds=1)
            totals = await client.get("/api/org/progress")
            assert datetime.fromisoformat(totals.json()["asOf"]) == as_of
            file = await client.get("/api/people", params={"q": "Ad", "format": "csv"})
            assert file.headers["Playhead-As-Of"] == report.headers["Playhead-As-Of"]
            assert "Ada Lovelace" in file.text
            directory = await client.get("/api/directory/people", params={"q": "Ad"})
            assert [row["displayName"] for row in directory.json()["items"]] == ["Adele"]
            assert "Playhead-As-Of" not in directory.headers

            monkeypatch.setattr(replica, "MOST", timedelta(0))
            answer = await client.get("/api/people")
            assert answer.status_code == 503, answer.text
            monkeypatch.undo()
        finally:
            standby.replay("resume")
        await soon(lambda: caught_up(servers), 20, "the replica goes on")
        report = await client.get("/api/people", params={"q": "Ad"})
        assert [row["name"] for row in report.json()["items"]] == ["Adele"]
        assert "Playhead-As-Of" not in report.headers


@pytest.mark.chaos
async def test_while_it_is_away_reports_answer_503_unless_the_address_names_the_primary_too(
    servers: tuple[Postgres, Standby], primary_world: World
) -> None:
    primary, standby = servers
    made = organisation(primary_world, "theirs")
    both = (
        f"postgresql://playhead_reader@127.0.0.1:{standby.port},127.0.0.1:{primary.port}/playhead"
        "?target_session_attrs=prefer-standby"
    )
    standby.stop()
    try:
        async with (
            reporting(primary_world, made, standby.dsn("playhead_reader")) as client,
            reporting(primary_world, made, both) as either,
        ):
            for path in ("/api/org/progress", "/api/people?format=csv"):
                answer = await client.get(path)
                assert answer.status_code == 503, (path, answer.text)
                assert (await either.get(path)).status_code == 200, path
            own = await client.get(f"/api/people/{made.admin.user_id}/completions")
            assert own.status_code == 200, own.text
    finally:
        standby.start()
