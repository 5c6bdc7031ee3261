from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from playhead.progress import Intervals, SessionId
from playhead.settings import QuerySettings
from tests.query_api.world import (
    MINUTE,
    NOON,
    World,
    fold,
    headers,
    heartbeat,
    new_content,
    new_person,
    watched,
)

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_an_item_watched_for_450_of_600_seconds(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    world.hold(person, {content: watched(450, at=NOON)})

    answer = await client.get(f"/api/progress/{content}", headers=headers(settings, person))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "progressPercentage": 75,
        "coveragePercentage": 75,
        "progressType": "video",
        "status": "in_progress",
        "metadata": {
            "watchTimeSeconds": 450,
            "contentTimeSeconds": 450,
            "lastPositionSeconds": 450,
            "durationSeconds": 600,
            "watchedSegments": [[0, 450]],
        },
        "lastViewed": "2025-11-22T08:34:10.000Z",
        "startedAt": "2025-11-22T08:26:40.000Z",
        "completedAt": None,
        "attempt": 1,
        "attemptAt": None,
        "completions": [],
        "completionCount": 0,
        "totalSessions": 1,
        "evidence": "watched",
        "resume": {"offer": True, "positionSeconds": 450, "page": None},
    }


async def test_an_item_never_opened_is_not_started(
    client: httpx.AsyncClient, settings: QuerySettings
) -> None:
    answer = await client.get(f"/api/progress/{uuid4()}", headers=headers(settings, new_person()))

    assert answer.status_code == 200
    assert answer.json() == {
        "progressPercentage": 0,
        "coveragePercentage": 0,
        "progressType": "video",
        "status": "not_started",
        "metadata": {
            "watchTimeSeconds": 0,
            "contentTimeSeconds": 0,
            "lastPositionSeconds": 0,
            "durationSeconds": None,
            "watchedSegments": [],
        },
        "lastViewed": None,
        "startedAt": None,
        "completedAt": None,
        "attempt": 1,
        "attemptAt": None,
        "completions": [],
        "completionCount": 0,
        "totalSessions": 0,
        "evidence": "watched",
        "resume": {"offer": False, "positionSeconds": 0, "page": None},
    }


async def test_at_double_speed_wall_and_content_seconds_differ(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    world.hold(person, {content: watched(300, rate=2.0)})

    metadata = (await client.get(f"/api/progress/{content}", headers=headers(settings, person))).json()[
        "metadata"
    ]

    assert metadata["watchTimeSeconds"] == 150
    assert metadata["contentTimeSeconds"] == 300


async def test_milliseconds_are_three_decimals_at_most(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    odd = heartbeat(
        person,
        content,
        NOON,
        session_id=SessionId(str(uuid4())),
        watched=Intervals.of([(1, 9_007)]),
        watch_ms=9_007,
        position_ms=9_007,
        duration_ms=599_999,
    )
    world.hold(person, {content: fold(odd)})

    answer = await client.get(f"/api/progress/{content}", headers=headers(settings, person))

    assert b'"watchedSegments":[[0.001,9.007]]' in answer.content
    assert b'"durationSeconds":599.999' in answer.content


async def test_a_document_has_its_pages(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    read = heartbeat(
        person,
        content,
        NOON,
        kind="document",
        pages_viewed=Intervals.of([(1, 4), (7, 8)]),
        page_count=10,
        scroll_position=0.4,
    )
    world.hold(person, {content: fold(read)})

    body = (await client.get(f"/api/progress/{content}", headers=headers(settings, person))).json()

    assert body["progressType"] == "document"
    assert body["progressPercentage"] == 40
    assert body["metadata"]["pagesViewed"] == [1, 2, 3, 7]
    assert body["metadata"]["pageCount"] == 10
    assert body["metadata"]["scrollPosition"] == 0.4


async def test_a_completed_item_resumes_at_its_beginning(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, nearly, done = new_person(), new_content(), new_content()
    world.hold(person, {nearly: watched(539), done: watched(540)})

    first = (await client.get(f"/api/progress/{nearly}", headers=headers(settings, person))).json()
    second = (await client.get(f"/api/progress/{done}", headers=headers(settings, person))).json()

    assert (first["status"], first["resume"]["offer"]) == ("in_progress", True)
    assert (second["status"], second["resume"]["offer"]) == ("completed", False)
    assert second["resume"]["positionSeconds"] == 0
    assert second["completedAt"] is not None


async def test_the_policy_comes_from_the_settings(world: World) -> None:
    from asgi_lifespan import LifespanManager

    from query_api.app import create_app

    person, content = new_person(), new_content()
    world.hold(person, {content: watched(300)})
    settings = world.settings(completion_threshold=0.5)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        LifespanManager(app, startup_timeout=30, shutdown_timeout=30),
        httpx.AsyncClient(transport=transport, base_url="http://q") as client,
    ):
        answer = await client.get(f"/api/progress/{content}", headers=headers(settings, person))

    assert answer.json()["status"] == "completed"


async def test_the_list_is_latest_first_with_the_whole_in_numbers(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, old, new = new_person(), new_content(), new_content()
    world.hold(person, {old: watched(600, at=NOON), new: watched(300, at=NOON + 60 * MINUTE)})

    body = (await client.get("/api/progress", headers=headers(settings, person))).json()

    assert body["summary"] == {
        "totalItems": 2,
        "completedItems": 1,
        "inProgressItems": 1,
        "notStartedItems": 0,
        "avgProgress": 75.0,
        "optional": {"items": 2, "completed": 1, "inProgress": 1},
        "watchTimeSeconds": 900,
        "contentTimeSeconds": 900,
        "lastActivity": "2025-11-22T09:31:40.000Z",
        "directoryAvailable": True,
        "overallPercentage": 75.0,
        "requiredItems": 0,
        "requiredCompletedItems": 0,
        "overdueItems": 0,
    }
    assert [(item["contentId"], item["progress"], item["status"]) for item in body["items"]] == [
        (new, 50, "in_progress"),
        (old, 100, "completed"),
    ]
    assert body["nextCursor"] is None


async def test_a_person_of_no_store_has_an_empty_list(
    client: httpx.AsyncClient, settings: QuerySettings
) -> None:
    body = (await client.get("/api/progress", headers=headers(settings, new_person()))).json()

    assert body["items"] == []
    assert body["summary"]["totalItems"] == 0
    assert body["summary"]["avgProgress"] == 0
    assert body["summary"]["lastActivity"] is None


async def test_pages_hold_every_item_once_in_order(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person = new_person()
    # Pairs of one instant, so that a page may end between two that differ in their ids alone.
    items = {new_content(): watched(60 + number, at=NOON + number // 2 * MINUTE) for number in range(23)}
    world.hold(person, items)
    sent = headers(settings, person)
    whole = (await client.get("/api/progress?limit=500", headers=sent)).json()["items"]

    pages = [page async for page in _pages(client, "/api/progress?limit=4", sent)]

    assert [len(page["items"]) for page in pages] == [4, 4, 4, 4, 4, 3]
    assert [item for page in pages for item in page["items"]] == whole
    assert {page["summary"]["totalItems"] for page in pages} == {23}


async def _pages(client: httpx.AsyncClient, url: str, sent: dict[str, str]) -> Any:
    cursor: str | None = None
    while True:
        page = (await client.get(url + (f"&cursor={cursor}" if cursor else ""), headers=sent)).json()
        yield page
        cursor = page["nextCursor"]
        if cursor is None:
            return
