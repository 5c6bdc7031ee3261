"""The organisation in numbers equals what GROUP BY says of the rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from playhead.progress import TenantId
from playhead.settings import QuerySettings
from query_api.errors import InvalidRequestError
from query_api.reports.organisation import DAYS, MAX_DAYS, Window, window
from tests.query_api.reports.org_rows import asked, uneven, watch_ms
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World, headers, new_person, now_ms

pytestmark = [pytest.mark.services, pytest.mark.anyio]

ROWS = """
    SELECT
        (SELECT count(*) FROM progress.people WHERE tenant_id = %(tenant)s) AS people,
        count(DISTINCT user_id) FILTER (WHERE status <> 'not_started') AS "peopleWithProgress",
        count(DISTINCT user_id) FILTER (WHERE last_viewed_at >= now() - interval '168 hours')
            AS "active7Days",
        count(DISTINCT user_id) FILTER (WHERE last_viewed_at >= now() - interval '720 hours')
            AS "active30Days",
        0 AS former,
        (SELECT round(avg(progress)::numeric, 2)::float8 FROM (
            SELECT avg(coalesce(p.progress_percentage, 0)) AS progress
            FROM progress.requirements AS q
            LEFT JOIN progress.user_progress AS p USING (tenant_id, user_id, content_id)
            WHERE q.tenant_id = %(tenant)s GROUP BY q.user_id
        ) AS people) AS progress,
        NULL AS "asOf",
        'UTC' AS "timeZone",
        count(*) FILTER (WHERE status <> 'not_started') AS started,
        count(*) FILTER (WHERE status = 'completed') AS "completedOfStarted",
        round(
            100.0 * count(*) FILTER (WHERE status = 'completed')
            / count(*) FILTER (WHERE status <> 'not_started'), 2
        )::float8
            AS "completionRateOfStarted",
        round(avg(progress_percentage) FILTER (WHERE status <> 'not_started'), 2)::float8
            AS "progressOfStarted"
    FROM progress.user_progress WHERE tenant_id = %(tenant)s
"""
BY_DAY = """
    SELECT
        day,
        ARRAY(SELECT DISTINCT user_id::text FROM progress.sessions
         WHERE tenant_id = %(tenant)s AND (started_at AT TIME ZONE 'UTC')::date = day) AS people,
        (SELECT count(*) FROM progress.sessions
         WHERE tenant_id = %(tenant)s AND (started_at AT TIME ZONE 'UTC')::date = day) AS sessions,
        (SELECT count(*) FROM progress.user_progress
         WHERE tenant_id = %(tenant)s AND (started_at AT TIME ZONE 'UTC')::date = day) AS started,
        (SELECT count(*) FROM progress.user_progress
         WHERE tenant_id = %(tenant)s AND (completed_at AT TIME ZONE 'UTC')::date = day) AS completed
    FROM (SELECT generate_series(%(from)s::timestamp, %(to)s::timestamp, '1 day')::date AS day) AS days
    ORDER BY day
"""
TODAY = datetime.now(UTC).date()


async def get(client: httpx.AsyncClient, settings: QuerySettings, made: Organisation, path: str) -> Any:
    answer = await client.get(path, headers=headers(settings, made.admin, ("admin",)))
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_day(world: World, tenant: TenantId, first: date, last: date) -> list[dict[str, Any]]:
    rows = asked(world, BY_DAY, tenant=tenant, **{"from": first, "to": last})
    spent = watch_ms(world, tenant)
    return [
        row
        | {
            "day": row["day"].isoformat(),
            "people": len({*row["people"], *(person for person, day in spent if day == row["day"])}),
            "watchTimeSeconds": sum(spent[each] for each in spent if each[1] == row["day"]) / 1000,
        }
        for row in rows
    ]


async def test_every_figure_is_what_the_rows_amount_to(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    made = Organisation("crowd", now_ms())
    uneven(world, made.tenant, people=60, items=12)
    uneven_other = Organisation("other", now_ms())
    uneven(world, uneven_other.tenant, people=20, items=12)

    body = await get(client, settings, made, "/api/org/progress")

    days = body.pop("days")
    hours = round(watch_ms(world, made.tenant).total() / 3_600_000, 2)
    assert [body] == [row | {"watchHours": hours} for row in asked(world, ROWS, tenant=made.tenant)]
    assert 0 < body["active7Days"] < body["active30Days"] <= body["peopleWithProgress"]
    assert len(days) == DAYS
    assert days == by_day(world, made.tenant, TODAY - timedelta(days=DAYS - 1), TODAY)
    assert any(day["completed"] for day in days)


async def test_the_trend_is_a_report_of_its_own(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    made = Organisation("crowd", now_ms())
    uneven(world, made.tenant, people=30, items=8)
    first, last = TODAY - timedelta(days=69), TODAY + timedelta(days=3)
    span = f"from={first}&to={last}"

    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await get(
            client, settings, made, f"/api/org/days?{span}&sort=-watchTimeSeconds&limit=20{cursor}"
        )
        found += page["items"]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"

    expected = by_day(world, made.tenant, first, last)
    expected.sort(key=lambda row: (row["watchTimeSeconds"], row["day"]), reverse=True)
    assert found == expected
    assert len(found) == 73
    assert found[-1]["sessions"] == 0
    whole = await get(client, settings, made, f"/api/org/progress?{span}")
    assert whole["days"] == by_day(world, made.tenant, first, last)


async def test_an_organisation_without_anything_is_all_zeros(
    client: httpx.AsyncClient, settings: QuerySettings
) -> None:
    made = Organisation("nobody", now_ms())

    body = await get(client, settings, made, "/api/org/progress?from=2026-11-20&to=2026-11-21")

    assert body == {
        "people": 0,
        "peopleWithProgress": 0,
        "active7Days": 0,
        "active30Days": 0,
        "former": 0,
        "progress": None,
        "asOf": None,
        "started": 0,
        "completedOfStarted": 0,
        "completionRateOfStarted": None,
        "progressOfStarted": None,
        "watchHours": 0.0,
        "timeZone": "UTC",
        "days": [
            {"day": day, "people": 0, "sessions": 0, "watchTimeSeconds": 0.0, "started": 0, "completed": 0}
            for day in ("2026-11-20", "2026-11-21")
        ],
    }


@pytest.mark.parametrize("path", ["/api/org/progress", "/api/org/days"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("from=0", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-11-22&to=2026-11-21", "to"),
        ("from=2025-10-18&to=2026-11-22", "from"),
        ("from=0001-01-01", "from"),
    ],
)
async def test_days_that_cannot_be_shown(
    client: httpx.AsyncClient, settings: QuerySettings, path: str, query: str, field: str
) -> None:
    answer = await client.get(f"{path}?{query}", headers=headers(settings, new_person(), ("admin",)))

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_longest_time_and_the_ends_of_the_calendar(
    client: httpx.AsyncClient, settings: QuerySettings
) -> None:
    made = Organisation("nobody", now_ms())
    for query, days in (
        ("from=2025-10-19&to=2026-11-22", MAX_DAYS),
        ("to=0001-01-05", 5),
        ("from=9999-12-31&to=9999-12-31", 1),
    ):
        body = await get(client, settings, made, f"/api/org/progress?{query}")
        assert len(body["days"]) == days


def test_the_window_by_default() -> None:
    assert window(None, None, TODAY) == Window(TODAY - timedelta(days=DAYS - 1), TODAY)
    assert window(None, TODAY, TODAY + timedelta(days=9)).days == DAYS
    with pytest.raises(InvalidRequestError):
        window(TODAY, None, TODAY - timedelta(days=1))
