"""Dates of what is taken again: they count from the later attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.query_api.reports.asking import Asking
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]

TODAY = datetime.now(UTC).replace(microsecond=0)


def require(world: World, ours: Organisation, **columns: Any) -> None:
    """Set what is required of Dan, of "safety", and when his attempt at it began."""
    with psycopg.connect(world.database.admin_dsn) as connection:
        key = [ours.tenant, ours.person("dan").user_id, ours.item("safety")]
        where = "WHERE tenant_id = %s AND user_id = %s AND content_id = %s"
        connection.execute(
            f"UPDATE progress.user_progress SET attempt_at = %s {where}".encode(),
            [columns.pop("attempt_at"), *key],
        )
        for name, value in columns.items():
            connection.execute(
                f"UPDATE progress.requirements SET {name} = %s {where}".encode(), [value, *key]
            )


async def shown(ask: Asking, ours: Organisation) -> set[tuple[str | None, bool]]:
    """The date, and whether it is overdue, as each report has it."""
    dan, safety, red = ours.person("dan").user_id, ours.item("safety"), ours.team("Red")
    found = []
    for row in (await ask(f"/api/people/{dan}/assignments"))["items"]:
        found += [row] if row["contentId"] == safety else []
    for row in (await ask(f"/api/teams/{red}/matrix"))["items"]:
        found += [each for each in row["cells"] if row["userId"] == dan and each["contentId"] == safety]
    return {(each["dueAt"], each["overdue"]) for each in found}


@pytest.mark.parametrize(
    ("begun_days_ago", "due"),
    [
        (None, -20),  # 30 days from 50 days ago
        (10, 20),  # 30 days from the attempt
        (40, -10),
    ],
)
async def test_days_are_counted_from_the_later_attempt(
    ask: Asking, ours: Organisation, world: World, begun_days_ago: int | None, due: int
) -> None:
    begun = None if begun_days_ago is None else TODAY - timedelta(days=begun_days_ago)
    since = TODAY - timedelta(days=50)
    require(world, ours, attempt_at=begun, required_since=since, due_at=None, due_after_days=30)
    date = (TODAY + timedelta(days=due)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert await shown(ask, ours) == {(date, due < 0)}
    team = (await ask(f"/api/teams/{ours.team('Red')}/content?q=Safety"))["items"]
    assert team[0]["overdue"] == 2 + (due < 0), "and Bob, and Cleo"


async def test_an_attempt_that_began_after_the_date_is_not_overdue(
    ask: Asking, ours: Organisation, world: World
) -> None:
    due = TODAY - timedelta(days=3)
    require(world, ours, attempt_at=TODAY - timedelta(days=1), due_at=due)
    assert {overdue for _, overdue in await shown(ask, ours)} == {False}
    require(world, ours, attempt_at=TODAY - timedelta(days=4), due_at=due)
    assert {overdue for _, overdue in await shown(ask, ours)} == {True}
