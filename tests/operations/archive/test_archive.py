"""Months go into files that hold all of them, and only then leave the database."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from operations.archive import catalogue, dropping, parquet, retention
from operations.archive.archiver import ArchivedMonth, Archiver
from operations.archive.checksum import COLUMNS
from operations.archive.files import partial_of, put_in_place, sha256_of
from operations.archive.month_file import database_checksum, file_checksum, record_of, verify, write
from operations.archive.retention import ArchiveFileError, DatabaseBusyError
from operations.cli.main import app
from operations.stores import StoreUnavailableError
from playhead.postgres import connect
from tests.operations import past_sessions as past
from tests.services import Database

pytestmark = pytest.mark.services

JUNE, JULY, AUGUST = (date(2024, month, 1) for month in (6, 7, 8))
run = CliRunner().invoke


@pytest.fixture
def stored(fresh_database: Database) -> Database:
    for month, count in ((JUNE, 300), (JULY, 200), (AUGUST, 50)):
        past.store(fresh_database, past.sittings(month, count))
    return fresh_database


@pytest.fixture
def commands(stored: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The options that lead a command to the database."""
    monkeypatch.setenv("PLAYHEAD_POSTGRES_DSN", stored.writer_dsn)
    return ["--data-dir", str(tmp_path / "data")]


@contextmanager
def archiver(database: Database, directory: Path, *, keep: bool = False) -> Iterator[Archiver]:
    with retention.exclusive(database.writer_dsn, "archive") as connection:
        yield Archiver(connection, directory, keep=keep, advance=lambda _: None)


def archive(database: Database, directory: Path, before: date, *, keep: bool = False) -> list[ArchivedMonth]:
    with retention.exclusive(database.writer_dsn, "archive") as connection:
        these = Archiver(connection, directory, keep=keep, advance=lambda _: None)
        return [these.archive(month) for month in catalogue.months_before(connection, before)]


def as_stored(file: Path) -> list[dict[str, Any]]:
    """A file's rows, by no code of ours, as PostgreSQL's to_jsonb writes them."""
    return [
        row
        | {
            "started_at": _json_time(row["started_at"]),
            "last_at": _json_time(row["last_at"]),
            "watched": _braces((span["start_ms"], span["end_ms"]) for span in row["watched"]),
            "pages": _braces((span["start"], span["end"]) for span in row["pages"]),
            "scroll_position": pytest.approx(row["scroll_position"]) if row["scroll_position"] else None,
        }
        for row in pq.read_table(file).to_pylist()
    ]


def _json_time(at: datetime) -> str:
    at = at.astimezone(UTC)
    fraction = f".{at.microsecond:06d}".rstrip("0") if at.microsecond else ""
    return f"{at:%Y-%m-%dT%H:%M:%S}{fraction}+00:00"


def _braces(spans: Any) -> str:
    return "{" + ",".join(f"[{start},{end})" for start, end in spans) + "}"


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


def test_rows_that_came_in_between_are_archived_too(stored: Database, tmp_path: Path) -> None:
    with archiver(stored, tmp_path, keep=True) as these:
        first = these.archive(_month(stored, JUNE)).record
    past.store(stored, past.sittings(JUNE, 1, seed=2))
    with connect(stored.writer_dsn, "playhead-archive") as connection:
        assert dropping.drop(connection, JUNE, first.rows) == "changed"
    assert len(past.sessions(stored)) == 551
    (june,) = archive(stored, tmp_path, JULY)
    assert (june.record.rows, pq.read_metadata(june.record.file).num_rows) == (301, 301)
    assert len(past.sessions(stored)) == 250


def test_a_row_that_changed_in_between_is_archived_anew(stored: Database, tmp_path: Path) -> None:
    archive(stored, tmp_path, JULY, keep=True)
    with psycopg.connect(stored.admin_dsn) as admin:
        admin.execute("UPDATE progress.sessions SET wall_ms = 7 WHERE started_at = '2024-06-01 00:00:00+00'")
    (june,) = archive(stored, tmp_path, JULY)
    first = [row for row in as_stored(june.record.file) if row["started_at"] == "2024-06-01T00:00:00+00:00"]
    assert [row["wall_ms"] for row in first] == [7]


def test_nothing_is_dropped_that_no_record_speaks_of(stored: Database, tmp_path: Path) -> None:
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
        record = these.archive(_month(stored, JUNE)).record
    with connect(stored.writer_dsn, "playhead-archive") as connection:
        assert dropping.drop(connection, JUNE, record.rows) == "dropped"
    assert past.rows(stored, "SELECT FROM progress.person_days WHERE day < '2024-07-01'")
    with retention.exclusive(stored.writer_dsn, "archive") as connection:
        assert dropping.forget_left_over(connection) > 0
        assert dropping.forget_left_over(connection) == 0
    assert not past.rows(stored, "SELECT FROM progress.person_days WHERE day < '2024-07-01'")


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


