"""Whatever reports there are: each file is the screen, within the same scope."""

from __future__ import annotations

import re

import httpx
import pytest

from playhead.settings import QuerySettings
from query_api.reports.table import Table
from tests.query_api.exports.every import paths, tables, url
from tests.query_api.exports.reading import READERS, Rows, as_told_by, exported, screen
from tests.query_api.reports.organisation import Organisation, organisation
from tests.query_api.world import World, headers

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PATHS = paths()
TABLES = tables()
ONE_ROW = {"person"}
"""Answered alone: there is no file of it."""
each_report = pytest.mark.parametrize("path", PATHS)


@pytest.fixture
def ours(world: World) -> Organisation:
    organisation(world, "theirs")
    return organisation(world)


def table_of(file: httpx.Response) -> Table:
    name = re.fullmatch(
        r'attachment; filename="(.+)-\d{4}-\d\d-\d\d\.\w+"', file.headers["content-disposition"]
    )
    assert name is not None
    return TABLES[name[1]]


async def file_is_screen(
    client: httpx.AsyncClient, path: str, sent: dict[str, str], kind: str, **asked: str
) -> Rows:
    """The rows that both have."""
    shown = await screen(client, path, sent, **asked)
    file = await exported(client, path, sent, kind, **asked)
    assert READERS[kind](table_of(file), file.content) == as_told_by(kind, shown)
    assert file.headers["playhead-rows"] == str(len(shown))
    return shown


def test_no_table_is_without_a_route() -> None:
    assert len(TABLES.keys() - ONE_ROW) == len(PATHS)


@pytest.mark.parametrize("kind", READERS)
@each_report
async def test_cell_by_cell(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, path: str, kind: str
) -> None:
    sent = headers(settings, ours.admin, ("admin",))

    shown = await file_is_screen(client, url(path, ours, person="ada"), sent, kind)

    assert shown


@each_report
async def test_in_every_order(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, path: str
) -> None:
    sent = headers(settings, ours.admin, ("admin",))
    asked = url(path, ours, person="ada")
    table = table_of(await exported(client, asked, sent, "csv"))

    for column in table.columns:
        if column.sortable and column.type != "list":
            await file_is_screen(client, asked, sent, "csv", sort=f"-{column.name}")


@pytest.mark.parametrize("path", [path for path, names in PATHS.items() if "q" in names])
async def test_searched(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, path: str
) -> None:
    sent = headers(settings, ours.admin, ("admin",))
    everything = await screen(client, url(path, ours), sent)

    found = [
        await file_is_screen(client, url(path, ours), sent, "csv", q=q) for q in ("e", "nobody and nothing")
    ]

    assert 0 < len(found[0]) <= len(everything)
    assert found[1] == []


@each_report
async def test_nothing_of_another_tenant(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, path: str
) -> None:
    theirs = Organisation("theirs", ours.now)
    sent = headers(settings, theirs.admin, ("admin",))
    parameters = {"format": "csv"}

    response = await client.get(url(path, ours), headers=sent, params=parameters)

    if "{" in path:
        assert response.status_code == 404
        assert "content-disposition" not in response.headers
    else:
        assert await file_is_screen(client, path, sent, "csv")
        mine = await exported(client, path, headers(settings, ours.admin, ("admin",)), "csv")
        assert not _ids(response.text) & _ids(mine.text)


@each_report
async def test_a_manager_exports_what_a_manager_sees(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, path: str
) -> None:
    sent = headers(settings, ours.manager, ("manager",))
    for team, person in (("Red", "bob"), ("Blue", "eve")):
        asked = url(path, ours, team, person)
        page = await client.get(asked, headers=sent)
        file = await client.get(asked, headers=sent, params={"format": "csv"})
        assert file.status_code == page.status_code
        if page.status_code == 200:
            await file_is_screen(client, asked, sent, "csv")
        else:
            assert file.json() == page.json()


@each_report
async def test_a_learner_exports_what_a_learner_sees(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, path: str
) -> None:
    sent = headers(settings, ours.learner)
    page = await client.get(url(path, ours), headers=sent)
    file = await client.get(url(path, ours), headers=sent, params={"format": "csv"})
    assert (page.status_code, file.status_code) in {(200, 200), (403, 403)}
    assert (page.status_code == 200) == (path == "/api/content")


def _ids(text: str) -> set[str]:
    return set(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", text))
