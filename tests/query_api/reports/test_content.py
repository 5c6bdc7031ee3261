"""The items of an organisation in numbers equal what GROUP BY says of the rows."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from playhead.settings import QuerySettings
from query_api.reports.content import CONTENT
from query_api.reports.query import page_query
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.counters import refresh
from tests.query_api.reports.crowd import crowd_id
from tests.query_api.reports.org_rows import asked, uneven
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World, headers, new_content, now_ms

pytestmark = [pytest.mark.services, pytest.mark.anyio]

ROWS = """
    SELECT
        content_id::text AS "contentId", c.title, c.type, coalesce(c.archived, false) AS archived,
        count(required) AS assigned,
        count(*) FILTER (WHERE required IS NOT NULL AND status = 'completed') AS "completedOfAssigned",
        100.0 * count(*) FILTER (WHERE required IS NOT NULL AND status = 'completed')
            / nullif(count(required), 0) AS "completionRateOfAssigned",
        count(required) FILTER (WHERE NOT begun) AS "notStarted",
        count(*) FILTER (WHERE present AND begun) AS started,
        count(*) FILTER (WHERE present AND status = 'completed') AS "completedOfStarted",
        100.0 * count(*) FILTER (WHERE present AND status = 'completed')
            / nullif(count(*) FILTER (WHERE present AND begun), 0) AS "completionRateOfStarted",
        avg(progress_percentage) FILTER (WHERE present AND begun) AS "progressOfStarted",
        avg(coverage) FILTER (WHERE present AND begun) / 10 AS "coverageOfStarted",
        count(*) FILTER (WHERE NOT present AND begun) AS former,
        percentile_disc(0.5) WITHIN GROUP (
            ORDER BY (extract(epoch FROM greatest(completed_at - started_at, '0')) * 1000)::bigint
        ) FILTER (WHERE completed_at IS NOT NULL AND started_at IS NOT NULL) / 1000.0
            AS "medianTimeToCompleteSeconds",
        coalesce(sum(wall_ms), 0) / 1000 AS "watchTimeSeconds"
    FROM (SELECT * FROM progress.content_items WHERE tenant_id = %(tenant)s) AS c
    FULL JOIN (
        SELECT
            status, coalesce(status <> 'not_started', false) AS begun,
            progress_percentage, coverage, started_at, completed_at, wall_ms,
            content_id, q.user_id AS required, user_id NOT IN (
            SELECT user_id FROM progress.former_people WHERE tenant_id = %(tenant)s
        ) AS present
        FROM (SELECT * FROM progress.user_progress WHERE tenant_id = %(tenant)s) AS p
        FULL JOIN (SELECT * FROM progress.requirements WHERE tenant_id = %(tenant)s) AS q
            USING (user_id, content_id)
    ) AS p USING (content_id)
    GROUP BY content_id, c.title, c.type, c.archived
"""
_TAKE = """
    WITH numbered AS (SELECT id, row_number() OVER (ORDER BY user_id) AS n FROM progress.user_progress)
    UPDATE progress.user_progress AS p SET
        started_at = now(),
        completed_at = CASE WHEN n <= {count} THEN now() + {spread} * interval '1 millisecond' END
    FROM numbered WHERE p.id = numbered.id;
    TRUNCATE progress.content_times;
    INSERT INTO progress.content_times
    SELECT tenant_id, content_id, progress.took_bucket(took_ms), 0, count(*)
    FROM progress.user_progress WHERE took_ms IS NOT NULL GROUP BY 1, 2, 3
