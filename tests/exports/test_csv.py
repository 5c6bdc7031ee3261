from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.exports.reading import csv_rows, exported, screen
from tests.exports.tables import EVERYTHING, PATH, add_crowd, add_people
from tests.query_api.world import World, headers, new_person

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@pytest.mark.parametrize("asked", [{}, {"sort": "-average"}, {"sort": "email"}, {"search": "son 1"}])
async def test_the_file_is_the_screen(
    client: httpx.AsyncClient, world: World, settings: QuerySettings, asked: dict[str, str]
) -> None:
    admin = new_person()
    add_crowd(world, admin.tenant_id, 40)
    add_people(world, admin.tenant_id, ("Somebody, with a comma", None), ('"Quoted"\nand below', "a@b"))
    add_people(world, new_person().tenant_id, ("Person 1 of another tenant", None))
    sent = headers(settings, admin, ("admin",))

    shown = await screen(client, PATH, sent, **asked)
    file = await exported(client, PATH, sent, "csv", **asked)

    assert csv_rows(EVERYTHING, file.content) == shown
    assert len(shown) == (11 if "search" in asked else 42)
    assert file.headers["playhead-rows"] == str(len(shown))


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


async def test_a_cursor_belongs_to_pages(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    response = await client.get(
        PATH, headers=headers(settings, new_person()), params={"format": "csv", "cursor": "x"}
    )
    assert response.status_code == 422
    assert [each["field"] for each in response.json()["errors"]] == ["cursor"]
