"""Teams: what is counted of their members, and who needs support."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from query_api.views import moment
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.counters import recount
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_a_row_for_each_member(ask: Asking, ours: Organisation) -> None:
    rows = await members(ask, ours)

    assert [row["name"] for row in rows] == ["Ada Lovelace", "Bob 100%", "Cleo", "Dan"]
    assert rows[1] == {
        "userId": ours.person("bob").user_id,
        "name": "Bob 100%",
        "email": "bob_b@example.org",
        "progress": 16.67,  # half of one of three: intro, and safety and the handbook never opened
        "items": 3,
        "completedItems": 0,
        "inProgressItems": 1,
        "notStartedItems": 2,
        "optionalItems": 0,
        "optionalCompletedItems": 0,
        "optionalInProgressItems": 0,
        "requiredCompleted": 0,
        "required": 3,
        "overdue": 2,
        "lastActive": _time(ours.days_ago(30) + 300_000),
        "watchTimeSeconds": 300,
        "needsSupport": True,
        "reasons": ["inactive", "overdue"],
    }


async def test_who_needs_support_and_why(ask: Asking, ours: Organisation) -> None:
    rows = {row["name"]: row for row in await members(ask, ours, "behindMinimumTeam=4")}

    # Of 100, 16.67, 0 and 60 the median is 38.33.
    assert {name: row["progress"] for name, row in rows.items()} == {
        "Ada Lovelace": 100,
        "Bob 100%": 16.67,
        "Cleo": 0,
        "Dan": 60,
    }
    assert {name: row["reasons"] for name, row in rows.items()} == {
        "Ada Lovelace": [],
        "Bob 100%": ["inactive", "overdue"],
        "Cleo": ["inactive", "overdue", "behind"],
        "Dan": ["overdue"],
    }
    small = {row["name"]: row["reasons"] for row in await members(ask, ours)}
    assert small["Cleo"] == ["inactive", "overdue"], "no one is behind in a team of four"


def _time(at: int) -> str:
    return f"{moment(at).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


async def test_the_rule_is_the_askers(ask: Asking, ours: Organisation) -> None:
    # Dan was last active two days ago, Ada yesterday.
    assert "inactive" in (await _reasons(ask, ours, "inactiveDays=1"))["Dan"]
    assert "inactive" not in (await _reasons(ask, ours, "inactiveDays=1"))["Ada Lovelace"], "she has finished"
    assert "inactive" not in (await _reasons(ask, ours, "inactiveDays=3"))["Dan"]
    assert "inactive" not in (await _reasons(ask, ours, "inactiveDays=31"))["Bob 100%"]
    # Bob is 21.67 points below the median.
    assert "behind" in (await _reasons(ask, ours, "behindPoints=21&behindMinimumTeam=4"))["Bob 100%"]
    assert "behind" not in (await _reasons(ask, ours, "behindPoints=22&behindMinimumTeam=4"))["Bob 100%"]


RULE = "q=cleo&behindPoints=38&behindMinimumTeam=4"


async def test_the_median_is_the_whole_teams_whatever_is_shown(ask: Asking, ours: Organisation) -> None:
    assert [row["reasons"] for row in await members(ask, ours, RULE)] == [["inactive", "overdue", "behind"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=LOVE", ["ada"]),
        ("q=100%25", ["bob"]),
        ("q=b_b", ["bob"]),
        ("q=_", ["bob"]),
        ("q=example.org", ["ada", "bob", "dan"]),
        ("needsSupport=true", ["bob", "cleo", "dan"]),
        ("needsSupport=false", ["ada"]),
        ("needsSupport=true&q=da", ["dan"]),
        ("sort=-progress", ["ada", "dan", "bob", "cleo"]),
        ("sort=lastActive", ["cleo", "bob", "dan", "ada"]),
        ("sort=overdue", ["ada", "dan"]),
        ("sort=-watchTimeSeconds", ["ada"]),
        ("sort=-requiredCompleted", ["ada", "dan"]),
    ],
)
async def test_search_filter_and_order(ask: Asking, ours: Organisation, query: str, found: list[str]) -> None:
    assert [row["userId"] for row in await members(ask, ours, query)][: len(found)] == [
        ours.person(name).user_id for name in found
    ]


async def test_pages_of_members(ask: Asking, ours: Organisation) -> None:
    path = f"/api/teams/{ours.team('Red')}/progress?sort=-progress&limit=1"

    assert await ask.names(path) == ["ada", "dan", "bob", "cleo"]


async def test_assignments_overlap(ask: Asking, world: World, ours: Organisation) -> None:
    rows = {row["name"]: row for row in await members(ask, ours)}
    # Dan is of two teams: safety is required by both, and the earlier date has passed.
    assert (rows["Dan"]["required"], rows["Dan"]["overdue"]) == (2, 1)
    # It is required of Ada twice, and she has completed it.
    assert (rows["Ada Lovelace"]["required"], rows["Ada Lovelace"]["requiredCompleted"]) == (2, 2)
    # The loose item is optional: no catalogue knows it.
    assert (rows["Ada Lovelace"]["items"], rows["Ada Lovelace"]["optionalItems"]) == (2, 1)

    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute("DELETE FROM progress.assignments WHERE target = 'team'")
    recount(world)
    rows = {row["name"]: row for row in await members(ask, ours)}

    assert (rows["Dan"]["required"], rows["Dan"]["overdue"]) == (1, 0)
    assert (rows["Ada Lovelace"]["required"], rows["Ada Lovelace"]["overdue"]) == (2, 0)
    assert (rows["Cleo"]["items"], rows["Cleo"]["progress"]) == (1, 0)


async def test_who_has_no_items_is_behind_nobody(ask: Asking, world: World, ours: Organisation) -> None:
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute("DELETE FROM progress.assignments")
    recount(world)

    rows = {row["name"]: row for row in await members(ask, ours, "behindPoints=1&behindMinimumTeam=1")}

    assert (rows["Cleo"]["items"], rows["Cleo"]["progress"]) == (0, None)
    assert rows["Cleo"]["reasons"] == [], "nothing is open"
    # Of what they opened: 70, 50 and 60.
    assert (await ask(f"/api/teams/{ours.team('Red')}"))["medianProgress"] == 60


async def test_teams_in_figures(ask: Asking) -> None:
    teams = (await ask("/api/teams"))["items"]

    assert [team["name"] for team in teams] == ["Blue", "Green", "Red"]
    assert {name: value for name, value in teams[2].items() if name not in {"teamId", "lastActivity"}} == {
        "name": "Red",
        "members": 4,
        "managers": ["Mona"],
        "progress": 44.17,
        "medianProgress": 38.33,
        "completedRequired": 3,
        "required": 9,
        "needsSupport": 3,
        "inactive": 2,
        "overdue": 3,
        "behind": 0,
    }
    assert {name: value for name, value in teams[1].items() if name != "teamId"} == {
        "name": "Green",
        "members": 0,
        "managers": [],
        "progress": None,
        "medianProgress": None,
        "completedRequired": 0,
        "required": 0,
        "lastActivity": None,
        "needsSupport": 0,
        "inactive": 0,
        "overdue": 0,
        "behind": 0,
    }


async def test_a_team_is_the_sum_of_its_members(ask: Asking, ours: Organisation) -> None:
    for name in ("Red", "Blue"):
        team = await ask(f"/api/teams/{ours.team(name)}")
        rows = await members(ask, ours, team=name)

        assert team in (await ask("/api/teams"))["items"]
        assert team["members"] == len(rows)
        assert team["required"] == sum(row["required"] for row in rows)
        assert team["completedRequired"] == sum(row["requiredCompleted"] for row in rows)
        assert team["needsSupport"] == sum(row["needsSupport"] for row in rows)
        for reason in ("inactive", "overdue", "behind"):
            assert team[reason] == sum(reason in row["reasons"] for row in rows)
        assert team["lastActivity"] == max(row["lastActive"] or "" for row in rows)
        mean = sum(row["progress"] for row in rows) / len(rows)
        assert team["progress"] == pytest.approx(mean, abs=0.01)


async def test_a_manager_sees_their_own_teams(ask: Asking, ours: Organisation) -> None:
    async def names(who: str, role: str) -> list[str]:
        return [team["name"] for team in (await ask("/api/teams", ours.person(who), role))["items"]]

    assert await names("mona", "manager") == ["Red"]
    assert await names("nils", "manager") == ["Blue"]
    assert await names("ada", "manager") == []
    assert await names("ada", "admin") == ["Blue", "Green", "Red"]


async def test_teams_are_searched_and_ordered(ask: Asking) -> None:
    async def names(query: str) -> list[str]:
        return [team["name"] for team in (await ask(f"/api/teams?{query}"))["items"]]

    assert await names("q=RE") == ["Green", "Red"]
    assert await names("q=%25") == []
    assert await names("sort=-members") == ["Red", "Blue", "Green"]
    assert await names("sort=-name&limit=2") == ["Red", "Green"]


async def test_a_page_of_teams_is_as_long_as_its_members_allow(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("query_api.reports.teams.MEMBERS_AT_ONCE", 3)
    pages, cursor = [], ""
    while True:
        page = await ask(f"/api/teams?{cursor}")
        pages.append([team["name"] for team in page["items"]])
        if page["nextCursor"] is None:
            break
        cursor = f"cursor={page['nextCursor']}"

    assert pages == [["Blue", "Green"], ["Red"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("inactiveDays=0", "inactiveDays"),
        ("inactiveDays=3651", "inactiveDays"),
        ("inactiveDays=x", "inactiveDays"),
        ("behindPoints=0", "behindPoints"),
        ("behindPoints=101", "behindPoints"),
        ("sort=password", "sort"),
        ("q=%00", "q"),
        (f"q={'x' * 201}", "q"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("needsSupport=perhaps", "needsSupport"),
    ],
)
async def test_a_bad_parameter_is_a_problem_that_names_it(
    ask: Asking, ours: Organisation, query: str, field: str
) -> None:
    answer = await ask.answer(f"/api/teams/{ours.team('Red')}/progress?{query}")

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def members(
    ask: Asking, ours: Organisation, query: str = "", team: str = "Red"
) -> list[dict[str, Any]]:
    return await ask.rows(f"/api/teams/{ours.team(team)}/progress?{query}")


async def _reasons(ask: Asking, ours: Organisation, query: str) -> dict[str, list[str]]:
    return {row["name"]: row["reasons"] for row in await members(ask, ours, query)}
