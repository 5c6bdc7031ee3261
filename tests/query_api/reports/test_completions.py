"""Completions by year: of a person, and of the organisation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from playhead.progress import join
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World, fold, heartbeat, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@pytest.fixture
def years(world: World, ours: Organisation) -> Organisation:
    """Flo takes an item in 2023 and 2024, where a manager marks it, and another one at the end of 2024."""
    flo, mona = ours.person("flo"), ours.person("mona")
    begun, again, late = (
        int(datetime(*day, tzinfo=UTC).timestamp() * 1000)
        for day in ((2023, 3, 1), (2024, 3, 1), (2024, 12, 31, 23, 20))
    )
    acts = fold(
        heartbeat(flo, ours.item("extra"), again, event="attempt"),
        heartbeat(flo, ours.item("extra"), again + 60_000, event="complete", acting_user=mona.user_id),
    )
    taken_twice = join(watched(600, at=begun), acts)
    world.store(flo, {ours.item("extra"): taken_twice, ours.item("safety"): watched(600, at=late)})
    return ours


async def test_a_person_s_completions_of_a_year(ask: Asking, years: Organisation) -> None:
    flo, extra = years.person("flo"), years.item("extra")
    path = f"/api/people/{flo.user_id}/completions"

    found = await ask.rows(f"{path}?contentId={extra}&limit=1", flo)
    counted = await ask.rows(f"{path}/years", flo)

    first = {
        "contentId": extra,
        "title": "Extra lesson",
        "number": 1,
        "completedAt": "2023-03-01T00:10:00.000Z",
        "evidence": "watched",
        "markedBy": None,
        "markedByName": None,
    }
    marked = {"number": 2, "completedAt": "2024-03-01T00:01:00.000Z", "evidence": "manual"}
    marker = {"markedBy": years.person("mona").user_id, "markedByName": "Mona"}
    assert found == [first | marked | marker, first]
    assert {"year": 2023, "completions": 1} in counted
    assert {"year": 2024, "completions": 2} in counted
    assert [row["number"] for row in await ask.rows(f"{path}?year=2023", flo)] == [1]
    assert await ask.rows(f"{path}?year=2022", flo) == []


async def test_a_year_is_of_the_organisation_s_time_zone(
    ask: Asking, years: Organisation, world: World
) -> None:
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.organisation_settings (tenant_id, time_zone) VALUES (%s, 'Europe/Berlin')",
            [years.admin.tenant_id],
        )
    flo = years.person("flo")
    path = f"/api/people/{flo.user_id}/completions"

    counted = await ask.rows(f"{path}/years")

    assert [row for row in counted if row["year"] < 2026] == [
        {"year": 2025, "completions": 1},
        {"year": 2024, "completions": 1},
        {"year": 2023, "completions": 1},
    ]
    assert [row["contentId"] for row in await ask.rows(f"{path}?year=2025")] == [years.item("safety")]


@pytest.mark.usefixtures("years")
async def test_the_organisation_s_completions_by_month_and_year(ask: Asking) -> None:
    rows = await ask.rows("/api/org/completions?limit=2")
    months = await ask.rows("/api/org/completions/months")
    by_year = await ask.rows("/api/org/completions/years")

    assert sum(row["completions"] for row in months) == len(rows) == sum(_counts(by_year))
    assert {"month": "2024-03", "completions": 1} in months
    assert await ask.rows("/api/org/completions/months?year=2023") == [{"month": "2023-03", "completions": 1}]
    of_march = await ask.rows("/api/org/completions?year=2024&month=3")
    assert [(row["name"], row["title"], row["markedByName"]) for row in of_march] == [
        ("Flo", "Extra lesson", "Mona")
    ]
    assert [row["completedAt"] for row in rows] == sorted((row["completedAt"] for row in rows), reverse=True)
    refused = await ask.answer("/api/org/completions?month=3")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "month")


@pytest.mark.usefixtures("years")
async def test_a_file_has_the_rows_of_the_pages(ask: Asking) -> None:
    rows = await ask.rows("/api/org/completions?year=2024")
    lines = (await ask.answer("/api/org/completions?year=2024&format=csv")).text.splitlines()

    assert len(lines) == len(rows) + 1
    assert "Extra lesson" in lines[2]


def _counts(rows: list[dict[str, Any]]) -> list[int]:
    return [row["completions"] for row in rows]
