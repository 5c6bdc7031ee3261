"""Which rows of a file with progress can be imported, and what is said of the others."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from operations.imports.rows import ProgressFile, read_rows
from playhead.http.problems import Problem
from playhead.progress.identifiers import TenantId

TENANT = TenantId("00000000-0000-4000-8000-0000000000aa")
ADA, FILM = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def read(*lines: str, zone: str = "UTC", now: datetime = NOW) -> ProgressFile:
    return read_rows("\n".join(lines).encode(), TENANT, ZoneInfo(zone), now)


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def test_a_completion_and_a_percentage() -> None:
    file = read(
        "User ID;content_id;completedAt;progressPercentage;lastViewedAt;watchTimeSeconds",
        f"{ADA};{FILM};2024-05-01T12:00:00Z;;;600,5",
        f"{ADA};{FILM};;40;2024-04-01T12:00:00+02:00;",
        f"{ADA};{FILM};;40;;",
    )
    assert file.refused == []
    assert [(each.at, each.percentage, each.watch_ms) for each in file.rows] == [
        (ms("2024-05-01T12:00:00+00:00"), 100.0, 600_500),
        (ms("2024-04-01T10:00:00+00:00"), 40.0, 0),
        (0, 40.0, 0),
    ]


def test_a_date_is_the_end_of_its_day_in_the_zone_of_the_organisation() -> None:
    (row,) = read("userId,contentId,completedAt", f"{ADA},{FILM},2024-05-01", zone="Europe/Berlin").rows
    assert row.at == ms("2024-05-01T21:59:59.999+00:00")
    (today,) = read("userId,contentId,completedAt", f"{ADA},{FILM},2026-11-27").rows
    assert today.at == ms("2026-11-27T12:00:00+00:00")


def test_the_id_of_a_row_follows_from_what_it_says() -> None:
    header = "userId,contentId,completedAt,watchTimeSeconds"
    one = read(header, f"{ADA},{FILM},2026-11-27,60", f"{ADA.upper()},{FILM},2026-11-27,60.0")
    assert (len(one.rows), one.repeated) == (1, 1)
    (later,) = read(header, f"{ADA},{FILM},2026-11-27,60", now=NOW.replace(hour=13)).rows
    (other,) = read(header, f"{ADA},{FILM},2026-11-27,61").rows
    assert later.id == one.rows[0].id != other.id


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ("me,{film},2024-05-01,,", "userId", "UUID"),
        ("{ada},,2024-05-01,,", "contentId", "UUID"),
        ("{ada},{film},,,60", "completedAt", "one of them is needed"),
        ("{ada},{film},01.05.2024,,", "completedAt", "RFC 3339"),
        ("{ada},{film},2024-05-01T12:00:00,,", "completedAt", "offset"),
        ("{ada},{film},2027-01-01,,", "completedAt", "future"),
        ("{ada},{film},9999-12-31,,", "completedAt", "future"),
        ("{ada},{film},1969-01-01,,", "completedAt", "1970"),
        ("{ada},{film},,101,", "progressPercentage", "0 to 100"),
        ("{ada},{film},,much,", "progressPercentage", "no number"),
        ("{ada},{film},2024-05-01,40,", "progressPercentage", "below 100"),
        ("{ada},{film},2024-05-01,,-1", "watchTimeSeconds", "no number"),
        ("{ada},{film},2024-05-01,,99999999", "watchTimeSeconds", "no number"),
        ("{ada},{film},2024-05-01,,1,more", None, "6 cells"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_count(cells: str, column: str | None, said: str) -> None:
    file = read(
        "userId,contentId,completedAt,progressPercentage,watchTimeSeconds",
        cells.format(ada=ADA, film=FILM),
        f"{ADA},{FILM},2024-05-01,100,60",
    )
    (refused,) = file.refused
    assert (refused.line, refused.column, len(file.rows)) == (2, column, 1)
    assert said in refused.reason


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("userId,contentId,when", "no such column"),
        ("userId,completedAt", "contentId is missing"),
        ("userId,contentId", "completedAt is missing"),
        ("userId,userId,contentId,completedAt", "more than one column"),
    ],
)
def test_a_file_without_its_columns_is_refused(header: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        read(header, f"{ADA},{FILM},2024-05-01")


def test_more_than_a_hundred_rows_of_one_item_are_refused() -> None:
    rows = [f"{ADA},{FILM},2024-05-01,{number}" for number in range(101)]
    file = read("userId,contentId,completedAt,watchTimeSeconds", *rows)
    assert (len(file.rows), [each.line for each in file.refused]) == (100, [102])
