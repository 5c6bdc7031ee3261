"""A course with parts, as its readers show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from playhead.progress import ContentId, Progress
from playhead.settings import QuerySettings
from tests.query_api.directory.desk import Desk, content
from tests.query_api.world import (
    MINUTE,
    NOON,
    World,
    fold,
    headers,
    heartbeat,
    new_content,
    new_person,
    now_ms,
    watched,
)

pytestmark = [pytest.mark.services, pytest.mark.anyio]


class Taker:
    """Somebody who takes courses, in an organisation with a desk."""

    def __init__(self, desk: Desk) -> None:
        self.person = new_person(desk.who.tenant_id)
        self._desk = desk
        self._sent = headers(desk.settings, self.person)

    async def get(self, path: str = "") -> Any:
        answer = await self._desk.client.get(f"/api/progress{path}", headers=self._sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def evidence(self, item: ContentId) -> Any:
        path = f"/api/people/{self.person.user_id}/progress/{item}/evidence"
        answer = await self._desk.client.get(path, headers=self._sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def has(self, items: Mapping[ContentId, Progress]) -> None:
        self._desk.world.hold(self.person, items)

    async def dismiss(self, item: ContentId) -> None:
        answer = await self._desk.client.put(
            f"/api/progress/{item}/dismissal", headers=self._sent, json={"dismissed": True}
        )
        assert answer.status_code == 200, answer.text


@pytest.fixture
def desk(client: httpx.AsyncClient, settings: QuerySettings, world: World) -> Desk:
    return Desk(client, settings, world)


@pytest.fixture
def taker(desk: Desk) -> Taker:
    return Taker(desk)


async def a_course(desk: Desk, *parts: ContentId, optional: ContentId | None = None) -> ContentId:
    course = new_content()
    listed: list[Any] = [{"contentId": each} for each in parts]
    if optional is not None:
        listed.append({"contentId": optional, "optional": True})
    items = [content(contentId=each["contentId"], durationSeconds=600) for each in listed]
    update = await desk.put("content", *items, content(contentId=course, type="course", parts=listed))
    assert update["rejected"] == []
    return course


def claimed(*percentages: int) -> Progress:
    """Claims of a client, a minute apart."""
    person, item = new_person(), new_content()
    return fold(
        *(
            heartbeat(person, item, NOON + place * MINUTE, kind="course", reported_percentage=float(each))
            for place, each in enumerate(percentages)
        )
    )


async def test_four_completed_parts_complete_the_course(desk: Desk, taker: Taker) -> None:
    parts = [new_content() for _ in range(4)]
    course = await a_course(desk, *parts)
    taker.has({each: watched(600, at=NOON + place * 60 * MINUTE) for place, each in enumerate(parts)})
    shown = await taker.get(f"/{course}")
    last = await taker.get(f"/{parts[3]}")
    assert (shown["status"], shown["progressPercentage"]) == ("completed", 100)
    assert shown["completedAt"] == last["completedAt"]
    assert (shown["totalSessions"], shown["metadata"]["watchTimeSeconds"]) == (4, 2400.0)
    assert shown["resume"] == {"offer": False, "positionSeconds": 0.0, "page": None}
    assert [each["status"] for each in shown["parts"]] == ["completed"] * 4
    whole = await taker.get()
    listed = {each["contentId"]: each for each in whole["items"]}
    assert listed[course]["progress"] == 100
    assert (whole["summary"]["totalItems"], whole["summary"]["completedItems"]) == (5, 5)
    assert whole["summary"]["watchTimeSeconds"] == 2400.0


async def test_a_course_tells_each_part_and_the_one_to_go_on_with(desk: Desk, taker: Taker) -> None:
    one, two, extra = (new_content() for _ in range(3))
    course = await a_course(desk, one, two, optional=extra)
    before = await taker.get(f"/{course}")
    assert (before["status"], before["resume"]["offer"]) == ("not_started", False)
    assert before["resume"]["contentId"] == one

    taker.has({one: watched(600), two: watched(300, at=NOON + 60 * MINUTE)})
    shown = await taker.get(f"/{course}")
    assert (shown["status"], shown["progressPercentage"]) == ("in_progress", 75)
    assert shown["resume"] == {"offer": True, "positionSeconds": 300.0, "page": None, "contentId": two}
    parts = [
        (each["contentId"], each["optional"], each["status"], each["progressPercentage"])
        for each in shown["parts"]
    ]
    assert parts == [
        (one, False, "completed", 100),
        (two, False, "in_progress", 50),
        (extra, True, "not_started", 0),
    ]


async def test_continue_watching_shows_the_course_in_place_of_its_parts(desk: Desk, taker: Taker) -> None:
    one, two, other = (new_content() for _ in range(3))
    course = await a_course(desk, one, two)
    taker.has({one: watched(300), two: watched(120, at=NOON + 60 * MINUTE), other: watched(300)})
    shown = (await taker.get("/continue-watching"))["items"]
    assert [each["contentId"] for each in shown] == [course, other]
    assert shown[0]["resume"] == {"offer": True, "positionSeconds": 120.0, "page": None, "contentId": two}

    await taker.dismiss(course)
    assert [each["contentId"] for each in (await taker.get("/continue-watching"))["items"]] == [other]
    taker.has({one: watched(300), two: watched(300, at=now_ms())})
    shown = (await taker.get("/continue-watching"))["items"]
    assert course in [each["contentId"] for each in shown]


async def test_a_course_between_two_parts_is_gone_on_with(desk: Desk, taker: Taker) -> None:
    one, two = new_content(), new_content()
    course = await a_course(desk, one, two)
    taker.has({one: watched(600)})
    (shown,) = (await taker.get("/continue-watching"))["items"]
    assert (shown["contentId"], shown["resume"]) == (
        course,
        {"offer": True, "positionSeconds": 0.0, "page": None, "contentId": two},
    )


async def test_a_part_added_later_undoes_no_completion(desk: Desk, taker: Taker) -> None:
    one, two = new_content(), new_content()
    course = await a_course(desk, one)
    taker.has({one: watched(600)})
    first = await taker.get(f"/{course}")
    parts = [{"contentId": one}, {"contentId": two}]
    await desk.put("content", content(contentId=two), content(contentId=course, type="course", parts=parts))
    shown = await taker.get(f"/{course}")
    assert (shown["status"], shown["completedAt"]) == ("completed", first["completedAt"])
    assert [each["status"] for each in shown["parts"]] == ["completed", "not_started"]
    assert shown["resume"]["contentId"] == two


async def test_the_evidence_of_a_course_is_its_parts(desk: Desk, taker: Taker) -> None:
    one, two = new_content(), new_content()
    course = await a_course(desk, one, two)
    desk.world.store(taker.person, {one: watched(600)})
    shown = await taker.evidence(course)
    assert [each["status"] for each in shown["summary"]["parts"]] == ["completed", "not_started"]
    completion = shown["completion"]
    assert (completion["completed"], completion["attainedPercent"], completion["because"]) == (
        False,
        50.0,
        None,
    )
    desk.world.store(taker.person, {two: watched(600)})
    shown = await taker.evidence(course)
    assert (shown["completion"]["completed"], shown["completion"]["because"]) == (True, "parts")
    assert shown["completion"]["notedAt"] == shown["summary"]["completedAt"]


async def test_a_course_without_parts_is_the_latest_claim(desk: Desk, taker: Taker) -> None:
    alone = new_content()
    await desk.put("content", content(contentId=alone, type="course"))
    taker.has({alone: claimed(60, 45)})
    assert (await taker.get(f"/{alone}"))["progressPercentage"] == 45


async def test_what_a_client_claims_of_a_course_counts_only_without_parts(desk: Desk, taker: Taker) -> None:
    one, two, alone = (new_content() for _ in range(3))
    course = await a_course(desk, one, two)
    await desk.put("content", content(contentId=alone, type="course"))
    taker.has({course: claimed(70), alone: claimed(30), one: watched(600)})
    assert (await taker.get(f"/{course}"))["progressPercentage"] == 50
    shown = await taker.get(f"/{alone}")
    assert (shown["progressPercentage"], "parts" in shown) == (30, False)
