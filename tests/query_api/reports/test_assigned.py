"""Items by the people of whom they are required, those who never opened them included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from playhead.progress import ContentId, UserId
from playhead.settings import QuerySettings
from query_api.access import Person
from tests.query_api.directory.desk import Desk, content, person, team
from tests.query_api.reports.counters import recount
from tests.query_api.world import World, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@dataclass
class Course:
    """An item required of a team of six, of whom one completed it, and one who is of no team."""

    desk: Desk
    item: ContentId
    team: str
    people: list[str]

    async def figures(self) -> Any:
        (listed,) = (await self.get("/api/org/content"))["items"]
        one = await self.get(f"/api/org/content/{self.item}")
        assert {name: one[name] for name in listed} == listed
        return listed

    async def get(self, path: str) -> Any:
        answer = await self.desk.client.get(path, headers=self.desk.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def watched_by(self, user: str, seconds: int = 600) -> None:
        tenant = self.desk.who.tenant_id
        self.desk.world.store(Person(tenant, UserId(user)), {self.item: watched(seconds, of=600)})
        recount(self.desk.world)


@pytest.fixture
async def course(client: httpx.AsyncClient, settings: QuerySettings, world: World) -> Course:
    desk = Desk(client, settings, world)
    item, people = content(), [person(displayName=name) for name in "abcdefx"]
    crew = team(members=[{"userId": each["userId"], "role": "member"} for each in people[:6]])
    await desk.put("content", item)
    await desk.put("people", *people)
    await desk.put("teams", crew)
    await desk.put(
        "assignments", {"contentId": item["contentId"], "target": "team", "targetId": crew["teamId"]}
    )
    return Course(desk, ContentId(item["contentId"]), crew["teamId"], [each["userId"] for each in people])


async def test_required_of_six_and_done_by_one(course: Course) -> None:
    course.watched_by(course.people[0])

    figures = await course.figures()

    assert (figures["assigned"], figures["completedOfAssigned"]) == (6, 1)
    assert (figures["completionRateOfAssigned"], figures["notStarted"]) == (16.67, 5)
    assert (figures["started"], figures["completedOfStarted"]) == (1, 1)
    assert (figures["completionRateOfStarted"], figures["progressOfStarted"]) == (100.0, 100.0)


async def test_who_opens_an_optional_item_is_of_started_alone(course: Course) -> None:
    course.watched_by(course.people[6], 60)

    figures = await course.figures()

    assert (figures["assigned"], figures["completionRateOfAssigned"], figures["notStarted"]) == (6, 0.0, 6)
    assert (figures["started"], figures["completionRateOfStarted"]) == (1, 0.0)


async def test_rates_of_no_one_are_null(course: Course) -> None:
    assert (await course.figures())["completionRateOfStarted"] is None
    remove = {"contentId": course.item, "target": "team", "targetId": course.team, "remove": True}
    await course.desk.put("assignments", remove)

    figures = await course.figures()

    assert (figures["assigned"], figures["completionRateOfAssigned"]) == (0, None)


async def test_former_people_are_in_a_figure_of_their_own(course: Course) -> None:
    course.watched_by(course.people[0])
    course.watched_by(course.people[1], 300)
    await course.desk.put("people", {"userId": course.people[0], "remove": True})

    figures = await course.figures()

    assert (figures["assigned"], figures["completedOfAssigned"], figures["notStarted"]) == (5, 0, 4)
    assert (figures["started"], figures["completedOfStarted"], figures["former"]) == (1, 0, 1)
    assert (figures["progressOfStarted"], figures["coverageOfStarted"]) == (50.0, 50.0)
    assert figures["watchTimeSeconds"] == 900.0, "the time that was spent stays"

    await course.desk.put("people", {"userId": course.people[0], "displayName": "a"})
    figures = await course.figures()
    assert (figures["assigned"], figures["started"], figures["former"]) == (5, 2, 0), "of no team on return"


async def test_an_archived_item_is_required_of_no_one_and_keeps_its_past(course: Course) -> None:
    course.watched_by(course.people[0])
    archived = {"contentId": course.item, "title": "Fire safety", "type": "video", "archived": True}
    await course.desk.put("content", archived)

    figures = await course.figures()

    assert (figures["archived"], figures["assigned"], figures["notStarted"]) == (True, 0, 0)
    assert (figures["started"], figures["completionRateOfStarted"]) == (1, 100.0)
    await course.desk.put("content", archived | {"archived": False})
    assert (await course.figures())["completionRateOfAssigned"] == 16.67


async def test_no_flag_is_believed_twice(course: Course) -> None:
    """What is computed again without a change counts nothing."""
    course.watched_by(course.people[0])
    before = await course.figures()
    for _ in range(2):
        await course.desk.put("people", *({"userId": user, "displayName": "z"} for user in course.people))
        crew = [{"userId": user, "role": "member"} for user in course.people[:6]]
        await course.desk.put("teams", {"teamId": course.team, "name": "Crew", "members": crew[:3]})
        await course.desk.put("teams", {"teamId": course.team, "name": "Crew", "members": crew})
    assert await course.figures() == before
    with psycopg.connect(course.desk.world.database.admin_dsn) as connection:
        counted = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE required) FROM progress.user_progress"
        ).fetchone()
    assert counted == (1, 1)
