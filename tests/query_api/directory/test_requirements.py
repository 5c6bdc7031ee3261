"""What the directory requires of each person: kept as rows, by the transaction that writes the directory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from query_api.directory import requirements
from tests.query_api.directory.desk import Desk, an_id, content, person, team

pytestmark = [pytest.mark.services, pytest.mark.anyio]

YEAR_END = datetime(2026, 12, 31, tzinfo=UTC)
SPRING = datetime(2027, 3, 1, tzinfo=UTC)


def required(desk: Desk, user: str) -> dict[str, tuple[datetime, datetime | None, int | None]]:
    """Of a person, by item: since when, and by when."""
    query = """
        SELECT content_id::text, required_since, due_at, due_after_days
        FROM progress.requirements WHERE tenant_id = %s AND user_id = %s
    """
    with psycopg.connect(desk.world.database.admin_dsn) as connection:
        rows = connection.execute(query, [desk.who.tenant_id, user]).fetchall()
    return {item: rest for item, *rest in rows}  # type: ignore[misc]  # three of them


def due(item: dict[str, Any], target: str, of: str | None = None, **when: Any) -> dict[str, Any]:
    return {"contentId": item["contentId"], "target": target} | ({"targetId": of} if of else {}) | when


async def a_team(desk: Desk) -> tuple[dict[str, Any], str, str]:
    """An item, and a team with one member."""
    item, ada = content(), person()
    crew = team(members=[{"userId": ada["userId"], "role": "member"}])
    await desk.put("content", item)
    await desk.put("people", ada)
    await desk.put("teams", crew)
    return item, ada["userId"], crew["teamId"]


async def test_the_own_date_beats_the_teams_and_the_teams_beats_everyones(desk: Desk) -> None:
    item, ada, crew = await a_team(desk)
    await desk.put("assignments", due(item, "everyone", dueAt="2026-12-31T00:00:00Z"))
    assert required(desk, ada)[item["contentId"]][1:] == [YEAR_END, None]
    await desk.put("assignments", due(item, "team", crew, dueAt="2027-03-01T00:00:00Z"))
    assert required(desk, ada)[item["contentId"]][1:] == [SPRING, None]
    await desk.put("assignments", due(item, "person", ada))
    assert required(desk, ada)[item["contentId"]][1:] == [None, None], "even when it has no date"


async def test_among_teams_the_earliest_date_counts_and_none_comes_last(desk: Desk) -> None:
    item, ada, crew = await a_team(desk)
    member = {"userId": ada, "role": "member"}
    late, none = team(members=[member]), team(members=[member])
    await desk.put("teams", late, none)
    await desk.put(
        "assignments",
        due(item, "team", none["teamId"]),
        due(item, "team", late["teamId"], dueAt="2027-03-01T00:00:00Z"),
        due(item, "team", crew, dueAt="2026-12-31T00:00:00Z"),
    )
    assert required(desk, ada)[item["contentId"]][1:] == [YEAR_END, None]


async def test_it_begins_once_and_again_on_return(desk: Desk) -> None:
    item, ada, crew = await a_team(desk)
    await desk.put("assignments", due(item, "team", crew))
    since = required(desk, ada)[item["contentId"]][0]
    await desk.put("assignments", due(item, "everyone"))
    await desk.put("assignments", due(item, "team", crew) | {"remove": True})
    await desk.put("people", {"userId": ada, "displayName": "Ada King"})
    assert required(desk, ada)[item["contentId"]][0] == since, "by another assignment, without a break"

    await desk.put("assignments", due(item, "everyone") | {"remove": True})
    assert required(desk, ada) == {}
    await desk.put("assignments", due(item, "everyone"))
    assert required(desk, ada)[item["contentId"]][0] > since


async def test_days_are_counted_per_person(desk: Desk) -> None:
    item, ada, _ = await a_team(desk)
    sent = due(item, "everyone", dueAfterDays=30)
    await desk.put("assignments", sent)
    assert required(desk, ada)[item["contentId"]][1:] == [None, 30]
    (shown,) = await desk.listed("assignments")
    assert (shown["dueAt"], shown["dueAfterDays"]) == (None, 30)
    file = f"kind,contentId,target,dueAfterDays\nassignment,{item['contentId']},everyone,45\n"
    assert (await desk.imported(file))["rejected"] == []
    assert required(desk, ada)[item["contentId"]][1:] == [None, 45]


async def test_a_date_and_days_exclude_each_other(desk: Desk) -> None:
    item, _, _ = await a_team(desk)
    both = due(item, "everyone", dueAfterDays=30, dueAt="2026-12-31T00:00:00Z")
    answer = await desk.put("assignments", both)
    assert [each["field"] for each in answer["rejected"]] == ["dueAfterDays"]


async def test_archived_items_and_leavers_are_required_of_nobody(desk: Desk) -> None:
    item, ada, _ = await a_team(desk)
    bob = person()
    await desk.put("people", bob)
    await desk.put("assignments", due(item, "everyone"))
    assert list(required(desk, bob["userId"])) == [item["contentId"]]

    await desk.put("people", {"userId": bob["userId"], "remove": True})
    assert required(desk, bob["userId"]) == {}
    with psycopg.connect(desk.world.database.admin_dsn) as connection:
        former = connection.execute("SELECT user_id::text FROM progress.former_people").fetchall()
    assert (bob["userId"],) in former
    await desk.put("content", item | {"archived": True})
    assert required(desk, ada) == {}
    await desk.put("people", bob)
    with psycopg.connect(desk.world.database.admin_dsn) as connection:
        former = connection.execute("SELECT user_id::text FROM progress.former_people").fetchall()
    assert (bob["userId"],) not in former


async def test_another_tenants_people_are_left_alone(desk: Desk) -> None:
    item, ada, _ = await a_team(desk)
    other = desk.elsewhere()
    theirs, eve, _ = await a_team(other)
    await desk.put("assignments", due(item, "everyone"))
    assert required(other, eve) == {}
    await other.put("assignments", due(theirs, "everyone"))
    assert list(required(other, eve)) == [theirs["contentId"]]
    assert list(required(desk, ada)) == [item["contentId"]]


async def test_a_change_that_concerns_many_waits_for_the_background(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requirements, "MAX_PEOPLE", 2)
    item = content()
    people = [person(userId=an_id()) for _ in range(3)]
    await desk.put("content", item)
    await desk.put("people", *people)
    await desk.put("assignments", due(item, "everyone"))
    assert required(desk, people[0]["userId"]) == {}
    with psycopg.connect(desk.world.database.admin_dsn) as connection:
        waiting = connection.execute(
            "SELECT DISTINCT user_id::text FROM progress.requirement_changes WHERE tenant_id = %s",
            [desk.who.tenant_id],
        ).fetchall()
    assert {user for (user,) in waiting} == {each["userId"] for each in people}


async def test_a_dry_run_changes_no_requirement(desk: Desk) -> None:
    item, ada, _ = await a_team(desk)
    await desk.put("assignments", due(item, "everyone"), dry_run=True)
    assert required(desk, ada) == {}
