"""`playhead erase` asks first, and explains what it refuses."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.operations import past_sessions as past
from tests.operations.erase.people import TENANT, rows_of
from tests.operations.whole_pipeline import PERSON, Whole

pytestmark = pytest.mark.services


def test_without_a_terminal_nothing_is_erased_unasked(watched: Whole, tmp_path: Path) -> None:
    before = past.dump(watched.database)
    result = watched.command("erase", "--tenant", TENANT, "--user", PERSON)
    assert result.exit_code == 1
    assert "pass --yes" in result.stderr
    assert "what would be erased" in result.stdout
    assert past.dump(watched.database) == before
    file = tmp_path / "receipt.json"
    done = watched.command("erase", "--tenant", TENANT, "--user", PERSON, "--yes", "--receipt", str(file))
    assert done.exit_code == 0, done.output
    assert "Postgres user_progress" in done.stdout
    written = json.loads(file.read_text())
    assert (written["userId"], written["postgres"]["people"]) == (PERSON, 1)
    assert datetime.fromisoformat(written["madeAt"]) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tenant", "unknown", "--user", PERSON), "--tenant 'unknown' is no UUID"),
        (("--tenant", TENANT, "--user", "1"), "--user '1' is no UUID"),
        (("--tenant", TENANT, "--user", PERSON, "--archive", "/nowhere"), "/nowhere is no directory"),
    ],
)
def test_wrong_options_are_explained(whole: Whole, options: tuple[str, ...], said: str) -> None:
    result = whole.command("erase", "--yes", *options)
    assert result.exit_code == 1
    assert said in result.stderr
    assert rows_of(whole) == {}


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", True), (b"y\n", False)], ids=["no", "yes"])
def test_on_a_terminal_it_asks(watched: Whole, answer: bytes, left: object) -> None:
    ours, its = pty.openpty()
    command = (sys.executable, "-m", "operations", "erase", "--tenant", TENANT, "--user", PERSON)
    with subprocess.Popen(
        command,
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | watched.environment,
    ) as process:
        os.write(ours, answer)
        output, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(its)
    assert b"what would be erased" in output
    assert b"Erase this person?" in output
    assert ("user_progress" in rows_of(watched)) is left
    assert process.returncode == (1 if left else 0)
