"""Two accounts of one person, merged by the command, as they reach the person."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.cli.main import app
from tests.faults.pipeline import Pipeline, until
from tests.figures.life import Body, Life, now

pytestmark = pytest.mark.services

HOUR = 3_600


def merge(pipeline: Pipeline, one: Life, other: Life, *options: str) -> dict[str, Any]:
    """Merge the person of the first life into that of the second; the receipt."""
    result = CliRunner().invoke(
        app,
        [
            *("merge", "people", one.user, other.user, "--tenant", other.tenant, "--json", *options),
            *("--data-dir", str(pipeline.directory)),
        ],
        env={"PLAYHEAD_ALIAS_REFRESH_SECONDS": "1"},
    )
    assert result.exit_code == 0, (result.output, result.exception)
    receipt: dict[str, Any] = json.loads(result.stdout)
    return receipt


def test_two_accounts_with_half_of_a_film_each_are_one_person_who_completed_it(
    pipeline: Pipeline, life: Life
) -> None:
    other = life.another_account()
    other.save("/batch", {"heartbeats": other.playing(0, 300, now() - 2 * HOUR)})
    life.save("/batch", {"heartbeats": life.playing(300, 600, now() - HOUR)})
    for each in (other, life):
        each.becomes(lambda found: bool(found["coveragePercentage"] == 50), "half of the film")
    assert merge(pipeline, other, life, "--yes")["items"] == 1
    merged = check_whole(life)
    assert merge(pipeline, other, life, "--yes")["items"] == 0
    assert check_whole(life) == merged

    # Who signs in with the account that ended is the other: in what they read, and in what they save.
    assert check_whole(other) == merged
    other.save("/batch", {"heartbeats": other.playing(0, 60, now() - 120)})
    life.becomes(lambda found: bool(found["totalSessions"] == 3), "a session of the merged account")
    person = until(lambda: _stored(life), 30, "three sessions in PostgreSQL")
    assert person["completedItems"] == 1


def check_whole(life: Life) -> Body:
    progress = life.becomes(lambda found: bool(found["totalSessions"] == 2), "both sessions")
    assert (progress["status"], progress["progressPercentage"], progress["coveragePercentage"]) == (
        *("completed", 100),
        100,
    )
    assert (progress["metadata"]["watchTimeSeconds"], progress["completionCount"]) == (600, 1)
    return progress


def _stored(life: Life) -> Body | None:
    person = life.person()
    return person if person["completedItems"] else None
