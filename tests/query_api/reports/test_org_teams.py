"""The organisation by team equals what GROUP BY says of the rows, and what the team's own report says."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from playhead.settings import QuerySettings
from query_api.reports.reader import ReportPage, Reports
from query_api.reports.teams import ORG_TEAMS
from tests.query_api.reports.crowd import crowd_id
from tests.query_api.reports.org_rows import asked, uneven, watch_ms
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World, headers, now_ms

pytestmark = [pytest.mark.services, pytest.mark.anyio]

ROWS = """
    SELECT
        t.team_id::text AS "teamId", t.name, count(DISTINCT m.user_id) AS members,
        count(DISTINCT m.user_id) FILTER (WHERE p.last_viewed_at >= now() - interval '720 hours') AS active,
        count(*) FILTER (WHERE p.status <> 'not_started') AS started,
        count(*) FILTER (WHERE p.status = 'completed') AS "completedOfStarted",
        array_agg(DISTINCT m.user_id::text) AS people
    FROM progress.teams AS t
    LEFT JOIN progress.team_members AS m
        ON m.tenant_id = t.tenant_id AND m.team_id = t.team_id AND m.role = 'member'
    LEFT JOIN progress.user_progress AS p ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id
    WHERE t.tenant_id = %(tenant)s
    GROUP BY t.team_id, t.name
"""
SHARED = ("progress", "completedRequired", "required", "lastActivity", "members")


@pytest.fixture
def made(world: World) -> Organisation:
    """A crowd, with an empty team, and a person in two teams."""
    made = Organisation("crowd", now_ms())
    uneven(world, made.tenant, people=45, items=6)
    uneven(world, Organisation("other", now_ms()).tenant, people=11, items=3)
    empty, first, second = (crowd_id(made.tenant, "team", number) for number in (99, 0, 1))
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.teams (tenant_id, team_id, name) VALUES (%s, %s, 'Empty')",
            [made.tenant, empty],
        )
        connection.execute(
            """
            INSERT INTO progress.team_members
            SELECT tenant_id, %s, user_id, 'member' FROM progress.team_members
            WHERE team_id = %s AND role = 'member' LIMIT 1
            """,
            [second, first],
        )
    return made


async def get(client: httpx.AsyncClient, settings: QuerySettings, made: Organisation, path: str) -> Any:
    answer = await client.get(path, headers=headers(settings, made.admin, ("admin",)))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_figure_is_what_the_rows_amount_to(
    client: httpx.AsyncClient, world: World, settings: QuerySettings, made: Organisation
) -> None:
    found = (await get(client, settings, made, "/api/org/teams?sort=teamId"))["items"]

    rows = sorted(asked(world, ROWS, tenant=made.tenant), key=lambda row: row["teamId"])
    spent = watch_ms(world, made.tenant)
    for row in rows:
        people = set(row.pop("people"))
        row["watchTimeSeconds"] = sum(wall for (person, _), wall in spent.items() if person in people) / 1000
    assert [{name: row[name] for name in rows[0]} for row in found] == rows
    for row in found:
        rate = round(100 * row["completedOfStarted"] / row["started"], 2) if row["started"] else None
        assert row["completionRateOfStarted"] == rate
    assert len(found) == 6
    assert len({row["completedOfStarted"] for row in found}) > 1


async def test_what_is_told_of_a_team_elsewhere_is_the_same(
    client: httpx.AsyncClient, settings: QuerySettings, made: Organisation
) -> None:
    ours = (await get(client, settings, made, "/api/org/teams"))["items"]
    theirs = (await get(client, settings, made, "/api/teams"))["items"]

    assert [{name: row[name] for name in SHARED} for row in ours] == [
        {name: row[name] for name in SHARED} for row in theirs
    ]
    assert any(row["required"] for row in ours)


async def test_pages_in_every_order_hold_every_team_once(
    client: httpx.AsyncClient, settings: QuerySettings, made: Organisation
) -> None:
    for name in (column.name for column in ORG_TEAMS.columns if column.sortable):
        for sort in (name, f"-{name}"):
            found: list[dict[str, Any]] = []
            page = await get(client, settings, made, f"/api/org/teams?sort={sort}&limit=2")
            while page["nextCursor"] is not None:
                found += page["items"]
                cursor = page["nextCursor"]
                page = await get(
                    client, settings, made, f"/api/org/teams?sort={sort}&limit=2&cursor={cursor}"
                )
            found += page["items"]
            assert len({row["teamId"] for row in found}) == len(found) == 6
            values = [row[name] for row in found if row[name] is not None]
            assert values == sorted(values, reverse=sort.startswith("-"))


async def test_search_and_roles(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation, theirs: Organisation
) -> None:
    found = await get(client, settings, ours, "/api/org/teams?q=BLU")
    assert [row["teamId"] for row in found["items"]] == [str(ours.team("Blue"))]
    everything = await get(client, settings, theirs, "/api/org/teams")
    assert [row["name"] for row in everything["items"]] == ["Blue", "Green", "Red"]
    for roles in ((), ("manager",)):
        for query in ("", "?sort=nonsense&limit=0"):
            sent = headers(settings, ours.manager, roles)
            assert (await client.get(f"/api/org/teams{query}", headers=sent)).status_code == 403


async def test_a_file_reads_no_page_beforehand(
    client: httpx.AsyncClient, settings: QuerySettings, made: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unwanted(*_: Any) -> ReportPage:
        raise AssertionError("a page is read")

    monkeypatch.setattr(Reports, "page", unwanted)
    answer = await client.get("/api/org/teams?format=csv", headers=headers(settings, made.admin, ("admin",)))
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 1 + 6
