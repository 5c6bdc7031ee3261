"""A person is erased from archived months, and from the figures of their days."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any, Self

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from operations.archive import retention
from operations.archive.catalogue import ArchivedFile, name_of, records
from operations.archive.files import partial_of, sha256_of
from operations.erase import rewriting
from operations.erase.rewriting import RemovedSessions
from operations.erase.subject import Subject
from operations.stores import postgres
from playhead.progress.identifiers import TenantId, UserId
from tests.operations import past_sessions as past
from tests.operations.archive.months import archive
from tests.operations.whole_pipeline import Whole

pytestmark = pytest.mark.services

JUNE, JULY = date(2024, 6, 1), date(2024, 7, 1)
TENANT, USER = past.TENANTS[0], past.PEOPLE[0]
WHO = ("--tenant", TENANT, "--user", USER)
SUBJECT = Subject(TenantId(TENANT), UserId(USER))


@pytest.fixture
def archived(whole: Whole) -> Whole:
    """June is in a file only, July in a file and in the database; no person is erased."""
    for month in (JUNE, JULY):
        past.store(whole.database, past.month_of_sessions(month, 120))
    archive(whole.database, directory(whole), JULY)
    archive(whole.database, directory(whole), date(2024, 8, 1), keep=True)
    return whole


def directory(whole: Whole) -> Path:
    path = whole.world.directory / "files"
    path.mkdir(exist_ok=True)
    return path


def june(whole: Whole) -> Path:
    return directory(whole) / name_of(JUNE)


def erase(whole: Whole, *options: str, code: int = 0) -> dict[str, Any]:
    result = whole.command("erase", *WHO, "--yes", "--json", *options)
    assert result.exit_code == code, (result.output, result.exception)
    receipt: dict[str, Any] = json.loads(result.stdout)
    return receipt


def held(file: Path, *, theirs: bool = False) -> list[dict[str, Any]]:
    rows = pq.read_table(file).to_pylist()
    return [row for row in rows if ((row["tenant_id"], row["user_id"]) == (TENANT, USER)) == theirs]


def figures(whole: Whole) -> dict[tuple[str, date], tuple[int, int, int]]:
    """What each day's figures say, where they say anything."""
    rows = past.rows(
        whole.database,
        "SELECT tenant_id::text, day, sum(people)::int AS people, sum(sessions)::int AS sessions,"
        " sum(wall_ms)::bigint AS wall_ms FROM progress.daily_activity GROUP BY 1, 2",
    )
    reported = {
        (row["tenant_id"], row["day"]): (row["people"], row["sessions"], row["wall_ms"]) for row in rows
    }
    return {day: counts for day, counts in reported.items() if counts != (0, 0, 0)}


def made_of(rows: list[dict[str, Any]]) -> dict[tuple[str, date], tuple[int, int, int]]:
    """What the sessions of files make of each day's figures."""
    removed: defaultdict[tuple[str, str], RemovedSessions] = defaultdict(RemovedSessions)
    for row in rows:
        removed[row["tenant_id"], row["user_id"]].add(pa.Table.from_pylist([row]))
    counts: defaultdict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (tenant, _), each in removed.items():
        wall_ms = each.wall_ms
        for day in each.sessions.keys() | wall_ms.keys():
            total = counts[tenant, day]
            total[0] += 1
            total[1] += each.sessions[day]
            total[2] += wall_ms[day]
    return {day: (people, sessions, wall) for day, (people, sessions, wall) in counts.items()}


def check(whole: Whole, others: dict[Path, list[dict[str, Any]]]) -> None:
    """The sessions of all others are unchanged, and records and figures match what is left."""
    assert {file: held(file) for file in others} == others
    assert [held(file, theirs=True) for file in others] == [[], []]
    with postgres(whole.database.writer_dsn, "test") as connection:
        for record in records(connection):
            assert (record.sha256, record.bytes) == (sha256_of(record.file), record.file.stat().st_size)
            assert record.rows == pq.read_metadata(record.file).num_rows
    assert figures(whole) == made_of([row for rows in others.values() for row in rows])
    assert [each for each in whole.findings() if "counter" in each] == []


def others_in(whole: Whole) -> dict[Path, list[dict[str, Any]]]:
    return {file: held(file) for file in sorted(directory(whole).iterdir())}


def test_files_are_rewritten_without_the_person(archived: Whole) -> None:
    others = others_in(archived)
    sessions = {str(file): len(held(file, theirs=True)) for file in others}
    assert min(sessions.values()) > 0
    assert figures(archived) == made_of(
        [row for file in others for row in held(file) + held(file, theirs=True)]
    )
    dry = archived.command("erase", *WHO, "--dry-run", "--json")
    assert {each["path"]: each["sessions"] for each in json.loads(dry.stdout)["archives"]} == sessions
    receipt = erase(archived)
    assert {each["path"]: each["sessions"] for each in receipt["archives"]} == sessions
    assert receipt["sessionsByMonth"] == {"2024-07": sessions[str(directory(archived) / name_of(JULY))]}
    check(archived, others)
    again = erase(archived)
    assert (again["archives"], again["open"]) == ([], [])
    check(archived, others)


