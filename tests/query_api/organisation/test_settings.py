"""`/api/org/settings` over HTTP, on a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from playhead.settings import QuerySettings
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World, headers

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PATH = "/api/org/settings"
DEFAULTS = {
    "timeZone": "UTC",
    "completionThreshold": 0.9,
    "evidence": "any",
    "countHidden": True,
    "inactiveDays": 14,
    "behindPoints": 25,
    "behindMinimumTeam": 5,
    "newcomerDays": 14,
}
OWN = {
    "timeZone": "Europe/Berlin",
    "completionThreshold": 0.755,
    "evidence": "watched",
    "countHidden": False,
    "inactiveDays": 21,
    "behindPoints": 10,
    "behindMinimumTeam": 2,
    "newcomerDays": 0,
}


class Desk:
    """The administrator's requests."""

    def __init__(self, client: httpx.AsyncClient, settings: QuerySettings, of: Organisation) -> None:
        self._client = client
        self._headers = headers(settings, of.admin, ("admin",))

    async def read(self) -> Any:
        return (await self._client.get(PATH, headers=self._headers)).json()

    async def assign(self, row: Any) -> httpx.Response:
        return await self._client.put(
            "/api/directory/assignments", json={"items": [row]}, headers=self._headers
        )

    async def put(self, body: Any) -> httpx.Response:
        return await self._client.put(PATH, json=body, headers=self._headers)


@pytest.fixture
def desk(client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation) -> Desk:
    return Desk(client, settings, ours)


def rows(world: World, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(world.database.admin_dsn) as connection:
        return connection.execute(query.encode(), values).fetchall()


async def test_an_organisation_that_has_set_nothing_has_the_defaults(desk: Desk) -> None:
    found = await desk.read()
    assert found | DEFAULTS == found
    assert found["defaults"] == DEFAULTS
    assert (found["unset"], found["updatedAt"]) == (list(DEFAULTS), None)
    assert (found["daysTimeZone"], found["recountingDays"]) == ("UTC", False)


async def test_what_is_put_is_read_and_what_is_left_out_is_the_default_again(desk: Desk) -> None:
    answer = await desk.put(OWN)
    assert answer.status_code == 200, answer.text
    found = await desk.read()
    assert answer.json() == found
    assert found | OWN == found
    assert found["unset"] == []
    assert found["recountingDays"] is True

    found = (await desk.put({"inactiveDays": 3, "timeZone": None})).json()
    assert found | DEFAULTS | {"inactiveDays": 3} == found
    assert "inactiveDays" not in found["unset"]
    assert len(found["unset"]) == len(DEFAULTS) - 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"timeZone": "europe/berlin; --"}, "timeZone"),
        ({"timeZone": "FOO+3"}, "timeZone"),  # PostgreSQL would take it
        ({"completionThreshold": 0}, "completionThreshold"),
        ({"completionThreshold": 1.01}, "completionThreshold"),
        ({"completionThreshold": 0.9001}, "completionThreshold"),
        ({"completionThreshold": "0.9"}, "completionThreshold"),
        ({"evidence": "hearsay"}, "evidence"),
        ({"countHidden": "no"}, "countHidden"),
        ({"inactiveDays": 0}, "inactiveDays"),
        ({"behindPoints": 101}, "behindPoints"),
        ({"behindMinimumTeam": 1}, "behindMinimumTeam"),
        ({"newcomerDays": -1}, "newcomerDays"),
        ({"timezone": "UTC"}, "timezone"),
    ],
)
async def test_a_wrong_value_is_refused_by_its_name_and_changes_nothing(
    desk: Desk, body: Any, field: str
) -> None:
    answer = await desk.put({"inactiveDays": 5} | body)
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert (await desk.read())["unset"] == list(DEFAULTS)


