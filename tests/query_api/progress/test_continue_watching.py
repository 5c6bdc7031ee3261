from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from playhead.progress import ContentId, Intervals, Progress, SessionId, join
from playhead.settings import QuerySettings
from query_api.access import Person
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

LIST = "/api/progress/continue-watching"


class Learner:
    """Somebody at a browser."""

    def __init__(self, client: httpx.AsyncClient, world: World, settings: QuerySettings) -> None:
        self.person = new_person()
        self._client = client
        self._world = world
        self._sent = headers(settings, self.person)

    def has(self, items: dict[ContentId, Progress]) -> None:
        self._world.hold(self.person, items)

    async def sees(self) -> list[str]:
        return [item["contentId"] for item in (await self.page())["items"]]

    async def page(self, query: str = "") -> Any:
        answer = await self._client.get(LIST + query, headers=self._sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(self, content: ContentId, body: object) -> httpx.Response:
        return await self._client.put(f"/api/progress/{content}/dismissal", headers=self._sent, json=body)

    async def progress(self, content: ContentId) -> Any:
        return (await self._client.get(f"/api/progress/{content}", headers=self._sent)).json()


@pytest.fixture
def learner(client: httpx.AsyncClient, world: World, settings: QuerySettings) -> Learner:
    return Learner(client, world, settings)


def read(pages: int, *, at: int = NOON) -> Progress:
    return fold(
        heartbeat(
            new_person(),
            new_content(),
            at,
            kind="document",
            pages_viewed=Intervals.of([(1, pages + 1)]),
            page_count=10,
        )
    )


async def test_in_progress_and_worth_resuming_latest_first(learner: Learner) -> None:
    old, new, document = new_content(), new_content(), new_content()
    learner.has(
        {
            old: watched(300, at=NOON),
            new: watched(300, at=NOON + 60 * MINUTE),
            document: read(3, at=NOON + 30 * MINUTE),
            new_content(): watched(600),  # completed
            new_content(): read(10),  # read to its end
            new_content(): watched(3),  # barely begun
        }
    )

    assert await learner.sees() == [new, document, old]


async def test_one_threshold_completes_and_takes_off_the_list(learner: Learner) -> None:
    nearly, done = new_content(), new_content()
    learner.has({nearly: watched(539), done: watched(540)})

    assert await learner.sees() == [nearly]
    assert (await learner.progress(done))["status"] == "completed"


async def test_dismissing_and_taking_it_back_leave_progress_alone(learner: Learner) -> None:
    content = new_content()
    learner.has({content: watched(300)})
    before = await learner.progress(content)

    dismissed = await learner.put(content, {"dismissed": True})
    assert dismissed.status_code == 200
    assert dismissed.json()["dismissed"] is True
    assert dismissed.json()["dismissedAt"] is not None
    assert await learner.sees() == []
    assert await learner.progress(content) == before

    restored = await learner.put(content, {"dismissed": False})
    assert restored.json() == {"contentId": content, "dismissed": False, "dismissedAt": None}
    assert await learner.sees() == [content]


async def test_dismissing_twice_and_taking_back_nothing_are_no_errors(learner: Learner) -> None:
    content = new_content()
    learner.has({content: watched(300)})

    assert (await learner.put(content, {"dismissed": False})).status_code == 200
    assert (await learner.put(content, {"dismissed": True})).status_code == 200
    assert (await learner.put(content, {"dismissed": True})).status_code == 200
    assert await learner.sees() == []


async def test_it_returns_when_it_is_played_later(learner: Learner) -> None:
    content = new_content()
    before = watched(300)
    learner.has({content: before})
    await learner.put(content, {"dismissed": True})

    learner.has({content: join(before, watched(320, at=now_ms()))})

    assert await learner.sees() == [content]


async def test_a_tab_that_is_merely_open_does_not_bring_it_back(learner: Learner) -> None:
    content = new_content()
    before = watched(300)
    learner.has({content: before})
    await learner.put(content, {"dismissed": True})
    opened = heartbeat(
        learner.person,
        content,
        now_ms() + MINUTE,
        session_id=SessionId(str(uuid4())),
        watched=Intervals(),
        watch_ms=0,
        position_ms=0,
    )

    learner.has({content: join(before, fold(opened))})

    assert await learner.sees() == []


async def test_a_players_clock_that_runs_ahead_does_not_undo_the_dismissal(learner: Learner) -> None:
    content = new_content()
    learner.has({content: watched(300, at=now_ms() - 300_000 + 4_000)})

    dismissed = await learner.put(content, {"dismissed": True})

    assert dismissed.status_code == 200
    assert await learner.sees() == []


async def test_an_item_never_opened_cannot_be_dismissed(learner: Learner) -> None:
    answer = await learner.put(new_content(), {"dismissed": True})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "dismissed"),
        ({"dismissed": "yes"}, "dismissed"),
        ({"dismissed": 1}, "dismissed"),
        ({"dismissed": None}, "dismissed"),
        ({"dismissed": True, "until": "tomorrow"}, "until"),
    ],
)
async def test_a_bad_body_is_a_problem_that_names_the_field(
    learner: Learner, body: object, field: str
) -> None:
    answer = await learner.put(new_content(), body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_large_body_is_refused(learner: Learner) -> None:
    answer = await learner.put(new_content(), {"dismissed": True, "padding": "x" * 10_000})

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_one_persons_dismissal_is_not_anothers(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    content = new_content()
    me, colleague = (Learner(client, world, settings) for _ in range(2))
    colleague.person = Person(me.person.tenant_id, colleague.person.user_id)
    namesake = Person(new_person().tenant_id, me.person.user_id)
    for person in (me.person, colleague.person, namesake):
        world.hold(person, {content: watched(300)})

    await me.put(content, {"dismissed": True})

    for person in (colleague.person, namesake):
        seen = (await client.get(LIST, headers=headers(settings, person))).json()
        assert [item["contentId"] for item in seen["items"]] == [content]


async def test_pages_hold_every_item_once(learner: Learner) -> None:
    items = {new_content(): watched(300, at=NOON + number * MINUTE) for number in range(7)}
    learner.has(items)

    first = await learner.page("?limit=4")
    second = await learner.page(f"?limit=4&cursor={first['nextCursor']}")

    assert [item["contentId"] for page in (first, second) for item in page["items"]] == list(items)[::-1]
    assert second["nextCursor"] is None
    assert first["dismissalsApplied"] is True


async def test_archived_items_are_not_among_them_until_they_are_archived_no_longer(
    learner: Learner, world: World
) -> None:
    films = [new_content() for _ in range(8)]
    other = new_content()
    learner.has({content: watched(300, at=NOON + n * MINUTE) for n, content in enumerate([*films, other])})
    assert len(await learner.sees()) == 9

    for content in films:
        world.catalogue(learner.person.tenant_id, content, archived=True)
    world.catalogue(new_person().tenant_id, other, archived=True)  # another tenant's item of the same id
    assert await learner.sees() == [other]
    assert (await learner.progress(films[0]))["status"] == "in_progress"

    world.catalogue(learner.person.tenant_id, films[0], archived=False)
    assert await learner.sees() == [other, films[0]]