def test_a_month_that_was_kept_can_be_dropped_after_the_erasure(archived: Whole) -> None:
    others = others_in(archived)
    erase(archived)
    done = archived.command("archive", "--older-than", "18months", "--to", str(directory(archived)))
    assert done.exit_code == 0, done.output
    assert "verified and dropped" in done.output
    assert past.sessions(archived.database) == []
    check(archived, others)


def test_a_file_of_before_quarters_is_rewritten_as_it_is(archived: Whole) -> None:
    file, table = june(archived), pq.read_table(june(archived)).drop_columns(["quarters"])
    pq.write_table(table, file)
    past.rows(
        archived.database,
        "UPDATE progress.archives SET sha256 = %s WHERE month = %s RETURNING month",
        sha256_of(file),
        JUNE,
    )
    others = held(file)
    assert erase(archived)["open"] == []
    assert pq.read_schema(file) == table.schema
    assert (held(file), held(file, theirs=True)) == (others, [])


@pytest.mark.parametrize("leftover", ["there", "lost"])
def test_killed_between_the_record_and_the_file_it_is_finished_and_subtracted_once(
    archived: Whole, monkeypatch: pytest.MonkeyPatch, leftover: str
) -> None:
    others = others_in(archived)
    file = june(archived)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with (
        monkeypatch.context() as patch,
        retention.exclusive(archived.database.writer_dsn, "erase") as connection,
    ):
        patch.setattr(rewriting, "put_in_place", killed)
        found = ArchivedFile(file, records(connection)[0])
        with pytest.raises(KeyboardInterrupt):
            rewriting.erase_from(connection, found, SUBJECT)
    assert held(file, theirs=True)
    if leftover == "lost":
        partial_of(file).unlink()
    receipt = erase(archived)
    assert receipt["open"] == []
    assert not partial_of(file).exists()
    check(archived, others)


def test_a_file_that_is_not_the_one_recorded_is_left_alone_and_named(archived: Whole) -> None:
    file = june(archived)
    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)
    altered, before = file.read_bytes(), figures(archived)
    receipt = erase(archived, code=1)
    left = len(held(file, theirs=True))
    assert left > 0
    assert receipt["open"] == [
        {
            "what": str(file),
            "why": f"{file} is not the file that was archived: its SHA-256 is not the one recorded",
        },
        {"what": "what archives holds", "why": f"{left} still there when it was read back"},
    ]
    assert receipt["verified"]["archives"] == left
    assert file.read_bytes() == altered
    june_only = {day: counts for day, counts in figures(archived).items() if day[1] < JULY}
    assert june_only == {day: counts for day, counts in before.items() if day[1] < JULY}


def test_a_file_that_was_moved_is_open_until_it_is_named(archived: Whole, tmp_path: Path) -> None:
    others = others_in(archived)
    elsewhere = tmp_path / "elsewhere"
    directory(archived).rename(elsewhere)
    receipt = erase(archived, code=1)
    assert {each["what"] for each in receipt["open"]} == {"archived month 2024-06", "archived month 2024-07"}
    assert "--archive" in receipt["open"][0]["why"]
    receipt = erase(archived, "--archive", str(elsewhere))
    assert (len(receipt["archives"]), receipt["open"]) == (2, [])
    check(archived, {elsewhere / file.name: rows for file, rows in others.items()})


def test_copies_and_half_written_files_forget_the_person_too(archived: Whole, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    copy = copies / name_of(JUNE)
    copy.write_bytes(june(archived).read_bytes())
    others = others_in(archived)
    half = partial_of(directory(archived) / "sessions-2024-05.parquet")
    half.write_bytes(copy.read_bytes()[:1000])
    receipt = erase(archived, "--archive", str(copies))
    assert str(copy) in {each["path"] for each in receipt["archives"]}
    assert held(copy, theirs=True) == []
    assert not half.exists()
    check(archived, others)


def test_a_rewriting_that_loses_another_person_is_refused(
    archived: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = june(archived).read_bytes()
    real = rewriting.parquet.writer

    class Losing:
        """A writer that drops the last row of what it is given."""

        def __init__(self, path: str, schema: pa.Schema) -> None:
            self._writer = real(path, schema)

        def __enter__(self) -> Self:
            self._writer.__enter__()
            return self

        def __exit__(self, *error: object) -> None:
            self._writer.__exit__(*error)

        def write_table(self, table: pa.Table) -> None:
            self._writer.write_table(table.slice(0, table.num_rows - 1))

    with monkeypatch.context() as patch:
        patch.setattr(rewriting.parquet, "writer", Losing)
        receipt = erase(archived, code=1)
    assert all("there should be" in each["why"] for each in receipt["open"])
    assert june(archived).read_bytes() == before
    assert erase(archived)["open"] == []


def test_without_pyarrow_all_else_is_done_and_the_files_are_named(
    archived: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in [
        name for name in sys.modules if name.startswith(("pyarrow", "operations.archive", "operations.erase"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    receipt = erase(archived, code=1)
    assert {each["why"] for each in receipt["open"]} == {
        "archives are Parquet files, which need pyarrow: pip install playhead[export]"
    }
    assert receipt["postgres"]["sessions"] > 0
    with psycopg.connect(archived.database.admin_dsn) as admin:
        assert admin.execute("SELECT count(*) FROM progress.erased_people").fetchone() == (1,)
