"""`GET /api/progress/days`: a person's time by day of the viewer's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest

from playhead.settings import QuerySettings
from query_api.access import Person
from tests.query_api.world import World, headers, new_person

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PATH = "/api/progress/days"
JUNE = "from=2026-06-01&to=2026-06-30"


def spend(world: World, person: Person, times: dict[str, int]) -> None:
    """Store ms of watch time of quarters of an hour that begin at these times in UTC."""
    with psycopg.connect(world.database.admin_dsn) as connection:
        for moment, wall_ms in times.items():
            at = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
            connection.execute(
                "INSERT INTO progress.person_quarters VALUES (%s, %s, %s, %s)",
                [person.tenant_id, person.user_id, int(at // 900), wall_ms],
            )


@pytest.fixture
def person(world: World) -> Person:
    person = new_person()
    spend(
        world,
        person,
        {"2026-06-10T17:45": 60_000, "2026-06-10T18:30": 2_000_000, "2026-06-10T23:45": 1_000},
    )
    return person


async def ask(client: httpx.AsyncClient, settings: QuerySettings, person: Person, query: str) -> Any:
    response = await client.get(f"{PATH}?{query}", headers=headers(settings, person))
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", {"2026-06-10": 961}),
        ("Europe/Berlin", {"2026-06-10": 960, "2026-06-11": 1}),
        ("Asia/Kolkata", {"2026-06-10": 60, "2026-06-11": 901}),
        ("Asia/Kathmandu", {"2026-06-10": 60, "2026-06-11": 901}),
    ],
)
async def test_days_are_those_of_the_viewers_zone(
    client: httpx.AsyncClient, settings: QuerySettings, person: Person, zone: str, days: dict[str, int]
) -> None:
    body = await ask(client, settings, person, f"{JUNE}&timeZone={zone}")
    assert body["timeZone"] == zone
    assert {each["day"]: each["watchTimeSeconds"] for each in body["days"]} == days


async def test_without_a_zone_they_are_the_organisations(
    client: httpx.AsyncClient, settings: QuerySettings, person: Person
) -> None:
    body = await ask(client, settings, person, JUNE)
    looked_at = {"firstDay": "2026-06-01", "lastDay": "2026-06-30"}
    spent = {"day": "2026-06-10", "watchTimeSeconds": 961}
    assert body == {"timeZone": "UTC", **looked_at, "days": [spent]}
    without = await ask(client, settings, person, "from=2026-06-11&to=2026-06-12")
    assert without == body | {"days": [], "firstDay": "2026-06-11", "lastDay": "2026-06-12"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("timeZone=Atlantis/Capital", "timeZone"),
        ("timeZone=FOO%2B3", "timeZone"),
        ("timeZone=", "timeZone"),
        ("from=2026-06-02&to=2026-06-01", "to"),
        ("from=2020-01-01&to=2026-06-01", "from"),
        ("zone=UTC", "zone"),
    ],
)
async def test_what_is_wrong_is_named(
    client: httpx.AsyncClient, settings: QuerySettings, person: Person, query: str, field: str
) -> None:
    response = await client.get(f"{PATH}?{query}", headers=headers(settings, person))
    assert response.status_code == 422
    assert field in response.text
