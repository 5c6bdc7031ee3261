"""An organisation leaves with all that is held of it: every table with tenants' rows, and the archives."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from operations.tenants.tables import tenant_tables
from sinks import schema
from tests.operations import past_sessions as past
from tests.operations.archive.months import archive
from tests.operations.erase.people import TENANT as OF_CROWD
from tests.operations.erase.people import crowd_of_two_tenants
from tests.operations.whole_pipeline import Whole
from tests.services import Database

pytestmark = pytest.mark.services

JUNE, JULY = date(2024, 6, 1), date(2024, 7, 1)
TENANT = past.TENANTS[0]
CREATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?progress\.(\w+) \(([^;]*?)\n\)", re.DOTALL)


def export(whole: Whole, out: Path, *options: str, tenant: str = TENANT, code: int = 0) -> Any:
    result = whole.command("export", "organisation", "--tenant", tenant, "--out", str(out), *options)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def lines(directory: Path) -> dict[str, list[Any]]:
    return {
        file.stem: [json.loads(line) for line in file.read_text().splitlines()]
        for file in directory.glob("*.jsonl")
    }


def held(database: Database, tenant: str) -> dict[str, list[Any]]:
    """All rows of the tenant, by table; sessions by the table that is partitioned."""
    found: dict[str, list[Any]] = {}
    for name, rows in past.dump(database).items():
        mine = [row for row in map(json.loads, rows) if row.get("tenant_id") == tenant]
        if mine:
            found.setdefault("sessions" if name.startswith("sessions_") else name, []).extend(mine)
    return found


def in_order(rows: list[Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_every_table_with_tenants_is_found(fresh_database: Database) -> None:
    versions = Path(schema.__file__).parent / "versions"
    created = [
        name
        for file in versions.glob("*.sql")
        for name, columns in CREATED.findall(file.read_text())
        if re.search(r"^\s+tenant_id\s", columns, re.MULTILINE)
    ]
    with psycopg.connect(fresh_database.writer_dsn) as connection:
        found = tenant_tables(connection)
    assert {"people", "sessions", "user_progress", "audit_events"} <= set(created)
    assert set(created) <= set(found)


def test_all_rows_of_the_tenant_and_no_others(whole: Whole, tmp_path: Path) -> None:
    whole.register()
    whole.store([each for each in crowd_of_two_tenants() if each.session_id is not None])
    expected = held(whole.database, OF_CROWD)
    out = tmp_path / "leaving"

    export(whole, out, tenant=OF_CROWD)

    written = lines(out)
    assert {name: in_order(rows) for name, rows in written.items()} == {
        name: in_order(rows) for name, rows in expected.items()
    }
    receipt = json.loads((out / "receipt.json").read_text())
    assert (receipt["tenantId"], receipt["dryRun"], receipt["open"]) == (OF_CROWD, False, [])
    assert {name: rows for name, rows in receipt["tables"].items() if rows} == {
        name: len(rows) for name, rows in expected.items()
    }
    for file in receipt["files"]:
        assert hashlib.sha256((out / file["name"]).read_bytes()).hexdigest() == file["sha256"]
    (event,) = past.rows(whole.database, "SELECT act, rows, target FROM progress.audit_events")
    assert event == {
        "act": "export",
        "rows": sum(map(len, expected.values())),
        "target": "playhead export organisation",
    }


def test_months_that_are_in_the_archives_alone(whole: Whole, tmp_path: Path) -> None:
    for month in (JUNE, JULY):
        past.store(whole.database, past.month_of_sessions(month, 60))
    of_june = [
        each for each in past.sessions(whole.database) if _is_june(each["row"]) and _is_ours(each["row"])
    ]
    files = tmp_path / "files"
    files.mkdir()
    archive(whole.database, files, JULY)
    archive(whole.database, files, date(2024, 8, 1), keep=True)
    moved = tmp_path / "moved"
    files.rename(moved)
    out = tmp_path / "leaving"

    assert "not there" in export(whole, out, code=1).output.replace("\n", " ")
    assert not (out / "receipt.json").exists()
    export(whole, out, "--archive", str(moved))

    table = pq.read_table(out / "sessions-2024-06.parquet")
    assert set(table.column("tenant_id").to_pylist()) == {TENANT}
    assert table.num_rows == len(of_june) > 0
    assert not (out / "sessions-2024-07.parquet").exists()  # its rows are in the database
    assert all(not _is_june(row) for row in lines(out)["sessions"])


def test_a_run_that_was_killed_is_made_whole_and_a_whole_one_is_kept(whole: Whole, tmp_path: Path) -> None:
    past.store(whole.database, past.month_of_sessions(JULY, 60))
    out = tmp_path / "leaving"
    out.mkdir()
    (out / ".people.jsonl.partial").write_text("{")
    (out / "people.jsonl").write_text("{}\n")  # of an earlier run, before the people were removed

    assert "Nothing was written" in export(whole, out, "--dry-run").output
    export(whole, out)

    assert set(lines(out)) == set(held(whole.database, TENANT)) - {"audit_events"}
    before = (out / "receipt.json").read_bytes()
    assert "holds a complete export" in export(whole, out, code=1).stderr
    assert (out / "receipt.json").read_bytes() == before


def _is_june(row: dict[str, Any]) -> bool:
    return str(row["started_at"]).startswith("2024-06")


def _is_ours(row: dict[str, Any]) -> bool:
    return bool(row["tenant_id"] == TENANT)