def test_a_damaged_file_is_written_anew_while_the_month_is_there(stored: Database, tmp_path: Path) -> None:
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


def test_a_file_of_somebody_else_is_not_replaced(stored: Database, tmp_path: Path) -> None:
    foreign = tmp_path / "sessions-2024-06.parquet"
    foreign.write_bytes(b"another installation's")
    with pytest.raises(ArchiveFileError, match="was not written for this database"):
        archive(stored, tmp_path, JULY)
    assert foreign.read_bytes() == b"another installation's"
    assert len(past.sessions(stored)) == 550


def test_a_full_disk_is_told_of_and_nothing_is_dropped(stored: Database, tmp_path: Path) -> None:
    partial_of(tmp_path / "sessions-2024-06.parquet").symlink_to("/dev/full")
    with pytest.raises(ArchiveFileError, match=r"cannot be written: .*No space left"):
        archive(stored, tmp_path, JULY)
    assert len(past.sessions(stored)) == 550
    assert past.rows(stored, "SELECT FROM progress.archives") == []


def test_one_command_of_retention_at_a_time(stored: Database, tmp_path: Path) -> None:
    with archiver(stored, tmp_path), pytest.raises(DatabaseBusyError):
        archive(stored, tmp_path, JULY)


def test_a_table_in_use_is_let_go_of_and_asked_for_again(stored: Database, tmp_path: Path) -> None:
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


def test_the_command_says_what_it_would_do_and_does_it(
    stored: Database, commands: list[str], tmp_path: Path
) -> None:
    before = past.dump(stored)
    dry = run(app, ["archive", "--older-than", "18months", "--dry-run", *commands])
    assert dry.exit_code == 0, dry.output
    assert "2024-06" in dry.output
    assert "write sessions-2024-06.parquet, verify, drop" in dry.output
    assert "Nothing was changed." in dry.output
    assert past.dump(stored) == before
    assert not (tmp_path / "data").exists()

    done = run(app, ["archive", "--older-than", "18months", *commands])
    assert done.exit_code == 0, done.output
    assert "300 rows" in done.output
    assert done.output.count("verified and dropped") == 3
    assert sorted(path.name for path in (tmp_path / "data" / "archive").iterdir()) == [
        f"sessions-2024-0{month}.parquet" for month in (6, 7, 8)
    ]
    again = run(app, ["archive", "--older-than", "18months", *commands])
    assert "No month of sessions lies wholly before" in again.output


def test_keeping_writes_once_and_drops_nothing(stored: Database, commands: list[str], tmp_path: Path) -> None:
    options = ["archive", "--older-than", "18months", "--to", str(tmp_path / "files"), *commands]
    first = run(app, [*options, "--keep"])
    assert first.output.count("still in the database") == 3
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "files").iterdir()}
    second = run(app, [*options, "--keep"])
    assert "verify sessions-2024-06.parquet, written before" in second.output
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "files").iterdir()} == written
    assert len(past.sessions(stored)) == 550


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--older-than", "soon"], "--older-than 'soon' is no age"),
        (["--older-than", "30days"], "younger than 60days"),
    ],
)
def test_wrong_ages_are_explained(commands: list[str], options: list[str], told: str) -> None:
    result = run(app, ["archive", *options, *commands])
    assert result.exit_code == 1
    assert told in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["archive", "--older-than", "18months"],
        ["history", "--tenant", past.TENANTS[0], "--user", past.PEOPLE[0], "--archive", "."],
    ],
    ids=["archive", "history"],
)
def test_without_pyarrow_the_extra_is_named(
    stored: Database, commands: list[str], tmp_path: Path, arguments: list[str]
) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from operations.cli.main import app\n"
        f"app({[*arguments, *commands]!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stderr == "archives are Parquet files, which need pyarrow: pip install playhead[export]\n"
    assert len(past.sessions(stored)) == 550


def test_a_database_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYHEAD_POSTGRES_DSN", "postgresql://playhead_writer@127.0.0.1:1/playhead")
    result = run(app, ["archive", "--older-than", "18months", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "PLAYHEAD_POSTGRES_DSN" in result.stderr


def test_a_schema_of_an_earlier_release_is_told_of(postgres_admin_dsn: str) -> None:
    with (
        pytest.raises(StoreUnavailableError, match="run `playhead migrate`"),
        retention.exclusive(postgres_admin_dsn, "archive") as connection,
    ):
        catalogue.records(connection)


def _month(database: Database, month: date) -> catalogue.SessionsMonth:
    with connect(database.writer_dsn, "test") as connection:
        return next(each for each in catalogue.months_before(connection, AUGUST) if each.month == month)
