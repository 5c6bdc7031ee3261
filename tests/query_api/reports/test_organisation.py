"""The organisations that tests of reports start from are what they say."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.query_api.reports.crowd import crowd, crowd_id
from tests.query_api.reports.organisation import PROGRESS, Organisation
from tests.query_api.world import World, new_person

pytestmark = pytest.mark.services


def ask(world: World, query: str, *values: Any) -> Any:
    with psycopg.connect(world.database.admin_dsn) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]


def test_two_of_them_hold_the_same_under_other_ids(
    world: World, ours: Organisation, theirs: Organisation
) -> None:
    for table in ("user_progress", "user_summary", "people", "team_members", "assignments", "content_slices"):
        query = f"SELECT count(*) FROM progress.{table} WHERE tenant_id = %s"
        assert ask(world, query, ours.tenant) == ask(world, query, theirs.tenant) > 0
    assert ask(world, "SELECT count(*) FROM progress.user_progress") == 2 * len(PROGRESS)


def test_a_crowd_is_found_by_its_ids(world: World) -> None:
    tenant = new_person().tenant_id
    crowd(world, tenant, people=10, items=4, team_size=5)

    opened = "SELECT count(*) FROM progress.user_progress WHERE user_id = %s AND content_id = %s"
    assert ask(world, opened, crowd_id(tenant, "person", 9), crowd_id(tenant, "item", 3)) == 1
    members = "SELECT count(*) FROM progress.team_members WHERE team_id = %s AND role = %s"
    assert ask(world, members, crowd_id(tenant, "team", 1), "member") == 5
    assert ask(world, members, crowd_id(tenant, "team", 1), "manager") == 1
