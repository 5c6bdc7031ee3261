"""Exports that end early: the client notices, and no resource stays behind."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from playhead.settings import QuerySettings
from query_api.exports.response import BrokenOffError
from query_api.metrics import EXPORTS
from tests.query_api.exports.asgi import Asking
from tests.query_api.exports.tables import PATH, add_crowd, app_of, end_exports
from tests.query_api.serving import soon
from tests.query_api.world import World, headers, new_person

pytestmark = [pytest.mark.services, pytest.mark.anyio]

MANY = 20_000


def at_work(world: World) -> int:
    """Connections of exports that the server knows of."""
    with psycopg.connect(world.database.admin_dsn) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'playhead export'"
        ).fetchone()
    return -1 if row is None else int(row[0])


def exports_running() -> float:
    return sum(sample.value for metric in EXPORTS.collect() for sample in metric.samples)


def files_in(directory: Path) -> list[Path]:
    return list(directory.iterdir())


async def all_freed(world: World) -> None:
    await soon(lambda: exports_running() == 0 and at_work(world) == 0, 10, "nothing is left of the exports")


async def test_a_client_that_goes_leaves_nothing_behind(world: World, settings: QuerySettings) -> None:
    person = new_person()
    add_crowd(world, person.tenant_id, MANY)
    app = app_of(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        asking = Asking(app, f"{PATH}?format=csv", headers(settings, person), reads=2)
        await asking.stopped_reading()
        assert (exports_running(), at_work(world)) == (1, 1)

        await asking.leave()

        await all_freed(world)


async def test_a_client_that_goes_while_a_query_runs_does_not_wait_for_it(
    world: World, settings: QuerySettings
) -> None:
    person = new_person()
    add_crowd(world, person.tenant_id, 10)
    with psycopg.connect(world.database.admin_dsn) as blocking:
        blocking.execute("LOCK TABLE progress.people IN ACCESS EXCLUSIVE MODE")
        app = app_of(settings)
        async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
            asking = Asking(app, f"{PATH}?format=csv", headers(settings, person), reads=0)
            await soon(lambda: at_work(world) == 1, 10, "the export has connected")
            await asking.leave()

            await all_freed(world)


async def test_no_more_at_once_than_may_be(world: World) -> None:
    settings = world.settings(query_exports_at_once=1)
    person = new_person()
    add_crowd(world, person.tenant_id, MANY)
    sent = headers(settings, person)
    app = app_of(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30), _client(app) as client:
        asking = Asking(app, f"{PATH}?format=csv", sent, reads=2)
        await asking.stopped_reading()

        refused = await client.get(PATH, headers=sent, params={"format": "csv"})
        page = await client.get(PATH, headers=sent)

        assert refused.status_code == 503
        assert refused.json()["title"] == "Too many exports"
        assert refused.headers["retry-after"] == "10"
        assert page.status_code == 200
        await asking.leave()
        await all_freed(world)
        for _ in range(3):  # one after another, without a pause
            assert (await client.get(PATH, headers=sent, params={"format": "csv"})).status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
async def test_an_outage_in_the_middle_is_no_complete_file(
    world: World, settings: QuerySettings, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    person = new_person()
    add_crowd(world, person.tenant_id, MANY)
    app = app_of(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        # Workbooks and Parquet are made once the head is sent, and so fail before their first byte.
        reads = 2 if kind == "csv" else 0
        asking = Asking(app, f"{PATH}?format={kind}", headers(settings, person), reads=reads)
        await asking.stopped_reading()
        end_exports(world)
        asking.read_on()

        with pytest.raises(BrokenOffError):
            await asking.answered()

        assert asking.status == 200
        assert not asking.complete
        await all_freed(world)
    assert files_in(tmp_path) == []


async def test_an_export_that_takes_too_long_is_broken_off(world: World) -> None:
    settings = world.settings(query_export_timeout_seconds=1.5)
    person = new_person()
    add_crowd(world, person.tenant_id, MANY)
    app = app_of(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        asking = Asking(app, f"{PATH}?format=csv", headers(settings, person), reads=2)
        with pytest.raises(BrokenOffError, match="did not finish"):
            await asking.answered()
        assert not asking.complete
        await all_freed(world)


async def test_a_query_that_takes_too_long_is_a_problem(world: World) -> None:
    settings = world.settings(query_export_timeout_seconds=0.5)
    with psycopg.connect(world.database.admin_dsn) as blocking:
        blocking.execute("LOCK TABLE progress.people IN ACCESS EXCLUSIVE MODE")
        app = app_of(settings)
        async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30), _client(app) as client:
            sent = headers(settings, new_person())
            response = await client.get(PATH, headers=sent, params={"format": "csv"})
    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"


async def test_without_postgres_there_is_a_problem_and_no_file(world: World) -> None:
    settings = world.settings(postgres_reader_dsn="postgresql://playhead_reader@127.0.0.1:1/playhead")
    app = app_of(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30), _client(app) as client:
        response = await client.get(PATH, headers=headers(settings, new_person()), params={"format": "csv"})
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert "content-disposition" not in response.headers


@pytest.mark.parametrize(("kind", "package"), [("xlsx", "xlsxwriter"), ("parquet", "pyarrow")])
async def test_a_format_that_is_not_installed(
    client: httpx.AsyncClient,
    settings: QuerySettings,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    package: str,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # type: ignore[arg-type]

    response = await client.get(PATH, headers=headers(settings, new_person()), params={"format": kind})

    assert response.status_code == 501
    assert "pip install playhead[export]" in response.json()["detail"]


def _client(app: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://query")
