"""Progress from another system, over all of Playhead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations.cli.main import app
from tests.faults.pipeline import Pipeline
from tests.figures.life import Life, now

pytestmark = pytest.mark.services


def test_a_completion_of_2024_that_is_imported_keeps_its_date(
    life: Life, pipeline: Pipeline, tmp_path: Path
) -> None:
    file = tmp_path / "progress.csv"
    file.write_text(
        f"userId,contentId,completedAt,watchTimeSeconds\n{life.user},{life.item},2024-05-01T12:00:00Z,540\n"
    )
    command = ["import", "progress", str(file), "--tenant", life.tenant, "--json"]
    for _ in range(2):
        result = CliRunner().invoke(app, [*command, "--data-dir", str(pipeline._directory)])
        assert result.exit_code == 0, (result.output, result.exception)
        assert (json.loads(result.stdout)["applied"], json.loads(result.stdout)["published"]) == (True, 1)
    progress = life.becomes(lambda each: each["status"] == "completed", "the import")
    assert (progress["progressPercentage"], progress["evidence"]) == (100, "imported")
    assert progress["completedAt"] == progress["lastViewed"] == "2024-05-01T12:00:00.000Z"
    assert (progress["totalSessions"], progress["metadata"]["watchTimeSeconds"]) == (0, 540)
    evidence = life.evidence()
    assert (evidence["completion"]["because"], len(evidence["imports"])) == ("imported", 1)
    life.save("/batch", {"heartbeats": life.playing(0, 600, now() - 600)})
    both = life.becomes(lambda each: len(each["completions"]) == 2, "what was watched after it")
    assert [each["evidence"] for each in both["completions"]] == ["imported", "watched"]
    assert both["completedAt"] == "2024-05-01T12:00:00.000Z"
