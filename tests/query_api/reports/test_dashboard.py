"""A person's dashboard: what is required of them, beside what they have done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from query_api.app import create_app
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.counters import recount
from tests.query_api.reports.organisation import Organisation, progress_of
from tests.query_api.world import World, headers, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]

DIRECTORY = (
    "directoryAvailable",
    "overallPercentage",
    "notStartedItems",
    "requiredItems",
    "requiredCompletedItems",
    "overdueItems",
)
UNKNOWN: dict[str, Any] = dict.fromkeys(DIRECTORY[1:]) | {"directoryAvailable": False, "notStartedItems": 0}
"""Without a directory."""


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        # overall, not started, required, completed of those, overdue
        ("ada", (100.0, 0, 2, 2, 0)),  # 10 for what no catalogue has is optional
        ("bob", (16.67, 2, 3, 0, 2)),  # 50, 0 and 0; the handbook has no date
        ("cleo", (0.0, 2, 2, 0, 2)),
        ("dan", (60.0, 0, 2, 1, 1)),  # safety is overdue by one team, and not yet by the other
        ("flo", (20.0, 0, 1, 0, 1)),
        ("gus", (75.0, 0, 1, 0, 1)),
    ],
)
async def test_what_is_required(
    ask: Asking, ours: Organisation, who: str, expected: tuple[float, ...]
) -> None:
    assert await directory_part(ask, ours, who) == dict(zip(DIRECTORY, (True, *expected), strict=True))


async def test_what_redis_knows_first_counts_at_once(ask: Asking, world: World, ours: Organisation) -> None:
    dan = ours.person("dan")
    held = progress_of(ours)[dan] | {ours.item("safety"): watched(300, of=300)}
    world.hold(dan, held)
    world.hold(ours.person("cleo"), {ours.item("safety"): watched(30, of=300)})

    finished, begun = await directory_part(ask, ours, "dan"), await directory_part(ask, ours, "cleo")

    assert (finished["requiredCompletedItems"], finished["overdueItems"]) == (2, 0)
    assert (finished["overallPercentage"], finished["notStartedItems"]) == (100.0, 0)
    assert (begun["overallPercentage"], begun["notStartedItems"]) == (5.0, 1)


@pytest.mark.usefixtures("theirs")
async def test_the_directory_is_the_tenants_own(ask: Asking, ours: Organisation) -> None:
    found = await directory_part(ask, ours, "nobody")

    assert (found["requiredItems"], found["notStartedItems"]) == (0, 0)


async def test_without_postgres_the_rest_is_there(world: World, ours: Organisation) -> None:
    ada = ours.person("ada")
    world.hold(ada, progress_of(ours)[ada])
    settings = world.settings(postgres_reader_dsn="postgresql://playhead_reader@127.0.0.1:9/nowhere")
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        LifespanManager(app, startup_timeout=30, shutdown_timeout=30),
        httpx.AsyncClient(transport=transport, base_url="http://q") as client,
    ):
        answers = [await client.get("/api/progress", headers=headers(settings, ada)) for _ in range(4)]

        reports = [
            await client.get(path, headers=headers(settings, ours.admin, ("admin",)))
            for path in ("/api/teams", "/api/people", f"/api/progress?userId={ada.user_id}")
        ]

    for report in reports:
        assert report.status_code == 503
        assert report.headers["retry-after"]
    for answer in answers:
        assert answer.status_code == 200
        summary = answer.json()["summary"]
        assert (summary["totalItems"], summary["completedItems"]) == (3, 2)
        assert {name: summary[name] for name in DIRECTORY} == UNKNOWN


async def test_a_new_due_date_is_seen(ask: Asking, world: World, ours: Organisation) -> None:
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute("UPDATE progress.assignments SET due_at = now() + interval '1 day'")
    recount(world)

    assert (await directory_part(ask, ours, "bob"))["overdueItems"] == 0


async def directory_part(ask: Asking, ours: Organisation, who: str) -> Mapping[str, Any]:
    summary = (await ask("/api/progress", ours.person(who), "learner"))["summary"]
    return {name: summary[name] for name in DIRECTORY}
