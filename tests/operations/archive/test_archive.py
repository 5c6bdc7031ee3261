"""The files hold whole months, and only then the months leave the database."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from operations.archive import catalogue, parquet, retention
from operations.archive.checksum import COLUMNS
from operations.archive.files import sha256_of
from operations.archive.month_file import database_checksum, file_checksum, verify
from operations.archive.retention import ArchiveFileError
from playhead.postgres import connect
from tests.operations import past_sessions as past
from tests.operations.archive.months import AUGUST, JULY, JUNE, archive, as_stored
from tests.services import Database

pytestmark = pytest.mark.services


def test_the_files_have_every_column_of_the_table(fresh_database: Database) -> None:
    found = past.rows(
        fresh_database,
        "SELECT column_name AS name FROM information_schema.columns"
        " WHERE table_schema = 'progress' AND table_name = 'sessions'",
    )
    assert {row["name"] for row in found} == set(COLUMNS) == set(parquet.SCHEMA.names)


def test_a_month_is_written_as_it_is_and_leaves_the_database(stored: Database, tmp_path: Path) -> None:
    before = past.sessions(stored)
    june, july = archive(stored, tmp_path, AUGUST)
    rows = as_stored(june.record.file) + as_stored(july.record.file)
    left = past.sessions(stored)
    assert [
        json.dumps(row["row"], sort_keys=True)
        for row in before
        if row["row"] in rows + [each["row"] for each in left]
    ] == [json.dumps(row["row"], sort_keys=True) for row in before]
    assert (june.record.rows, july.record.rows, len(left)) == (300, 200, 50)
    assert {row["row"]["started_at"][:7] for row in left} == {"2024-08"}
    assert [june.record.file.name, july.record.file.name] == [
        "sessions-2024-06.parquet",
        "sessions-2024-07.parquet",
    ]
    assert (june.done, june.record.sha256) == ("dropped", sha256_of(june.record.file))
    tables = {row["relname"] for row in past.rows(stored, "SELECT relname FROM pg_class")}
    assert "sessions_2024_06" not in tables
    assert "sessions_2024_08" in tables
    recorded = past.rows(
        stored, "SELECT month, rows, bytes, dropped_at FROM progress.archives ORDER BY month"
    )
    assert [(row["month"], row["rows"]) for row in recorded] == [(JUNE, 300), (JULY, 200)]
    assert all(row["dropped_at"] for row in recorded)
    assert recorded[0]["bytes"] == june.record.file.stat().st_size


def test_the_file_is_in_the_order_of_the_key_and_typed(stored: Database, tmp_path: Path) -> None:
    (june, *_) = archive(stored, tmp_path, AUGUST)
    table = pq.read_table(june.record.file)
    key = ("tenant_id", "user_id", "started_at", "content_id", "session_key")
    keys = list(zip(*(table.column(name).to_pylist() for name in key), strict=True))
    assert keys == sorted(keys)
    assert table.schema.field("started_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("tenant_id").type == pa.string()
    assert pa.types.is_struct(table.schema.field("watched").type.value_type)


def test_days_keep_their_figures_and_forget_who(stored: Database, tmp_path: Path) -> None:
    figures = past.rows(stored, "SELECT * FROM progress.daily_activity ORDER BY tenant_id, day, shard")
    archive(stored, tmp_path, AUGUST)
    assert (
        past.rows(stored, "SELECT * FROM progress.daily_activity ORDER BY tenant_id, day, shard") == figures
    )
    (days,) = past.rows(stored, "SELECT min(day) AS first, count(*) AS count FROM progress.person_days")
    assert days["first"] >= AUGUST
    assert days["count"] > 0


def test_a_month_is_archived_only_when_its_last_day_is_old_enough(stored: Database) -> None:
    with retention.exclusive(stored.writer_dsn, "archive") as connection:

        def months(day: date) -> list[date]:
            return [each.month for each in catalogue.months_before(connection, day)]

        assert months(date(2024, 7, 31)) == [JUNE]
        assert months(AUGUST) == [JUNE, JULY]
        assert months(date(2024, 8, 31)) == [JUNE, JULY]


def test_a_file_that_lost_a_row_or_a_digit_is_noticed(stored: Database, tmp_path: Path) -> None:
    (june,) = archive(stored, tmp_path, JULY, keep=True)
    with connect(stored.writer_dsn, "playhead-archive") as connection:
        expected = database_checksum(connection, JUNE)
    verify(june.record.file, expected)
    table = pq.read_table(june.record.file)
    for name, damaged in {
        "shorter": table.slice(1),
        "doubled": pa.concat_tables([table.slice(1), table.slice(1, 1)]),
        **{column: _altered(table, column) for column in COLUMNS},
    }.items():
        other = tmp_path / f"{name}.parquet"
        pq.write_table(damaged, other)
        with pytest.raises(ArchiveFileError, match=r"holds \d+ rows with checksum"):
            verify(other, expected)
    june.record.file.write_bytes(june.record.file.read_bytes()[:-100])
    with pytest.raises(ArchiveFileError, match="cannot be read"):
        file_checksum(june.record.file)


def test_a_file_of_before_quarters_is_verified_as_the_rows_that_have_none(
    stored: Database, tmp_path: Path
) -> None:
    past.rows(stored, "UPDATE progress.sessions SET quarters = NULL RETURNING user_id")
    (june,) = archive(stored, tmp_path, JULY, keep=True)
    table = pq.read_table(june.record.file)
    pq.write_table(table.drop_columns(["quarters"]), tmp_path / "old.parquet")
    with connect(stored.writer_dsn, "playhead-archive") as connection:
        verify(tmp_path / "old.parquet", database_checksum(connection, JUNE))


def _altered(table: pa.Table, name: str) -> pa.Table:
    """One value of a column otherwise."""
    values = table.column(name).to_pylist()
    others = set(map(str, values)) - {str(values[0])}
    values[0] = next(value for value in values if str(value) in others)
    return table.set_column(
        table.schema.get_field_index(name),
        table.schema.field(name),
        pa.array(values, table.schema.field(name).type),
    )
