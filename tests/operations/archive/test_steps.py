"""Every step of archiving a month is safe to repeat, and nothing is dropped that is not in its file."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from operations.archive import catalogue, dropping, retention
from operations.archive.files import partial_of, put_in_place, sha256_of
from operations.archive.month_file import file_checksum, record_of, write
from operations.archive.retention import ArchiveFileError, DatabaseBusyError
from playhead.postgres import connect
from tests.operations import past_sessions as past
from tests.operations.archive.months import JULY, JUNE, archive, archiver, as_stored, find_month
from tests.services import Database

pytestmark = pytest.mark.services


def test_rows_that_came_in_between_are_archived_too(stored: Database, tmp_path: Path) -> None:
    with archiver(stored, tmp_path, keep=True) as these:
        first = these.archive(find_month(stored, JUNE)).record
    past.store(stored, past.month_of_sessions(JUNE, 1, seed=2))
    with connect(stored.writer_dsn, "playhead-archive") as connection:
        assert dropping.drop(connection, JUNE, first.rows) == "changed"
    assert len(past.sessions(stored)) == 551
    (june,) = archive(stored, tmp_path, JULY)
    assert (june.record.rows, pq.read_metadata(june.record.file).num_rows) == (301, 301)
    assert len(past.sessions(stored)) == 250


def test_a_row_that_changed_in_between_is_archived_again(stored: Database, tmp_path: Path) -> None:
    archive(stored, tmp_path, JULY, keep=True)
    with psycopg.connect(stored.admin_dsn) as admin:
        admin.execute("UPDATE progress.sessions SET wall_ms = 7 WHERE started_at = '2024-06-01 00:00:00+00'")
    (june,) = archive(stored, tmp_path, JULY)
    first = [row for row in as_stored(june.record.file) if row["started_at"] == "2024-06-01T00:00:00+00:00"]
    assert [row["wall_ms"] for row in first] == [7]


def test_nothing_is_dropped_without_a_record(stored: Database, tmp_path: Path) -> None:
    with connect(stored.writer_dsn, "playhead-archive") as connection:
        assert dropping.drop(connection, JUNE, 300) == "not_archived"
        assert len(past.sessions(stored)) == 550
    archive(stored, tmp_path, JULY)
    with connect(stored.writer_dsn, "playhead-archive") as connection:
        assert dropping.drop(connection, JUNE, 300) == "gone"
        assert dropping.drop(connection, JUNE, 299) == "not_archived"


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_killed_between_any_steps_it_is_finished_by_running_it_again(
    stored: Database, tmp_path: Path, steps: int
) -> None:
    before = past.sessions(stored)
    path = tmp_path / "sessions-2024-06.parquet"
    partial = partial_of(path)
    with retention.exclusive(stored.writer_dsn, "archive") as connection:
        written = write(connection, JUNE, partial, lambda _: None)
        record = record_of(JUNE, written.rows, partial, path)
        if steps >= 2:
            catalogue.record(connection, record)
        if steps >= 3:
            put_in_place(partial, path)
        if steps >= 4:
            assert dropping.drop(connection, JUNE, record.rows) == "dropped"
    done = archive(stored, tmp_path, JULY)
    assert [each.record.month for each in done] == ([] if steps == 4 else [JUNE])
    assert len(past.sessions(stored)) == 250
    assert len(before) == 250 + pq.read_metadata(path).num_rows
    (recorded,) = past.rows(stored, "SELECT path, sha256, dropped_at FROM progress.archives")
    assert (recorded["path"], recorded["sha256"]) == (str(path), sha256_of(path))
    assert recorded["dropped_at"]


def test_days_left_by_a_kill_after_the_drop_are_forgotten_next_time(stored: Database, tmp_path: Path) -> None:
    with archiver(stored, tmp_path, keep=True) as these:
        record = these.archive(find_month(stored, JUNE)).record
    with connect(stored.writer_dsn, "playhead-archive") as connection:
        assert dropping.drop(connection, JUNE, record.rows) == "dropped"
    assert past.rows(stored, "SELECT FROM progress.person_days WHERE day < '2024-07-01'")
    with retention.exclusive(stored.writer_dsn, "archive") as connection:
        assert dropping.forget_left_over(connection) > 0
        assert dropping.forget_left_over(connection) == 0
    assert not past.rows(stored, "SELECT FROM progress.person_days WHERE day < '2024-07-01'")


def test_a_damaged_file_is_written_again_while_the_month_is_there(stored: Database, tmp_path: Path) -> None:
    (kept,) = archive(stored, tmp_path, JULY, keep=True)
    kept.record.file.write_bytes(b"not parquet")
    (june,) = archive(stored, tmp_path, JULY)
    assert (june.done, file_checksum(june.record.file).rows) == ("dropped", 300)


def test_a_month_that_was_dropped_is_not_made_again(stored: Database, tmp_path: Path) -> None:
    archive(stored, tmp_path, JULY)
    with psycopg.connect(stored.writer_dsn, autocommit=True) as writer:
        for month, made in ((JUNE, False), (JULY, False), (date(2024, 5, 1), True)):
            row = writer.execute("SELECT progress.make_sessions_month(%s)", [month]).fetchone()
            assert row == (made,)
    assert not past.rows(stored, "SELECT FROM pg_class WHERE relname = 'sessions_2024_06'")


def test_a_file_that_is_not_recorded_is_not_replaced(stored: Database, tmp_path: Path) -> None:
    foreign = tmp_path / "sessions-2024-06.parquet"
    foreign.write_bytes(b"another installation's")
    with pytest.raises(ArchiveFileError, match="was not written for this database"):
        archive(stored, tmp_path, JULY)
    assert foreign.read_bytes() == b"another installation's"
    assert len(past.sessions(stored)) == 550


def test_a_full_disk_is_reported_and_nothing_is_dropped(stored: Database, tmp_path: Path) -> None:
    partial_of(tmp_path / "sessions-2024-06.parquet").symlink_to("/dev/full")
    with pytest.raises(ArchiveFileError, match=r"cannot be written: .*No space left"):
        archive(stored, tmp_path, JULY)
    assert len(past.sessions(stored)) == 550
    assert past.rows(stored, "SELECT FROM progress.archives") == []


def test_one_command_of_retention_at_a_time(stored: Database, tmp_path: Path) -> None:
    with archiver(stored, tmp_path), pytest.raises(DatabaseBusyError):
        archive(stored, tmp_path, JULY)


def test_the_lock_on_a_table_in_use_is_requested_again(stored: Database, tmp_path: Path) -> None:
    (june,) = archive(stored, tmp_path, JULY, keep=True)
    with psycopg.connect(stored.writer_dsn) as busy:
        busy.execute("SELECT 1 FROM progress.sessions LIMIT 1")
        with (
            connect(stored.writer_dsn, "playhead-archive") as connection,
            pytest.raises(DatabaseBusyError, match="in use all the time"),
        ):
            dropping.drop(connection, JUNE, june.record.rows, seconds=0)
        outcomes: list[str] = []

        def drop() -> None:
            with connect(stored.writer_dsn, "playhead-archive") as connection:
                outcomes.append(dropping.drop(connection, JUNE, june.record.rows))

        dropping_now = threading.Thread(target=drop)
        dropping_now.start()
        _until_waited_for(stored)
        busy.rollback()
        dropping_now.join(60)
    assert outcomes == ["dropped"]


def _until_waited_for(database: Database) -> None:
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        query = (
            "SELECT FROM pg_stat_activity"
            " WHERE application_name = 'playhead-archive' AND wait_event_type = 'Lock'"
        )
        while admin.execute(query).fetchone() is None:
            pass


def test_only_the_writer_drops_months(stored: Database) -> None:
    with psycopg.connect(stored.reader_dsn) as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT progress.drop_sessions_month('2024-06-01', 300)")


def test_an_owner_that_is_no_superuser_counts_what_it_drops(stored: Database, tmp_path: Path) -> None:
    (june,) = archive(stored, tmp_path, JULY, keep=True)
    with psycopg.connect(stored.admin_dsn) as admin:
        owner = f"owner_{stored.admin_dsn[-8:]}"
        admin.execute(f"CREATE ROLE {owner}".encode())
        admin.execute(f"GRANT ALL ON SCHEMA progress TO {owner}".encode())
        admin.execute(f"GRANT SELECT, UPDATE ON progress.archives TO {owner}".encode())
        for table in ("sessions", "sessions_2024_06", "sessions_default"):
            admin.execute(f"ALTER TABLE progress.{table} OWNER TO {owner}".encode())
        admin.execute(f"ALTER FUNCTION progress.drop_sessions_month OWNER TO {owner}".encode())
        for rows, outcome in ((299, "not_archived"), (300, "dropped")):
            row = admin.execute("SELECT progress.drop_sessions_month(%s, %s)", (JUNE, rows)).fetchone()
            assert row == (outcome,)
        admin.rollback()
    assert june.record.rows == 300
