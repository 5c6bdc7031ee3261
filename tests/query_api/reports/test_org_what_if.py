"""What another threshold would make of an item is what the kernel makes of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from playhead.progress import ContentId, Instant, Policy, Progress, apply, join, summarize
from playhead.progress.policy import Override
from playhead.settings import QuerySettings
from tests.query_api.world import MINUTE, NOON, World, headers, heartbeat, new_content, new_person, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]

ADMIN = new_person()


@dataclass(frozen=True)
class Asking:
    """The route, for one item."""

    client: httpx.AsyncClient
    settings: QuerySettings
    content: ContentId

    async def __call__(self, threshold: object) -> httpx.Response:
        path = f"/api/org/content/{self.content}/what-if?threshold={threshold}"
        return await self.client.get(path, headers=headers(self.settings, ADMIN, ("admin",)))


@pytest.fixture
def asking(client: httpx.AsyncClient, settings: QuerySettings) -> Asking:
    return Asking(client, settings, new_content())


def progresses() -> list[Progress]:
    """Of all sorts: watched, claimed, marked, reopened."""
    chance = random.Random(4)
    found = [watched(chance.choice([0, *range(1, 601)])) for _ in range(60)]
    found += [watched(seconds) for seconds in (300, 419, 420, 421, 539, 540, 541, 600)]
    person, content = new_person(ADMIN.tenant_id), new_content()
    for claimed in (0, 49.9, 50, 70, 89.96, 90, 100):
        claim = heartbeat(person, content, NOON, reported_percentage=claimed)
        found.append(join(watched(chance.randrange(1, 600)), apply(Progress(), claim, Policy())))
    for progress in (*found[:3], watched(600), watched(590)):
        marked = apply(progress, heartbeat(person, content, NOON + 90 * MINUTE, event="complete"), Policy())
        reopened = apply(progress, heartbeat(person, content, NOON + 90 * MINUTE, event="reopen"), Policy())
        found += [marked, reopened]
    return found


@pytest.mark.parametrize("threshold", [0.001, 0.5, 0.7, 0.702, 0.9, 0.901, 1])
async def test_it_counts_what_the_kernel_would_complete(
    world: World, asking: Asking, threshold: float
) -> None:
    stored = progresses()
    for progress in stored:
        world.store(new_person(ADMIN.tenant_id), {asking.content: progress})
        world.store(new_person(), {asking.content: progress})

    body: dict[str, Any] = (await asking(threshold)).json()

    under = Policy().under(Override(threshold=threshold))
    after = [summarize(progress, under).status == "completed" for progress in stored]
    now = [summarize(progress, Policy()).status == "completed" for progress in stored]
    assert body.pop("meeting") <= body["completedAfter"]
    assert body == {
        "threshold": threshold,
        "currentThreshold": 0.9,
        "started": len(stored),
        "completedOfStarted": sum(now),
        "completedAfter": sum(after),
    }
    if threshold == 1:
        assert sum(after) == sum(now)  # raising it revokes nothing


async def test_the_catalogues_own_threshold_is_the_current_one(world: World, asking: Asking) -> None:
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.content_items (tenant_id, content_id, title, type, threshold) "
            "VALUES (%s, %s, 'Item', 'video', 0.75)",
            [ADMIN.tenant_id, asking.content],
        )

    body = (await asking("0.5")).json()

    assert body == {
        "threshold": 0.5,
        "currentThreshold": 0.75,
        "started": 0,
        "completedOfStarted": 0,
        "meeting": 0,
        "completedAfter": 0,
    }


async def test_a_completion_that_nobody_noted_is_not_kept(world: World, asking: Asking) -> None:
    """One that a lower threshold made of what was watched before goes again with that threshold."""
    lower = Policy(threshold=0.5)
    seen = watched(330)
    assert seen.completions == ()
    assert summarize(seen, lower).status == "completed"
    noted = apply(seen, heartbeat(new_person(), asking.content, NOON + 400_000, watch_ms=1), lower)
    assert [each.at for each in noted.completions] == [Instant(NOON + 400_000)]
    for progress in (seen, noted):
        world.store(new_person(ADMIN.tenant_id), {asking.content: progress})
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute("UPDATE progress.user_progress SET status = 'completed'")

    body = (await asking("0.9")).json()

    assert (body["completedOfStarted"], body["meeting"], body["completedAfter"]) == (2, 0, 1)


@pytest.mark.parametrize(
    "threshold", ["0", "-0.5", "1.001", "0.5001", "0.0004", "nan", "inf", "", "half", "1e-9"]
)
async def test_a_threshold_that_is_none(asking: Asking, threshold: str) -> None:
    answer = await asking(threshold)

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ["threshold"]


async def test_an_item_that_is_not_there(asking: Asking) -> None:
    answer = await asking("0.5")

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "contentId"
