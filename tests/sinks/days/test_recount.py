"""After a change of its time zone, an organisation's days are counted again, and all figures agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from operations.status.background import background_work
from operations.status.partitions import StatusSettings
from sinks.days.recount import DayRecounter
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import START, Author, Item, Record
from tests.sinks.running import Direct, findings, rows

pytestmark = pytest.mark.services

TENANT = Item.of().tenant_id


@pytest.fixture
def store(fresh_database: Database) -> Iterator[Store]:
    store = Store(fresh_database.writer_dsn, "states")
    yield store
    store.close()


def set_zone(database: Database, zone: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.organisation_settings (tenant_id, time_zone) VALUES (%s, %s)"
            " ON CONFLICT (tenant_id) DO UPDATE SET time_zone = excluded.time_zone",
            [TENANT, zone],
        )


def recount(store: Store, chunk: int = 50) -> None:
    recounter = DayRecounter(store, chunk)
    recounter.work()
    while recounter.is_due(idle=True):
        recounter.work()


def days(database: Database) -> dict[str, tuple[int, ...]]:
    found = rows(
        database,
        "SELECT day, sum(people)::int AS people, sum(sessions)::int AS sessions,"
        " sum(started)::int AS started, sum(completed)::int AS completed FROM progress.daily_activity"
        " GROUP BY day HAVING (sum(people), sum(started), sum(completed)) <> (0, 0, 0) ORDER BY day",
    )
    return {str(row.pop("day")): tuple(row.values()) for row in found}


def since_start(moment: str) -> float:
    """Seconds from START to a time in UTC."""
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return at.timestamp() - START / 1000


def watch(author: Author, user: int, moment: str, seconds: float = 600) -> Record:
    began = since_start(moment)
    return author.watch(Item.of(user=user), seconds, at_s=began + seconds, began_s=began, session=user)


def test_days_are_those_of_the_zone_after_it_has_changed(fresh_database: Database, store: Store) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(watch(author, 1, "2026-06-10T22:30"), watch(author, 2, "2026-06-10T12:00", 60))
        assert days(fresh_database) == {"2026-06-10": (2, 2, 2, 1)}
        set_zone(fresh_database, "Europe/Berlin")
        recount(store)
        assert days(fresh_database) == {"2026-06-10": (1, 1, 1, 0), "2026-06-11": (1, 1, 1, 1)}
        assert findings(fresh_database) == []
        sink.write(watch(author, 3, "2026-06-10T21:30", 60), watch(author, 4, "2026-06-10T22:30", 60))
    assert days(fresh_database) == {"2026-06-10": (2, 2, 2, 0), "2026-06-11": (2, 2, 2, 1)}
    assert findings(fresh_database) == []


def test_batches_between_the_chunks_of_a_recount_count_in_the_zone_of_each_person(
    fresh_database: Database, store: Store
) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(*(watch(author, user, "2026-06-10T22:30", 60) for user in range(1, 7)))
        set_zone(fresh_database, "Asia/Tokyo")
        recounter = DayRecounter(store, chunk=2)
        connection = store.connected()
        recounter._is_over(connection, TENANT)
        assert len(days(fresh_database)) == 2
        [line] = background_work(StatusSettings(postgres_dsn=fresh_database.writer_dsn))
        assert line == (f"days of organisation {TENANT} are counted again, UTC to Asia/Tokyo: 2 of 6 people")
        sink.write(*(watch(author, user, "2026-06-11T22:30", 90) for user in range(1, 9)))
        assert findings(fresh_database) == []
        set_zone(fresh_database, "America/New_York")  # in the middle: first to Tokyo, then to New York
        recount(store, chunk=2)
    assert findings(fresh_database) == []
    assert list(days(fresh_database)) == ["2026-06-10", "2026-06-11"]
    assert background_work(StatusSettings(postgres_dsn=fresh_database.writer_dsn)) == []


@pytest.mark.parametrize(
    ("first", "last", "day"),
    [
        ("2026-03-28T23:00", "2026-03-29T21:59", "2026-03-29"),  # of 23 hours
        ("2025-10-25T22:00", "2025-10-26T22:59", "2025-10-26"),  # of 25 hours
    ],
)
def test_days_of_23_and_of_25_hours(fresh_database: Database, first: str, last: str, day: str) -> None:
    set_zone(fresh_database, "Europe/Berlin")
    author, store = Author(), Store(fresh_database.writer_dsn, "others")
    recount(store)
    store.close()
    with Direct(fresh_database) as sink:
        sink.write(watch(author, 1, first, 30), watch(author, 2, last, 30))
    assert days(fresh_database) == {day: (2, 2, 2, 0)}
    assert findings(fresh_database) == []


def test_the_audit_finds_a_planted_error_of_a_day(fresh_database: Database, store: Store) -> None:
    author = Author()
    set_zone(fresh_database, "Europe/Berlin")
    recount(store)
    with Direct(fresh_database) as sink:
        sink.write(watch(author, 1, "2026-06-10T22:30"))
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        connection.execute("UPDATE progress.person_days SET day = day - 1")
    assert any("person_days" in each for each in findings(fresh_database))
