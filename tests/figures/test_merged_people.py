"""Two accounts of one person, merged by the command, as they reach the person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.cli.main import app
from tests.faults.pipeline import Pipeline, until
from tests.figures.life import Body, Life, now, sessions_of_one_beat

pytestmark = pytest.mark.services

HOUR = 3_600
STEPS = ("every service knows", "everything of FROM is stored", "adding 1 items", "moving the rows")
"""What the command says as each of its steps begins."""


ENVIRONMENT = {"PLAYHEAD_ALIAS_REFRESH_SECONDS": "1"}


def arguments(pipeline: Pipeline, one: Life, other: Life, *options: str) -> list[str]:
    return [
        *("merge", "people", one.user, other.user, "--tenant", other.tenant, "--json", *options),
        *("--data-dir", str(pipeline.directory)),
    ]


def merge(pipeline: Pipeline, one: Life, other: Life, *options: str) -> dict[str, Any]:
    """Merge the person of the first life into that of the second; the receipt."""
    result = CliRunner().invoke(app, arguments(pipeline, one, other, *options), env=ENVIRONMENT)
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


def kill_at(step: str, pipeline: Pipeline, one: Life, other: Life) -> None:
    """Begin to merge, and kill the command as the step begins."""
    command = [sys.executable, "-m", "operations", *arguments(pipeline, one, other, "--yes")]
    with subprocess.Popen(
        command, env=os.environ | ENVIRONMENT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if step in line:
                process.kill()
                break
        else:
            pytest.fail(f"{step!r} never began: {said}")


def test_a_merge_of_seventy_sessions_that_is_killed_at_each_step_adds_them_once(
    pipeline: Pipeline, life: Life
) -> None:
    other = life.another_account()
    other.save("/batch", {"heartbeats": sessions_of_one_beat(other.item, 70)})
    life.save("/batch", {"heartbeats": life.playing(300, 600, now() - 2 * HOUR)})
    other.becomes(lambda found: bool(found["totalSessions"] == 70), "seventy sessions")
    life.becomes(lambda found: bool(found["coveragePercentage"] == 50), "half of the film")

    for step in STEPS:
        kill_at(step, pipeline, other, life)
    assert merge(pipeline, other, life, "--yes")["dryRun"] is False

    merged = life.becomes(lambda found: bool(found["totalSessions"] == 71), "all sessions")
    assert (merged["metadata"]["watchTimeSeconds"], merged["coveragePercentage"]) == (1_000, 51)
    rows = life.read(f"/api/progress/history?contentId={life.item}&limit=100")["items"]
    assert len({row["sessionId"] for row in rows}) == 71


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
