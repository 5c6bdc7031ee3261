"""Watch time is counted on the day on which it was spent, and a person's quarter of an hour holds no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import psycopg
import pytest

from operations.status.background import background_work
from operations.status.partitions import StatusSettings
from playhead.progress import Heartbeat, HeartbeatId, Instant, Intervals, SessionId
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import Author, Item, Record, identifier
from tests.sinks.days.test_recount import recount, set_zone
from tests.sinks.running import Direct, findings, rows

pytestmark = pytest.mark.services
HOUR = 3_600_000


@pytest.fixture
def store(fresh_database: Database) -> Iterator[Store]:
    store = Store(fresh_database.writer_dsn, "states")
    yield store
    store.close()


def at(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)


def beat(  # noqa: PLR0913 - what a player says
    author: Author, item: Item, began: int, now: int, played_ms: int, *, session: int = 1
) -> Record:
    """A heartbeat of a session that began at `began` and has played for so long."""
    return author.take(
        Heartbeat(
            heartbeat_id=HeartbeatId(identifier("beat", now * 100 + session)),
            tenant_id=item.tenant_id,
            user_id=item.user_id,
            content_id=item.content_id,
            session_id=SessionId(identifier("session", session)),
            occurred_at=Instant(now),
            received_at=Instant(now),
            started_at=Instant(began),
            duration_ms=200_000_000,
            watched=Intervals((0, played_ms)),
            watch_ms=played_ms,
            playback_rate=1.0,
        )
    )


def seconds_by_day(database: Database) -> dict[str, float]:
    found = rows(
        database,
        "SELECT day::text, sum(wall_ms)::bigint AS ms FROM progress.daily_activity GROUP BY day"
        " HAVING sum(wall_ms) <> 0 ORDER BY day",
    )
    return {row["day"]: row["ms"] / 1000 for row in found}


def persons_seconds(database: Database) -> list[float]:
    found = rows(database, "SELECT wall_ms FROM progress.user_summary ORDER BY user_id")
    return [row["wall_ms"] / 1000 for row in found]


def items_seconds(database: Database) -> list[float]:
    found = rows(database, "SELECT wall_ms FROM progress.user_progress ORDER BY content_id")
    return [row["wall_ms"] / 1000 for row in found]


def test_ten_minutes_from_a_second_before_midnight(fresh_database: Database) -> None:
    author, began = Author(), at("2026-06-10T23:59:59")
    with Direct(fresh_database) as sink:
        for minute in range(1, 11):
            now = began + minute * 60_000
            sink.write(beat(author, Item.of(), began, now, minute * 60_000))
    assert seconds_by_day(fresh_database) == {"2026-06-10": 1, "2026-06-11": 599}
    assert persons_seconds(fresh_database) == [600]
    assert findings(fresh_database) == []


def test_a_page_that_is_open_for_three_days_counts_on_each(fresh_database: Database) -> None:
    author, began, played = Author(), at("2026-06-10T08:00"), 0
    beats = []
    for day in range(3):
        for minute in range(10, 601, 10):
            played += 600_000
            now = began + day * 24 * HOUR + minute * 60_000
            beats.append(beat(author, Item.of(), began, now, played))
    with Direct(fresh_database) as sink:
        for n in range(0, len(beats), 13):
            sink.write(*beats[n : n + 13])
    assert seconds_by_day(fresh_database) == {f"2026-06-{day}": 36_000 for day in (10, 11, 12)}
    assert findings(fresh_database) == []


def test_the_same_ten_minutes_in_two_tabs(fresh_database: Database) -> None:
    author, began = Author(), at("2026-06-10T10:00")
    with Direct(fresh_database) as sink:
        for session in (2, 1):
            for minute in (5, 10):
                now = began + minute * 60_000
                sink.write(beat(author, Item.of(), began, now, minute * 60_000, session=session))
    assert seconds_by_day(fresh_database) == {"2026-06-10": 600}
    assert persons_seconds(fresh_database) == items_seconds(fresh_database) == [600]
    assert findings(fresh_database) == []


def test_a_persons_quarter_of_an_hour_holds_a_quarter_of_an_hour(fresh_database: Database) -> None:
    author, began = Author(), at("2026-06-10T10:00")
    with Direct(fresh_database) as sink:
        for content in (1, 2, 3):
            now = began + 15 * 60_000
            sink.write(beat(author, Item.of(content=content), began, now, 15 * 60_000, session=content))
    assert items_seconds(fresh_database) == [900, 900, 900]
    assert seconds_by_day(fresh_database) == {"2026-06-10": 900}
    assert persons_seconds(fresh_database) == [900]
    assert findings(fresh_database) == []


@pytest.mark.parametrize("seed", range(4))
def test_tabs_at_the_same_time_in_any_order_add_up_to_what_the_kernel_says(
    fresh_database: Database, seed: int
) -> None:
    dice, author, began = Random(seed), Author(), at("2026-06-10T23:20")
    beats = []
    for session in range(5):
        start = began + dice.randrange(30) * 60_000
        for minute in range(5, dice.randrange(10, 60), 5):
            now, played = start + minute * 60_000, minute * dice.randrange(30_000, 60_000)
            beats.append((start, now, played, session))
    dice.shuffle(beats)
    with Direct(fresh_database) as sink:
        for start, now, played, session in beats:
            sink.write(beat(author, Item.of(), start, now, played, session=session))
    [whole] = items_seconds(fresh_database)
    assert persons_seconds(fresh_database) == [whole]
    assert sum(seconds_by_day(fresh_database).values()) == pytest.approx(whole)
    assert findings(fresh_database) == []


def test_people_are_counted_again_from_their_sessions_after_the_migration(
    fresh_database: Database, store: Store
) -> None:
    author, began = Author(), at("2026-06-10T23:50")
    with Direct(fresh_database) as sink:
        for user in (1, 2, 3):
            sink.write(beat(author, Item.of(user=user), began, began + 1_200_000, 1_200_000))
        before_the_migration(fresh_database)
        [line] = background_work(StatusSettings(postgres_dsn=fresh_database.writer_dsn))
        assert line.endswith("are counted again, from the sessions: 0 of 3 people")
        assert findings(fresh_database) == []
        sink.write(beat(author, Item.of(user=1), began, began + 1_260_000, 1_260_000))
    recount(store, chunk=2)
    assert seconds_by_day(fresh_database) == {"2026-06-10": 1_800, "2026-06-11": 1_860}
    assert persons_seconds(fresh_database) == pytest.approx([1_260, 1_200, 1_200], abs=60)
    assert findings(fresh_database) == []
    assert background_work(StatusSettings(postgres_dsn=fresh_database.writer_dsn)) == []


def before_the_migration(database: Database) -> None:
    """Leave what the release before had counted: a session's time on the day on which it began."""
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(
            """
            DELETE FROM progress.person_quarters;
            DELETE FROM progress.person_days WHERE sessions = 0;
            UPDATE progress.person_days SET wall_ms = 1200000;
            DELETE FROM progress.daily_activity WHERE day > '2026-06-10';
            UPDATE progress.daily_activity SET wall_ms = 3600000;
            INSERT INTO progress.day_zones (tenant_id, zone, next_zone, next_to)
            SELECT DISTINCT tenant_id, 'UTC', 'UTC', '00000000-0000-0000-0000-000000000000'::uuid
            FROM progress.user_summary
            """
        )


def test_a_zone_of_half_hours_moves_whole_quarters(fresh_database: Database, store: Store) -> None:
    author, began = Author(), at("2026-06-10T18:00")
    with Direct(fresh_database) as sink:
        for minute in range(5, 61, 5):
            sink.write(beat(author, Item.of(), began, began + minute * 60_000, minute * 60_000))
    set_zone(fresh_database, "Asia/Kolkata")
    recount(store)
    assert seconds_by_day(fresh_database) == {"2026-06-10": 1_800, "2026-06-11": 1_800}
    assert findings(fresh_database) == []