"""
"""So many complete the item, each in a time of its own: below the first bucket, and beyond the last."""


@pytest.fixture
def made(world: World) -> Organisation:
    """A crowd, with an unopened item, one outside the catalogue, and one that is archived."""
    made = Organisation("crowd", now_ms())
    uneven(world, made.tenant, people=61, items=9)
    other = Organisation("other", now_ms())
    uneven(world, other.tenant, people=11, items=9)
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.content_items (tenant_id, content_id, title, type) VALUES (%s, %s, %s, %s)",
            [made.tenant, new_content(), "Unopened 100%_\\", "document"],
        )
        items = [crowd_id(made.tenant, "item", number) for number in range(2)]
        connection.execute("DELETE FROM progress.content_items WHERE content_id = %s", [items[0]])
        connection.execute(
            "UPDATE progress.content_items SET archived = true WHERE content_id = %s", [items[1]]
        )
        connection.execute(
            "DELETE FROM progress.people WHERE tenant_id = %s AND user_id IN (SELECT user_id FROM"
            " progress.user_progress WHERE tenant_id = %s ORDER BY user_id LIMIT 7)",
            [made.tenant, made.tenant],
        )
    refresh(world)
    return made


@pytest.fixture
def ask_crowd(client: httpx.AsyncClient, settings: QuerySettings, made: Organisation) -> Asking:
    return Asking(client, settings, made)


def rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | bool | None) else round(float(value), 2)
        for name, value in row.items()
    }


def expected(world: World, made: Organisation) -> list[dict[str, Any]]:
    return [rounded(row) for row in asked(world, ROWS, tenant=made.tenant)]


async def test_every_figure_is_what_the_rows_amount_to(
    world: World, ask_crowd: Asking, made: Organisation
) -> None:
    body = await ask_crowd("/api/org/content?sort=contentId")

    rows = sorted(expected(world, made), key=lambda row: row["contentId"])
    assert [rounded(row) for row in body["items"]] == rows
    assert len(rows) == 10
    assert sum(row["medianTimeToCompleteSeconds"] is not None for row in rows) == 9
    exact = {
        row["contentId"]: row["medianTimeToCompleteSeconds"] for row in asked(world, ROWS, tenant=made.tenant)
    }
    for row in body["items"]:
        median = exact[row["contentId"]]
        assert row["medianTimeToCompleteSeconds"] == (None if median is None else float(median))


async def test_the_median_of_few(client: httpx.AsyncClient, world: World, settings: QuerySettings) -> None:
    made = Organisation("few", now_ms())
    uneven(world, made.tenant, people=5, items=1)
    ask_few = Asking(client, settings, made)
    for count in range(6):
        for spread in ("0", "n", "1000 * n", "power(10, n)", "power(10, 3 * n)"):
            with psycopg.connect(world.database.admin_dsn) as connection:
                for statement in _TAKE.format(spread=spread, count=count).split(";"):
                    connection.execute(statement.encode())

            (row,) = (await ask_few("/api/org/content"))["items"]

            (exact,) = asked(world, ROWS, tenant=made.tenant)
            median = exact["medianTimeToCompleteSeconds"]
            assert row["medianTimeToCompleteSeconds"] == (None if median is None else float(median))
            assert (median is None) == (count == 0)


async def test_pages_in_every_order_hold_every_item_once(ask_crowd: Asking) -> None:
    for name in (column.name for column in CONTENT.columns if column.sortable):
        for sort in (name, f"-{name}"):
            found = await ask_crowd.rows(f"/api/org/content?sort={sort}&limit=3")
            assert len(found) == len({row["contentId"] for row in found}) == 10
            values = [row[name] for row in found if row[name] is not None]
            assert values == sorted(values, reverse=sort.startswith("-"))
            nulls = [row[name] is None for row in found]
            assert nulls == sorted(nulls, reverse=not sort.startswith("-"))


async def test_filters(world: World, ask_crowd: Asking, made: Organisation) -> None:
    rows = expected(world, made)

    async def found(query: str) -> list[str]:
        page = await ask_crowd(f"/api/org/content?sort=contentId&{query}")
        return [row["contentId"] for row in page["items"]]

    def those(wanted: Any) -> list[str]:
        chosen = sorted(row["contentId"] for row in rows if wanted(row))
        assert chosen
        return chosen

    assert await found("q=OPENED 100%25_%5C") == those(lambda row: row["type"] == "document")
    assert await found("q=%25") == await found("q=unopened")
    assert await found("type=video") == those(lambda row: row["type"] == "video")
    assert await found("archived=true") == those(lambda row: row["archived"])
    assert await found("archived=false") == those(lambda row: not row["archived"])
    least = sorted(row["started"] for row in rows)[5]
    assert await found(f"minStarted={round(least)}") == those(lambda row: row["started"] >= least)


async def test_a_median_is_read_from_where_the_counted_times_lead(world: World, made: Organisation) -> None:
    query, values = page_query(CONTENT.request({"tenant": made.tenant}), None, 100)
    with psycopg.connect(world.database.reader_dsn) as connection:
        connection.execute("SELECT set_config('playhead.tenant', %s, false)", [made.tenant])
        connection.execute("SET enable_seqscan = off")
        plan = [line for (line,) in connection.execute(f"EXPLAIN {query}".encode(), values)]

    read = next(number for number, line in enumerate(plan) if "using user_progress_took" in line)
    assert "took_ms >= " in plan[read + 1]
    assert "Index Cond" in plan[read + 1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sort=medianTimeToCompleteSeconds", "sort"),
        ("minStarted=-1", "minStarted"),
        ("type=film", "type"),
        ("archived=perhaps", "archived"),
        ("q=%00", "q"),
        ("cursor=x", "cursor"),
    ],
)
async def test_a_bad_parameter_is_a_problem_that_names_it(
    client: httpx.AsyncClient, settings: QuerySettings, query: str, field: str
) -> None:
    admin = Organisation("nobody", now_ms()).admin
    answer = await client.get(f"/api/org/content?{query}", headers=headers(settings, admin, ("admin",)))

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_one_item_has_the_figures_of_the_list_and_its_drop_off(
    world: World, ask_crowd: Asking, made: Organisation
) -> None:
    for listed in (await ask_crowd("/api/org/content"))["items"]:
        body = await ask_crowd(f"/api/org/content/{listed['contentId']}")
        curve = body.pop("dropOff")
        assert body == listed
        viewers = asked(
            world,
            """
            SELECT slice, count(*) FILTER (WHERE slices & (1 << slice) <> 0) AS viewers
            FROM generate_series(0, 19) AS slice
            LEFT JOIN progress.user_progress ON tenant_id = %(tenant)s AND content_id = %(content)s
            GROUP BY slice ORDER BY slice
            """,
            tenant=made.tenant,
            content=listed["contentId"],
        )
        assert [part["viewers"] for part in curve] == [row["viewers"] for row in viewers]
        assert [(part["fromPercent"], part["toPercent"]) for part in curve] == [
            (5 * n, 5 * n + 5) for n in range(20)
        ]
        for part in curve:
            opened = listed["started"] + listed["former"]
            assert part["share"] == (round(100 * part["viewers"] / opened, 2) if opened else None)
