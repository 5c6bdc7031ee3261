"""The demo as its three people use it, while heartbeats flow, and after the sink was killed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpx
import psycopg
import pytest

from operations.demo.audience.habits import DEMO_TENANT
from tests.faults.pipeline import Pipeline, running_pipeline, until

pytestmark = [pytest.mark.services, pytest.mark.faults]

SEEDED_S = 90
STILL_S = 60
"""For a moment in which nothing is stored: the audience saves some ten times a second, the sink twice."""
HEARTBEATS = 4_000
"""Of the recent past, so that some have completed something."""
BOM = "\ufeff"

Look = TypeVar("Look")


@pytest.fixture(scope="module")
def demo() -> Iterator[Pipeline]:
    with running_pipeline("--demo") as running:
        until(lambda: "ADMIN=" in running.said or None, SEEDED_S, "the demo organisation")
        past = ("--audience", "100", "--heartbeats", str(HEARTBEATS), "--rate", "0", "--batch", "10")
        running.command("simulate", *past, "--seed", "5", "--away", "0")
        yield running


@pytest.fixture
def signed_in(demo: Pipeline) -> Iterator[Mapping[str, httpx.Client]]:
    tokens = dict(re.findall(r"^(LEARNER|MANAGER|ADMIN)=(\S+)$", demo.said, re.MULTILINE))
    clients = {
        name: httpx.Client(base_url=demo.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        for name, token in tokens.items()
    }
    yield clients
    for client in clients.values():
        client.close()


def read(client: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def at_rest(look: Callable[[], Look], meanwhile: Callable[[], Any]) -> tuple[Look, Any]:
    """Two equal readings, and what was read between them, which can only be of the same state."""

    def attempt() -> tuple[Look, Any] | None:
        before, between = look(), meanwhile()
        return (before, between) if look() == before else None

    return until(attempt, STILL_S, "a moment of rest")


def test_each_sees_what_is_printed_for_them_and_the_learner_no_more(
    demo: Pipeline, signed_in: Mapping[str, httpx.Client]
) -> None:
    asked = re.findall(
        r'^curl http://[^/]+(/\S+) -H "Authorization: Bearer \$(\w+)"', demo.said, re.MULTILINE
    )
    assert {name for _, name in asked} >= {"LEARNER", "MANAGER", "ADMIN"}
    for path, name in asked:
        if name not in signed_in:  # the first example, which is a person of another tenant
            continue
        assert read(signed_in[name], path)
        if name != "LEARNER":
            assert signed_in["LEARNER"].get(path).status_code == 403


def test_the_learner_finds_something_to_continue_completed_and_overdue(
    demo: Pipeline, signed_in: Mapping[str, httpx.Client]
) -> None:
    learner = signed_in["LEARNER"]
    demo.healed()
    summary = read(learner, "/api/progress")["summary"]
    assert summary["completedItems"] >= 1
    assert summary["overdueItems"] >= 1
    first = read(learner, "/api/progress/continue-watching")["items"][0]
    assert first["resume"]["offer"]
    item = read(learner, f"/api/content/{first['contentId']}")
    part = learner.get(item["mediaUrl"], headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.headers["Content-Type"]) == (206, "video/webm")
    assert learner.get(item["thumbnailUrl"]).headers["Content-Type"] == "image/jpeg"


def test_every_file_that_the_catalogue_names_is_there(signed_in: Mapping[str, httpx.Client]) -> None:
    learner = signed_in["LEARNER"]
    items = read(learner, "/api/content", limit=100)["items"]
    named = {item[name] for item in items for name in ("mediaUrl", "thumbnailUrl") if item[name]}
    assert len(named) == 26 + 4
    assert {path: learner.head(path).status_code for path in named} == dict.fromkeys(named, 200)


def test_the_organisation_has_weeks_of_history(signed_in: Mapping[str, httpx.Client]) -> None:
    days = read(signed_in["ADMIN"], "/api/org/progress")["days"]
    assert sum(1 for day in days if day["people"]) >= 25


def test_the_team_table_as_csv_is_the_screen(signed_in: Mapping[str, httpx.Client]) -> None:
    manager = signed_in["MANAGER"]
    teams = read(manager, "/api/teams")["items"]
    assert len(teams) == 2
    for team in teams:
        path = f"/api/teams/{team['teamId']}/progress"
        shown, file = at_rest(
            lambda path=path: read(manager, path, sort="-progress")["items"],
            lambda path=path: manager.get(path, params={"sort": "-progress", "format": "csv"}),
        )
        rows = list(csv.DictReader(io.StringIO(file.text.removeprefix(BOM))))
        assert rows == [{name: as_text(cell) for name, cell in row.items()} for row in shown]
        assert len(rows) == team["members"] > 0


def test_completion_by_item_is_a_group_by_of_the_rows(
    demo: Pipeline, signed_in: Mapping[str, httpx.Client]
) -> None:
    check_items(demo, signed_in["ADMIN"])
    demo.kill("sink")
    check_items(demo, signed_in["ADMIN"])
    assert demo.command("audit") == "Everything agrees.\n"


def check_items(demo: Pipeline, admin: httpx.Client) -> None:
    counted, shown = at_rest(
        lambda: grouped(demo), lambda: read(admin, "/api/org/content", limit=500)["items"]
    )
    reported = {
        row["contentId"]: (row["started"], row["completedOfStarted"], row["completionRateOfStarted"])
        for row in shown
    }
    assert {content: reported[content] for content in counted} == counted
    assert sum(completed for _, completed, _ in counted.values()) > 0
    assert all(reported[content] == (0, 0, None) for content in reported.keys() - counted.keys())


def grouped(demo: Pipeline) -> dict[str, tuple[int, int, float | None]]:
    """From psql: started, completed and the rate, by item, of the people who are present."""
    query = """
        SELECT content_id::text, started, completed, round(100.0 * completed / nullif(started, 0), 2)::float8
        FROM (
            SELECT content_id, count(*) AS started,
                count(*) FILTER (WHERE status = 'completed') AS completed
            FROM progress.user_progress WHERE tenant_id = %s AND NOT former GROUP BY content_id
        ) AS items
    """
    with psycopg.connect(demo.settings.postgres_admin_dsn) as connection:
        return {
            content: tuple(rest) for content, *rest in connection.execute(query, [DEMO_TENANT]).fetchall()
        }


def as_text(cell: Any) -> str:
    """A cell of JSON as CSV has it."""
    if isinstance(cell, list):
        return "; ".join(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
