"""`asOf`: while requirements are computed again, reports that rest on them say which moment they are of."""

from __future__ import annotations

import psycopg
import pytest

from tests.query_api.reports.asking import Asking
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]

CHANGE = """
INSERT INTO progress.requirement_changes (tenant_id, user_id, changed_at)
VALUES (%(tenant)s, %(user)s, '2026-11-22T10:00:00.5Z'), (%(tenant)s, %(user)s, '2026-11-22T11:00:00Z')
"""
DONE = "DELETE FROM progress.requirement_changes WHERE tenant_id = %(tenant)s"
AS_OF = "2026-11-22T10:00:00.500Z"


def paths(ours: Organisation) -> list[str]:
    team, item, person = ours.team("Red"), ours.item("intro"), ours.person("ada").user_id
    of_team, of_item = f"/api/teams/{team}", f"/api/org/content/{item}"
    return [
        *("/api/people", f"/api/people/{person}/assignments", "/api/teams", "/api/org/teams"),
        *(f"{of_team}/progress", f"{of_team}/content", f"{of_team}/cells", f"{of_team}/not-started"),
        *("/api/org/content", f"{of_item}/people", f"{of_item}/not-started"),
    ]


async def test_reports_say_which_moment_they_are_of(ask: Asking, ours: Organisation, world: World) -> None:
    matrix = f"/api/teams/{ours.team('Red')}/matrix"
    reports = paths(ours)
    assert {(await ask(path))["asOf"] for path in (*reports, matrix)} == {None}
    assert "Playhead-As-Of" not in (await ask.answer("/api/people?format=csv")).headers
    values = {"tenant": ours.tenant, "user": ours.person("ada").user_id}
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(CHANGE, values)
    try:
        found = {path: (await ask(path))["asOf"] for path in (*reports, matrix, "/api/org/progress")}
        headers = {
            path: (await ask.answer(f"{path}?format=csv")).headers["Playhead-As-Of"] for path in reports
        }
    finally:
        with psycopg.connect(world.database.admin_dsn) as connection:
            connection.execute(
                "DELETE FROM progress.requirement_changes WHERE tenant_id = %(tenant)s", values
            )
    assert set(found.values()) == {AS_OF}
    assert set(headers.values()) == {AS_OF}
    assert "asOf" not in await ask("/api/org/days")
