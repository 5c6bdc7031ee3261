"""`playhead import progress` with a processor and a sink at work between real stores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.operations import past_sessions as past
from tests.operations.whole_pipeline import PERSON, Whole, theirs

pytestmark = pytest.mark.services

TENANT = theirs().tenant_id
ITEM, UNKNOWN = PERSON, "00000000-0000-4000-8000-00000000beef"
"""The directory of these tests has an item with the id of the person."""
HEADER = "userId,contentId,completedAt,progressPercentage,watchTimeSeconds"
ROWS = """
SELECT status, evidence, to_char(completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS completed,
    progress_percentage, total_sessions
FROM progress.user_progress
"""


PLANTED = "SELECT completed_at, evidence, wall_ms, last_viewed_at FROM progress.user_progress"
RESTORE = """
UPDATE progress.user_progress SET completed_at = %s, evidence = %s, wall_ms = %s, last_viewed_at = %s
"""


def run(whole: Whole, file: Path, *options: str, code: int = 0) -> dict[str, Any]:
    result = whole.command("import", "progress", str(file), "--tenant", TENANT, "--json", *options)
    assert result.exit_code == code, (result.output, result.exception)
    receipt: dict[str, Any] = json.loads(result.stdout)
    return receipt


def written(directory: Path, *rows: str) -> Path:
    file = directory / "progress.csv"
    file.write_text("\n".join((HEADER, *rows)) + "\n")
    return file


def test_a_completion_of_2024_is_imported_once_and_found_everywhere(whole: Whole, tmp_path: Path) -> None:
    whole.register()
    row = f"{PERSON},{ITEM},2024-05-01T12:00:00Z,,540"
    file = written(tmp_path, row, row, f"{UNKNOWN},{ITEM},2024-05-01,,", f"{PERSON},{UNKNOWN},,40,")
    receipt = tmp_path / "receipt.json"
    dry = run(whole, file, "--dry-run", code=1)
    assert (dry["dryRun"], dry["published"], dry["repeated"]) == (True, 1, 1)
    assert not any(whole.world.ends().values())
    with whole.at_work():
        done = run(whole, file, "--receipt", str(receipt), code=1)
        again = run(whole, file, code=1)
        whole.through()
    assert [(each["line"], each["column"]) for each in done["refused"]] == [(4, "userId"), (5, "contentId")]
    assert (done["applied"], done["importId"]) == (True, again["importId"])
    assert json.loads(receipt.read_text()) == done
    (row_of,) = past.rows(whole.database, ROWS)
    assert row_of["completed"] == "2024-05-01 12:00"
    assert (row_of["status"], row_of["evidence"], row_of["progress_percentage"]) == (
        "completed",
        "imported",
        100,
    )
    assert row_of["total_sessions"] == 0
    (ledger,) = past.rows(
        whole.database, "SELECT sum(applied)::int AS a, sum(duplicates)::int AS d FROM progress.ledger"
    )
    assert (ledger["a"], ledger["d"]) == (1, 1)
    events = past.rows(
        whole.database, "SELECT rows, request_id FROM progress.audit_events WHERE act = 'mark'"
    )
    assert [(each["rows"], each["request_id"]) for each in events] == [(1, done["importId"])] * 2
    assert whole.findings() == []
    for planted in ("completed_at = now()", "evidence = 'watched'", "wall_ms = 0", "last_viewed_at = now()"):
        assert findings_with(whole, planted), planted


def findings_with(whole: Whole, planted: str) -> list[str]:
    """What the audit finds while a row has an error, which is undone."""
    with psycopg.connect(whole.database.admin_dsn) as connection:
        before = connection.execute(PLANTED).fetchone()
        connection.execute(f"UPDATE progress.user_progress SET {planted}".encode())
        connection.commit()
        found = whole.findings()
        connection.execute(RESTORE, before)
    return found


def test_the_command_says_what_it_did_and_what_not(whole: Whole, tmp_path: Path) -> None:
    whole.register()
    file = written(tmp_path, f"{PERSON},{ITEM},,150,")
    result = whole.command("import", "progress", str(file), "--tenant", TENANT)
    assert result.exit_code == 1
    assert "line 2, column progressPercentage: is no number from 0 to 100" in result.output
    assert "0 rows of 0 people and 0 items, 0 repeated, 1 refused" in result.output
    unreadable = tmp_path / "other.csv"
    unreadable.write_text("name\nAda\n")
    result = whole.command("import", "progress", str(unreadable), "--tenant", TENANT)
    assert (result.exit_code, "no such column: 'name'" in result.output) == (1, True)
