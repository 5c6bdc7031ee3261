"""People: all that one may see, one in figures, and what is required of one."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from query_api.views import moment, rfc3339
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.counters import recount
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World

SINCE = "60 days ago"
pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_an_administrator_sees_everybody(ask: Asking) -> None:
    found = await ask.names("/api/people?limit=4")

    # The directory does not have Gus, who sorts first without a name.
    assert found == ["gus", "abel", "ada", "bob", "cleo", "dan", "eve", "flo", "mona", "nils"]


async def test_a_manager_sees_the_members_of_their_teams(ask: Asking, ours: Organisation) -> None:
    assert await ask.names("/api/people", ours.person("mona"), "manager") == ["ada", "bob", "cleo", "dan"]
    assert await ask.names("/api/people", ours.person("nils"), "manager") == ["dan", "eve", "mona"]
    assert await ask.names("/api/people", ours.person("ada"), "manager") == []


async def test_a_person_in_the_list(ask: Asking, ours: Organisation) -> None:
    rows = {row["name"]: row for row in await ask.rows("/api/people")}

    assert rows["Dan"] == {
        "userId": ours.person("dan").user_id,
        "name": "Dan",
        "email": "dan@example.org",
        "teams": ["Blue", "Red"],
        "items": 2,
        "completedItems": 1,
        "inProgressItems": 1,
        "notStartedItems": 0,
        "optionalItems": 0,
        "optionalCompletedItems": 0,
        "optionalInProgressItems": 0,
        "progress": 60,
        "watchTimeSeconds": 660,
        "lastActive": _time(ours.days_ago(2) + 60_000),
        "former": False,
    }
    assert rows["Mona"]["teams"] == ["Blue"]  # Red she only manages
    nobody = {"items": 2, "progress": 0, "watchTimeSeconds": 0, "lastActive": None}
    assert nobody.items() <= rows["Cleo"].items()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("q=ADA", ["ada"]),
        ("q=100%25", ["bob"]),
        ("q=b_b@", ["bob"]),
        ("q=nobody", []),
        ("sort=-progress&limit=2", ["ada"]),
        ("sort=-lastActive", ["ada", "dan", "eve", "flo", "gus"]),
        ("sort=-watchTimeSeconds", ["ada", "eve", "dan", "mona", "gus"]),
        ("sort=-name&limit=3", ["nils", "mona", "flo"]),
    ],
)
async def test_search_and_order(ask: Asking, query: str, first: list[str]) -> None:
    found = await ask.names(f"/api/people?{query}")

    assert found[: len(first)] == first
    assert len(found) == (10 if "sort" in query else len(first))


async def test_a_person_is_as_in_the_report_of_their_team(ask: Asking, ours: Organisation) -> None:
    rows = await ask.rows(f"/api/teams/{ours.team('Red')}/progress")

    for row in rows:
        person = await ask(f"/api/people/{row['userId']}")
        shared = person.keys() & row.keys()
        assert {name: person[name] for name in shared} == {name: row[name] for name in shared}
        assert {"progress", "items", "required", "requiredCompleted", "overdue", "lastActive"} <= shared


async def test_one_reads_oneself_known_or_not(ask: Asking, ours: Organisation) -> None:
    me = ours.person("nobody")

    found = await ask(f"/api/people/{me.user_id}", me, "learner")

    assert (found["name"], found["required"], found["progress"]) == (None, 0, None)


async def test_what_is_required_of_a_person(ask: Asking, ours: Organisation) -> None:
    rows = await ask.rows(f"/api/people/{ours.person('bob').user_id}/assignments")

    assert [row | {"requiredSince": SINCE} for row in rows] == [
        {
            "contentId": ours.item("intro"),
            "title": "Introduction",
            "type": "video",
            "requiredSince": SINCE,
            "dueAt": _time(ours.days_ago(10)),
            "status": "in_progress",
            "progress": 50,
            "overdue": True,
            "completedAt": None,
        },
        {
            "contentId": ours.item("safety"),
            "title": "Safety first",
            "type": "video",
            "requiredSince": SINCE,
            "dueAt": _time(ours.days_ago(3)),
            "status": "not_started",
            "progress": 0,
            "overdue": True,
            "completedAt": None,
        },
        {
            "contentId": ours.item("handbook"),
            "title": "Handbook",
            "type": "document",
            "requiredSince": SINCE,
            "dueAt": None,
            "status": "not_started",
            "progress": 0,
            "overdue": False,
            "completedAt": None,
        },
    ]


async def test_ones_own_assignments_in_pages(ask: Asking, ours: Organisation) -> None:
    async def titles(who: str, query: str = "") -> list[str]:
        me = ours.person(who)
        rows = await ask.rows(f"/api/people/{me.user_id}/assignments?limit=1{query}", me, "learner")
        return [row["title"] for row in rows]

    assert await titles("bob") == ["Introduction", "Safety first", "Handbook"]
    assert await titles("bob", "&sort=-dueAt") == ["Handbook", "Safety first", "Introduction"]
    assert await titles("bob", "&sort=title") == ["Handbook", "Introduction", "Safety first"]
    assert await titles("bob", "&overdue=false") == ["Handbook"]
    assert await titles("bob", "&status=in_progress") == ["Introduction"]
    assert await titles("bob", "&q=FIRST") == ["Safety first"]
    assert await titles("gus") == ["Introduction"]


async def test_the_own_date_counts_before_the_teams_and_what_is_done_is_not_overdue(
    ask: Asking, ours: Organisation
) -> None:
    async def safety(who: str) -> Any:
        rows = await ask.rows(f"/api/people/{ours.person(who).user_id}/assignments?q=safety")
        return rows[0]

    assert (await safety("ada"))["dueAt"] == _time(ours.days_ago(5))
    assert ((await safety("ada"))["status"], (await safety("ada"))["overdue"]) == ("completed", False)
    assert ((await safety("dan"))["dueAt"], (await safety("dan"))["overdue"]) == (
        _time(ours.days_ago(3)),
        True,
    )
    assert ((await safety("eve"))["dueAt"], (await safety("eve"))["overdue"]) == (
        _time(ours.days_ago(-7)),
        False,
    )


async def test_an_assignment_to_somebody_of_a_teams_id_is_theirs_alone(
    ask: Asking, world: World, ours: Organisation
) -> None:
    red = str(ours.team("Red"))
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.assignments (tenant_id, content_id, target, target_id)"
            " VALUES (%s, %s, 'person', %s)",
            [ours.tenant, ours.item("extra"), red],
        )
    recount(world)

    rows = await ask.rows(f"/api/people/{ours.person('cleo').user_id}/assignments")

    assert [row["title"] for row in rows] == ["Introduction", "Safety first"]


def _time(at: int) -> str:
    return rfc3339(moment(at))
