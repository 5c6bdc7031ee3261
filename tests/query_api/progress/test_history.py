from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from playhead.progress import Intervals, SessionId, join
from playhead.settings import QuerySettings
from query_api.cursors import SortKey, write
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

LIST = "/api/progress/history"


async def test_sessions_newest_first(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content, session = new_person(), new_content(), str(uuid4())
    visit = fold(heartbeat(person, content, NOON + 90 * MINUTE, watch_ms=8_000))
    world.store(person, {content: join(watched(300, rate=2.0, session=session), visit)})

    body = (await client.get(LIST, headers=headers(settings, person))).json()

    assert body == {
        "items": [
            {
                "kind": "session",
                "contentId": content,
                "sessionId": None,
                "startedAt": "2025-11-22T09:56:40.000Z",
                "lastAt": "2025-11-22T09:56:40.000Z",
                "watchedSegments": [],
                "watchTimeSeconds": 8,
                "contentTimeSeconds": 0,
                "actedBy": None,
                "actedByName": None,
                "importedPercentage": None,
            },
            {
                "kind": "session",
                "contentId": content,
                "sessionId": session,
                "startedAt": "2025-11-22T08:26:40.000Z",
                "lastAt": "2025-11-22T08:29:10.000Z",
                "watchedSegments": [[0, 300]],
                "watchTimeSeconds": 150,
                "contentTimeSeconds": 300,
                "actedBy": None,
                "actedByName": None,
                "importedPercentage": None,
            },
        ],
        "nextCursor": None,
    }


async def test_what_cannot_have_been_played_is_not_shown_as_watched(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    forged = heartbeat(
        person,
        content,
        NOON,
        session_id=SessionId(str(uuid4())),
        watched=Intervals.of([(0, 3_600_000)]),
        watch_ms=540_000_000,
    )
    world.store(person, {content: fold(forged)})

    entry = (await client.get(LIST, headers=headers(settings, person))).json()["items"][0]

    assert entry["watchedSegments"] == [[0, 20]]
    assert entry["watchTimeSeconds"] == entry["contentTimeSeconds"] == 20


async def test_pages_hold_every_session_once(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person = new_person()
    # Several begin in one instant, so that pages end between them.
    items = {new_content(): watched(10, at=NOON + number // 3 * MINUTE) for number in range(11)}
    world.store(person, items)
    sent = headers(settings, person)
    whole = (await client.get(f"{LIST}?limit=100", headers=sent)).json()["items"]

    paged, cursor = [], ""
    while True:
        page = (await client.get(f"{LIST}?limit=2{cursor}", headers=sent)).json()
        paged += page["items"]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"

    assert len(whole) == 11
    assert paged == whole
    assert [entry["startedAt"] for entry in whole] == sorted(
        (entry["startedAt"] for entry in whole), reverse=True
    )


async def test_filters(client: httpx.AsyncClient, world: World, settings: QuerySettings) -> None:
    person, first, second = new_person(), new_content(), new_content()
    world.store(person, {first: watched(10, at=NOON), second: watched(10, at=NOON + 60 * MINUTE)})
    sent = headers(settings, person)

    async def found(query: str) -> list[str]:
        answer = await client.get(f"{LIST}?{query}", headers=sent)
        return [entry["contentId"] for entry in answer.json()["items"]]

    assert await found(f"contentId={first}") == [first]
    assert await found("from=2025-11-22T09:26:40Z") == [second]
    assert await found("from=2025-11-22T09:26:40.001Z") == []
    assert await found("to=2025-11-22T09:26:40Z") == [first]
    assert await found("from=2025-11-22T10:26:40%2B02:00&to=2026-01-01T00:00:00Z") == [second, first]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("from=0", "from"),
        ("from=2025-11-22T09:26:40", "from"),
        ("to=2025-13-22T09:26:40Z", "to"),
        ("from=2025-11-22T09:00:00Z&to=2025-11-22T09:00:00Z", "to"),
        ("contentId=one", "contentId"),
        (f"cursor={write('items', SortKey(1, 'a'))}", "cursor"),
        (f"cursor={write('history', SortKey(1, 'not-a-uuid ~1'))}", "cursor"),
        (f"cursor={write('history', SortKey(2**60, str(uuid4())))}", "cursor"),
        (f"cursor={write('history', SortKey(1, chr(0)))}", "cursor"),
        (f"cursor={'A' * 600}", "cursor"),
    ],
)
async def test_a_bad_parameter_is_a_problem_that_names_it(
    client: httpx.AsyncClient, settings: QuerySettings, query: str, field: str
) -> None:
    answer = await client.get(f"{LIST}?{query}", headers=headers(settings, new_person()))

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_times_at_the_ends_of_the_calendar(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    query = "from=0001-01-01T00:00:00%2B14:00&to=9999-12-31T23:59:59-12:00"

    answer = await client.get(f"{LIST}?{query}", headers=headers(settings, new_person()))

    assert answer.status_code == 200, answer.text


async def test_marks_and_attempts_are_among_the_sessions_and_page_with_them(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content, manager = new_person(), new_content(), new_person()
    acts = fold(
        heartbeat(person, content, NOON + 20 * MINUTE, event="attempt"),
        heartbeat(person, content, NOON + 30 * MINUTE, event="complete", acting_user=manager.user_id),
        heartbeat(person, content, NOON + 31 * MINUTE, event="complete"),
        heartbeat(person, content, NOON + 40 * MINUTE, event="reopen"),
    )
    progress = join(join(watched(600), acts), watched(60, at=NOON + 25 * MINUTE))
    world.store(person, {content: progress})

    whole = (await client.get(LIST, headers=headers(settings, person))).json()["items"]
    found, cursor = [], ""
    while cursor is not None:
        page = (await client.get(f"{LIST}?limit=1{cursor}", headers=headers(settings, person))).json()
        found += page["items"]
        cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"

    assert found == whole
    kinds = [entry["kind"] for entry in whole]
    assert kinds == ["mark_removed", "mark", "session", "attempt", "session"]
    assert [entry["actedBy"] for entry in whole] == [None, manager.user_id, None, None, None]
    assert whole[1]["startedAt"] == whole[1]["lastAt"] == "2025-11-22T08:56:40.000Z"
    assert whole[1]["watchTimeSeconds"] == 0
    item = await client.get(f"/api/progress/{content}", headers=headers(settings, person))
    assert item.json()["totalSessions"] == 2


async def test_the_name_of_who_marked_is_shown(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, content = new_person(), new_content()
    manager = new_person(person.tenant_id)
    world.name(manager, "Grace Hopper")
    mark = heartbeat(person, content, NOON, event="complete", acting_user=manager.user_id)
    world.store(person, {content: fold(mark)})

    entry = (await client.get(LIST, headers=headers(settings, person))).json()["items"][0]

    assert (entry["kind"], entry["actedByName"]) == ("mark", "Grace Hopper")
