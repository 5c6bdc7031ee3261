"""Reports find rows of progress by the person, however many others there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from playhead.progress import TenantId
from query_api.reports.people import PERSON, REQUIRED
from query_api.reports.query import page_query
from query_api.reports.table import ReportRequest
from query_api.reports.teams import MEMBERS, TEAMS
from tests.query_api.reports.crowd import crowd, crowd_id
from tests.query_api.world import World, new_person

pytestmark = pytest.mark.services

# Whichever index: both that could be taken hold the person.
SCAN = re.compile(r"(\w[\w ]*) (?:using \w+ )?on user_progress\b.*\n\s*(.*)")
RULE = {"now": datetime(2026, 11, 22, tzinfo=UTC), "inactiveDays": 14, "behindPoints": 25}
RULE |= {"behindMinimumTeam": 5, "newcomerDays": 14}


class Crowd:
    """A tenant of 100,000 rows beside another, as the query API's role sees it."""

    def __init__(self, world: World) -> None:
        self.tenant: TenantId = new_person().tenant_id
        crowd(world, self.tenant, people=2_000, items=50, team_size=1_000)
        crowd(world, new_person().tenant_id, people=500, items=20, team_size=50)
        self._connection = psycopg.connect(world.database.reader_dsn, autocommit=True)
        self._connection.execute("SELECT set_config('playhead.tenant', %s, false)", [self.tenant])

    def close(self) -> None:
        self._connection.close()

    def plan(self, ask: ReportRequest) -> str:
        query, values = page_query(ask, None, 100)
        return "\n".join(line for (line,) in self._connection.execute(f"EXPLAIN {query}".encode(), values))


@pytest.fixture
def many(world: World) -> Iterator[Crowd]:
    many = Crowd(world)
    yield many
    many.close()


def test_rows_of_progress_are_found_by_person(many: Crowd) -> None:
    of_team: dict[str, Any] = {**RULE, "tenant": many.tenant, "team": crowd_id(many.tenant, "team", 1)}
    of_person: dict[str, Any] = {**RULE, "tenant": many.tenant, "user": crowd_id(many.tenant, "person", 1)}
    everything: dict[str, Any] = {**RULE, "tenant": many.tenant}
    for ask in (
        MEMBERS.request(of_team),
        MEMBERS.request({**of_team, "needsSupport": True, "q": "person 1"}, "-progress"),
        TEAMS.request(of_team),
        PERSON.request(of_person),
        REQUIRED.request(of_person),
        TEAMS.request(everything, "-members"),
        TEAMS.request({**everything, "manager": crowd_id(many.tenant, "manager", 1)}),
    ):
        found = many.plan(ask)
        scans = SCAN.findall(found)
        assert scans, found
        for how, condition in scans:
            assert how.startswith("Index"), found
            assert re.match(r"Index Cond: .*\buser_id = ", condition), found
