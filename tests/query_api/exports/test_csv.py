from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.query_api.exports.reading import exported, screen
from tests.query_api.exports.tables import PATH, add_people
from tests.query_api.world import World, headers, new_person

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_what_the_file_is_called(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    file = await exported(client, PATH, headers(settings, new_person()), "csv", limit=1)

    today = datetime.now(UTC).date().isoformat()
    assert file.headers["content-disposition"] == f'attachment; filename="everything-{today}.csv"'
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["cache-control"] == "no-store"
    assert file.headers["playhead-rows"] == "0"
    assert file.text.endswith("isLate,reasons\r\n")


async def test_numbers_are_plain(client: httpx.AsyncClient, world: World, settings: QuerySettings) -> None:
    admin = new_person()
    add_people(world, admin.tenant_id, ("Ada, the first", None))
    (shown,) = await screen(client, PATH, headers(settings, admin))

    file = await exported(client, PATH, headers(settings, admin), "csv")

    line = file.content.decode("utf-8-sig").split("\r\n")[1]
    balance, share = shown["balance"], shown["share"]
    assert line.startswith(f'{shown["userId"]},"Ada, the first",,{balance},{share},')
    assert str(shown["lastActive"]) in line


async def test_a_format_that_there_is_not_is_refused_by_name(
    client: httpx.AsyncClient, settings: QuerySettings
) -> None:
    response = await client.get(PATH, headers=headers(settings, new_person()), params={"format": "xml"})
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"field": "format", "reason": "Input should be 'json', 'csv', 'xlsx' or 'parquet'"}
    ]


async def test_a_cursor_belongs_to_pages(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    response = await client.get(
        PATH, headers=headers(settings, new_person()), params={"format": "csv", "cursor": "x"}
    )
    assert response.status_code == 422
    assert [each["field"] for each in response.json()["errors"]] == ["cursor"]
