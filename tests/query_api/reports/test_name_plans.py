"""A page of names in order is read from the index of search keys, not sorted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from playhead.progress import TenantId
from query_api.directory.tables import CATALOGUE, PEOPLE, TEAMS
from query_api.reports.query import page_query
from query_api.reports.table import Table
from tests.query_api.world import World, new_person

pytestmark = pytest.mark.services

_ROWS = """
INSERT INTO progress.people (tenant_id, user_id, display_name)
SELECT %(tenant)s, gen_random_uuid(), chr(65 + n %% 26) || 'Émile ' || n FROM generate_series(1, 20000) AS n;
INSERT INTO progress.teams (tenant_id, team_id, name)
SELECT %(tenant)s, gen_random_uuid(), 'Team ' || n FROM generate_series(1, 5000) AS n;
INSERT INTO progress.content_items (tenant_id, content_id, title, type)
SELECT %(tenant)s, gen_random_uuid(), 'Item ' || n, 'video' FROM generate_series(1, 5000) AS n
"""


@pytest.fixture
def many(world: World) -> Iterator[tuple[psycopg.Connection, TenantId]]:
    """A tenant with many names, as the query API's role sees it."""
    tenant = new_person().tenant_id
    with psycopg.connect(world.database.admin_dsn, autocommit=True) as connection:
        for statement in _ROWS.split(";"):
            connection.execute(statement.encode(), {"tenant": tenant})
        connection.execute("VACUUM ANALYZE")
    with psycopg.connect(world.database.reader_dsn, autocommit=True) as connection:
        connection.execute("SELECT set_config('playhead.tenant', %s, false)", [tenant])
        yield connection, tenant


@pytest.mark.parametrize(
    ("table", "sort", "after", "index"),
    [
        (PEOPLE, "displayName", "memile 1", "people_name_key"),
        (PEOPLE, "-displayName", "memile 1", "people_name_key"),
        (TEAMS, "name", "team 30", "teams_name_key"),
        (CATALOGUE, "title", "item 30", "content_items_title_key"),
    ],
)
def test_names_are_read_in_order(
    many: tuple[psycopg.Connection, TenantId], table: Table, sort: str, after: str, index: str
) -> None:
    connection, tenant = many
    for place in (None, [after, "00000000-0000-0000-0000-000000000000"]):
        for values in ({"tenant": tenant}, {"tenant": tenant, "q": "emile 19"}):
            query, given = page_query(table.request(values, sort), place, 50)
            plan = "\n".join(line for (line,) in _explain(connection, query, given))
            assert index in plan, plan
            assert "Sort" not in plan.partition("SubPlan")[0], plan  # of a person's teams


def _explain(connection: psycopg.Connection, query: str, values: dict[str, Any]) -> list[tuple[str]]:
    return connection.execute(f"EXPLAIN {query}".encode(), values).fetchall()
