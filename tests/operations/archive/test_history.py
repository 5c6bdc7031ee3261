"""A person's sessions, from files and from the database, in one list."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from operations.archive import parquet
from operations.archive.catalogue import name_of
from tests.operations import past_sessions as past
from tests.operations.archive.months import archive
from tests.operations.whole_pipeline import Whole

pytestmark = pytest.mark.services

MONTHS = [date(2024, month, 1) for month in (6, 7, 8)]
TENANT, USER = past.TENANTS[1], past.PEOPLE[2]
WHO = ("--tenant", TENANT, "--user", USER)


@pytest.fixture
def stored(whole: Whole) -> Whole:
    for month in MONTHS:
        past.store(whole.database, past.month_of_sessions(month, 90))
    return whole


@pytest.fixture
def archived(stored: Whole) -> Whole:
    """June and July are in files; August is not old enough."""
    archive(stored.database, directory(stored), MONTHS[2])
    return stored


def directory(whole: Whole) -> Path:
    path = whole.world.directory / "files"
    path.mkdir(exist_ok=True)
    return path


def history(whole: Whole, *options: str) -> list[dict[str, Any]]:
    result = whole.command("history", *WHO, "--json", *options)
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


def without_source(pasts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sessions without where each comes from."""
    return [{name: value for name, value in each.items() if name != "source"} for each in pasts]


def test_archiving_changes_nothing_of_a_history(stored: Whole) -> None:
    before = history(stored)
    assert before
    assert before == sorted(before, key=lambda each: each["startedAt"], reverse=True)
    archive(stored.database, directory(stored), MONTHS[2])
    after = history(stored, "--archive", str(directory(stored)))
    assert without_source(after) == without_source(before)
    assert {each["source"] for each in after} == {"archive", "database"}
    assert {each["source"] for each in history(stored)} == {"database"}


def test_a_history_is_exactly_the_person_s(archived: Whole) -> None:
    mine = [
        each
        for month in MONTHS
        for each in past.month_of_sessions(month, 90)
        if (each.tenant, each.user) == (TENANT, USER)
    ]
    found = history(archived, "--archive", str(directory(archived)))
    assert sorted(each["startedAt"] for each in found) == sorted(
        each.began.isoformat(timespec="microseconds").replace("+00:00", "Z")
        if each.began.microsecond
        else each.began.strftime("%Y-%m-%dT%H:%M:%SZ")
        for each in mine
    )
    named = {each.key for each in mine if not each.key.startswith("~")}
    assert {each["sessionId"] for each in found} - {None} == named


def test_a_session_in_both_places_is_listed_once(stored: Whole) -> None:
    before = history(stored)
    archive(stored.database, directory(stored), MONTHS[2], keep=True)
    assert history(stored, "--archive", str(directory(stored))) == before


def test_files_can_be_asked_without_a_database(archived: Whole) -> None:
    alone = archived.with_settings({"PLAYHEAD_POSTGRES_DSN": "postgresql://nobody@127.0.0.1:1/nothing"})
    found = history(alone, "--archive", str(directory(archived)), "--no-database")
    assert {each["source"] for each in found} == {"archive"}
    assert {each["startedAt"][:7] for each in found} == {"2024-06", "2024-07"}


def test_it_can_be_narrowed_to_an_item_and_a_time(archived: Whole) -> None:
    everything = history(archived, "--archive", str(directory(archived)))
    item = everything[0]["contentId"]
    files = ("--archive", str(directory(archived)))
    assert history(archived, *files, "--content", item) == [
        each for each in everything if each["contentId"] == item
    ]
    assert history(archived, *files, "--from", "2024-06-20", "--to", "2024-08-10") == [
        each for each in everything if "2024-06-20" <= each["startedAt"] < "2024-08-10"
    ]
    at = everything[len(everything) // 2]["startedAt"][:19]
    assert history(archived, *files, "--from", at) == [each for each in everything if each["startedAt"] >= at]


def test_only_row_groups_that_may_hold_the_person_are_read(
    stored: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 10)
    archive(stored.database, directory(stored), MONTHS[1], keep=True)
    path = str(directory(stored) / name_of(MONTHS[0]))
    file = pq.ParquetFile(path)
    assert file.num_row_groups == 9
    spans = [
        (group.column(1).statistics.min, group.column(1).statistics.max)
        for group in (file.metadata.row_group(n) for n in range(file.num_row_groups))
    ]
    fragment = next(
        iter(parquet.dataset.dataset(str(directory(stored) / name_of(MONTHS[0]))).get_fragments())
    )
    field = parquet.dataset.field
    kept = fragment.subset((field("tenant_id") == TENANT) & (field("user_id") == USER)).row_groups
    assert 0 < len(kept) < 9
    assert all(spans[group.id][0] <= USER <= spans[group.id][1] for group in kept)
    assert history(stored, "--archive", str(directory(stored)), "--to", "2024-07-01") != []


def test_people_read_a_table(archived: Whole) -> None:
    result = archived.command("history", *WHO, "--archive", str(directory(archived)))
    assert result.exit_code == 0, result.output
    assert "began (UTC)" in result.stdout
    assert "archive" in result.stdout
    unknown = archived.command("history", "--tenant", TENANT, "--user", TENANT)
    assert "No sessions." in unknown.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--archive", "/nowhere"), "/nowhere is no directory"),
        (("--archive", "."), "holds no archived months"),
        (("--content", "1"), "--content '1' is no UUID"),
        (("--user", "x"), "--user 'x' is no UUID"),
    ],
)
def test_wrong_options_are_explained(
    whole: Whole, options: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = whole.command("history", *WHO, *options)
    assert result.exit_code == 1
    assert said in result.stderr


def test_nothing_to_read_from_is_a_mistake(whole: Whole) -> None:
    result = whole.command("history", *WHO, "--no-database")
    assert result.exit_code == 2


def test_a_file_that_is_none_is_named(whole: Whole) -> None:
    file = directory(whole) / name_of(MONTHS[0])
    file.write_bytes(b"not parquet")
    result = whole.command("history", *WHO, "--archive", str(directory(whole)))
    assert result.exit_code == 1
    assert f"{file} cannot be read" in result.stderr