@pytest.mark.usefixtures("theirs")
async def test_a_change_is_an_event_of_the_audit_trail_and_of_this_organisation_alone(
    desk: Desk, world: World, ours: Organisation
) -> None:
    await desk.put({"inactiveDays": 5, "evidence": "watched"})
    query = "SELECT outcome, target, actor_id::text, rows FROM progress.audit_events WHERE act = 'settings'"
    found = rows(world, query)
    assert found == [("done", "PUT /api/org/settings", ours.admin.user_id, 2)]
    assert rows(world, "SELECT tenant_id::text FROM progress.organisation_settings") == [(ours.tenant,)]


@pytest.mark.usefixtures("theirs")
async def test_another_policy_has_every_item_derived_again_and_other_settings_none(
    desk: Desk, world: World, ours: Organisation
) -> None:
    requested = "SELECT tenant_id::text, content_id::text FROM progress.rederivations"
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute("DELETE FROM progress.rederivations")
    await desk.put({"inactiveDays": 5, "timeZone": "Asia/Tokyo"})
    assert rows(world, requested) == []
    await desk.put({"inactiveDays": 5, "completionThreshold": 0.8})
    items = {*("intro", "safety", "handbook", "extra", "old"), "loose"}  # `loose` is in no catalogue
    assert sorted(rows(world, requested)) == sorted((ours.tenant, ours.item(name)) for name in items)
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute("DELETE FROM progress.rederivations")
    await desk.put({"inactiveDays": 6, "completionThreshold": 0.8})  # as it was
    assert rows(world, requested) == []


async def test_the_organisations_policy_judges_items_without_one_of_their_own(
    desk: Desk, client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation
) -> None:
    bob = ours.person("bob")  # watched half of the introduction
    path = f"/api/people/{bob.user_id}/progress/{ours.item('intro')}/evidence"
    await desk.put({"completionThreshold": 0.5})
    found = (await client.get(path, headers=headers(settings, ours.admin, ("admin",)))).json()
    assert found["summary"]["status"] == "completed"
    assert found["policy"] | {"threshold": 0.5, "thresholdFrom": "organisation"} == found["policy"]
    assert found["policy"]["evidenceFrom"] == "installation"


async def test_a_due_date_without_a_time_is_the_end_of_that_day_in_the_organisations_zone(
    desk: Desk, world: World, ours: Organisation
) -> None:
    await desk.put({"timeZone": "America/New_York"})
    row = {"contentId": ours.item("extra"), "target": "everyone", "dueAt": "2026-12-31"}
    answer = await desk.assign(row)
    assert answer.json()["upserted"] == 1
    query = "SELECT due_at FROM progress.assignments WHERE content_id = %s"
    assert rows(world, query, ours.item("extra")) == [(datetime(2027, 1, 1, 4, 59, 59, 999_000, tzinfo=UTC),)]
    assert (await desk.assign(row)).json()["unchanged"] == 1


async def test_the_numbers_of_who_needs_support_are_the_organisations(
    desk: Desk, client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation
) -> None:
    path = f"/api/teams/{ours.team('Red')}/progress"

    async def inactive(query: str = "") -> list[str]:
        answer = await client.get(path + query, headers=headers(settings, ours.admin, ("admin",)))
        return [row["name"] for row in answer.json()["items"] if "inactive" in row["reasons"]]

    assert "Dan" not in await inactive()  # active two days ago
    await desk.put({"inactiveDays": 1})
    assert "Dan" in await inactive()
    assert "Dan" not in await inactive("?inactiveDays=3")


async def test_today_is_the_day_of_the_organisations_zone(
    desk: Desk, client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation
) -> None:
    await desk.put({"timeZone": "Pacific/Kiritimati"})  # 14 hours ahead
    answer = await client.get("/api/org/days?limit=500", headers=headers(settings, ours.admin, ("admin",)))
    today = (datetime.now(UTC) + timedelta(hours=14)).date()
    assert answer.json()["items"][-1]["day"] in {str(today), str(today - timedelta(days=1))}
