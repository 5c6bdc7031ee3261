"""The sink on a real Kafka and a real PostgreSQL, where nothing goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from playhead.settings import KafkaSettings
from playhead.wire.progress import encode_progress
from tests.services import Database
from tests.sinks.author import START, Author, Item, Log, Record, identifier
from tests.sinks.running import (
    SESSIONS,
    Rows,
    everything,
    findings,
    positions,
    rows,
    running,
    sink_settings,
    until,
)

pytestmark = pytest.mark.services

ORIGIN = datetime.fromtimestamp(START / 1000, UTC)

Store = Callable[..., None]


@pytest.fixture
def store(fresh_topics: KafkaSettings, fresh_database: Database) -> Store:
    """Write records and wait until a sink has stored them; `apart` gives each a batch of its own."""
    log = Log(fresh_topics)
    written: dict[int, int] = {}

    def write_and_wait(*records: Record, apart: bool = False) -> None:
        with running(sink_settings(fresh_topics, fresh_database)):
            for group in [[each] for each in records] if apart else [list(records)]:
                log.write(*group)
                for each in group:
                    written[each.partition] = written.get(each.partition, 0) + 1
                until(
                    30,
                    lambda: written.items() <= positions(fresh_database).items(),
                    lambda: positions(fresh_database),
                )

    return write_and_wait


def sessions(database: Database) -> Rows:
    return rows(database, SESSIONS)


def test_a_state_lands_with_every_column(store: Store, fresh_database: Database) -> None:
    author, item = Author(), Item.of()
    store(author.watch(item, 450), author.checkpoint())
    (row,) = rows(fresh_database, "SELECT *, watched::text AS watched_text FROM progress.user_progress")
    assert {name: str(row[name]) for name in ("tenant_id", "user_id", "content_id")} == {
        "tenant_id": item.tenant_id,
        "user_id": item.user_id,
        "content_id": item.content_id,
    }
    assert row["progress_type"] == "video"
    assert row["progress_percentage"] == 75
    assert (row["completion_count"], row["total_sessions"]) == (0, 1)
    assert (row["status"], row["evidence"]) == ("in_progress", "watched")
    assert row["started_at"] == ORIGIN
    assert row["last_viewed_at"] == ORIGIN + timedelta(seconds=450)
    assert row["completed_at"] is None
    assert row["metadata"] == {"watch_time_seconds": 450, "last_position_seconds": 450}
    assert row["watched_text"] == "{[0,450000)}"
    assert (row["duration_ms"], row["content_ms"], row["wall_ms"]) == (600_000, 450_000, 450_000)
    assert row["state"].encode() == encode_progress(author.known[item])
    assert (row["source_partition"], row["source_offset"]) == (0, 1)
    assert findings(fresh_database) == []


def test_completion_shows(store: Store, fresh_database: Database) -> None:
    author, item = Author(), Item.of()
    store(author.watch(item, 540))
    (row,) = rows(fresh_database, "SELECT * FROM progress.user_progress")
    assert (row["status"], row["completion_count"]) == ("completed", 1)
    assert row["completed_at"] == ORIGIN + timedelta(seconds=540)


def test_a_checkpoint_moves_ledger_and_source_position(store: Store, fresh_database: Database) -> None:
    author, other = Author(partition=1), Author(partition=2)
    records = [author.watch(Item.of(user=number), 30) for number in range(5)]
    store(
        *records,
        author.checkpoint(duplicates=2, dead_lettered=1),
        other.watch(Item.of(user=9), 30),
        other.checkpoint(),
    )
    ledger = rows(fresh_database, "SELECT * FROM progress.ledger ORDER BY partition")
    assert [(row["partition"], row["first_offset"], row["next_offset"]) for row in ledger] == [
        (1, 0, 5),
        (2, 0, 1),
    ]
    assert [(row["applied"], row["duplicates"], row["dead_lettered"]) for row in ledger] == [
        (2, 2, 1),
        (1, 0, 0),
    ]
    sources = rows(fresh_database, "SELECT partition, source_next_offset FROM progress.positions")
    assert {row["partition"]: row["source_next_offset"] for row in sources}.items() >= {1: 5, 2: 1}.items()


@pytest.mark.parametrize("apart", [True, False])
def test_an_older_checkpoint_moves_nothing_back(
    store: Store, fresh_database: Database, *, apart: bool
) -> None:
    author = Author()
    store(author.watch(Item.of(), 30), old := author.checkpoint(), author.watch(Item.of(), 60))
    store(author.checkpoint(), old, apart=apart)
    (row,) = rows(fresh_database, "SELECT * FROM progress.ledger")
    assert (row["next_offset"], row["applied"]) == (2, 2)
    assert findings(fresh_database) == []


@pytest.mark.parametrize("apart", [True, False])
def test_a_session_is_one_row_that_grows(store: Store, fresh_database: Database, *, apart: bool) -> None:
    author, item = Author(), Item.of()
    store(*(author.watch(item, 10 * number) for number in range(1, 6)), apart=apart)
    (row,) = sessions(fresh_database)
    assert row == {
        "key": identifier("session", 1),
        "started_ms": START,
        "last_ms": START + 50_000,
        "watched": "{[0,50000)}",
        "watch_ms": 50_000,
        "position_ms": 50_000,
        "ended": False,
    }


@pytest.mark.parametrize("apart", [True, False])
def test_a_session_that_turns_out_to_have_begun_earlier_is_still_one_row(
    store: Store, fresh_database: Database, *, apart: bool
) -> None:
    """Even if that is in another month, which is another partition."""
    author, item, month = Author(), Item.of(), 25 * 86_400
    store(
        author.watch(item, 30, at_s=month, began_s=None),
        author.watch(item, 60, at_s=60, began_s=None),
        author.watch(item, 90, at_s=month + 60, began_s=None),
        apart=apart,
    )
    (row,) = sessions(fresh_database)
    assert (row["started_ms"], row["last_ms"]) == (START + 60_000, START + (month + 60) * 1000)
    assert findings(fresh_database) == []


@pytest.mark.parametrize("apart", [True, False])
def test_visits_that_join_become_one_row(store: Store, fresh_database: Database, *, apart: bool) -> None:
    """Two unnamed visits 50 minutes apart, and then a late heartbeat from between them."""
    author, item = Author(), Item.of()

    def visit(minute: float) -> Record:
        return author.watch(item, 30, at_s=minute * 60, session=None, began_s=None)

    store(visit(0), visit(50), author.watch(item, 40, at_s=1500, session=7, began_s=1500), apart=apart)
    assert [row["started_ms"] - START for row in sessions(fresh_database)] == [0, 1_500_000, 3_000_000]
    store(visit(25), apart=apart)
    found = sessions(fresh_database)
    assert [row["key"] for row in found] == [f"~{START}", identifier("session", 7)]
    assert [row["last_ms"] - START for row in found] == [3_000_000, 1_500_000]
    store(visit(-20))
    assert [row["key"] for row in sessions(fresh_database)] == [
        f"~{START - 1_200_000}",
        identifier("session", 7),
    ]
    assert findings(fresh_database) == []


def test_other_peoples_sessions_of_the_same_time_stay(store: Store, fresh_database: Database) -> None:
    """Visits that a visit has joined are deleted by person, item and tenant."""
    author = Author()
    items = [Item.of(), Item.of(user=2), Item.of(content=2), Item.of(tenant=2)]
    store(*(author.watch(item, 30, at_s=60 * 20, session=None, began_s=None) for item in items))
    store(author.watch(items[0], 30, at_s=0, session=None, began_s=None))
    assert len(sessions(fresh_database)) == 4
    assert findings(fresh_database) == []


def test_a_new_row_brings_every_session_of_its_state(store: Store, fresh_database: Database) -> None:
    """As after a loss of the database: compaction has left the last state alone."""
    author, item = Author(), Item.of()
    author.watch(item, 30, session=1)
    author.watch(item, 30, session=2, at_s=4000, began_s=3900)
    store(author.watch(item, 60, session=3, at_s=9000, began_s=8900))
    assert len(sessions(fresh_database)) == 3


def test_a_summary_is_the_sum_of_the_rows(store: Store, fresh_database: Database) -> None:
    author = Author()
    store(*(author.watch(Item.of(content=number), 100 * number) for number in range(1, 7)))
    store(author.watch(Item.of(content=1), 570, at_s=700), author.watch(Item.of(user=2), 60))
    found = rows(
        fresh_database,
        "SELECT total_items, completed_items, in_progress_items, percentage_sum, content_ms"
        " FROM progress.user_summary ORDER BY total_items",
    )
    assert [tuple(row.values()) for row in found] == [
        (1, 0, 1, 10, 60_000),
        (6, 2, 4, 100 + 33 + 50 + 66 + 83 + 100, 570_000 + 2_000_000),
    ]
    assert findings(fresh_database) == []


def test_a_document_has_its_pages_and_its_scroll(store: Store, fresh_database: Database) -> None:
    author, item = Author(), Item.of()
    store(author.read(item, [1, 2, 4], scroll=0.4, page_count=10))
    (row,) = rows(fresh_database, "SELECT * FROM progress.user_progress")
    assert (row["progress_type"], row["progress_percentage"]) == ("document", 30)
    assert row["metadata"] == {"pages_viewed": [1, 2, 4], "scroll_position": 0.4}
    assert findings(fresh_database) == []


@pytest.mark.parametrize("scroll", [5e-324, 1e-320, 1e-46, 1e-40])
def test_a_scroll_position_from_before_ingest_rounded_is_stored_all_the_same(
    store: Store, fresh_database: Database, scroll: float
) -> None:
    store(Author().read(Item.of(), [1], scroll=scroll, page_count=10))
    (row,) = rows(fresh_database, "SELECT scroll_position FROM progress.sessions")
    assert row["scroll_position"] == pytest.approx(0, abs=1e-39)
    assert findings(fresh_database) == []


@pytest.mark.parametrize("apart", [True, False])
def test_a_stale_state_changes_nothing(store: Store, fresh_database: Database, *, apart: bool) -> None:
    """A zombie worker's, late in the log; with a session that later turned out to have begun earlier."""
    author, item = Author(), Item.of()
    first = author.watch(item, 30, at_s=600, began_s=None)
    second = author.watch(item, 60, at_s=60, began_s=None)
    store(first, second, apart=apart)
    *before, _, _ = everything(fresh_database)
    store(first)
    *after, _, _ = everything(fresh_database)
    assert before == after
    assert findings(fresh_database) == []


def test_replaying_the_topic_gives_the_same_rows(
    store: Store, fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author = Author()
    records = []
    for number in range(1, 200):
        item = Item.of(user=number % 3, content=number % 7)
        session = None if number % 5 == 0 else number % 4
        at_s = (number * 577) % 9000
        records.append(author.watch(item, at_s % 600 + 5, at_s=at_s, began_s=None, session=session))
    store(*records, author.checkpoint())
    before = everything(fresh_database)
    rows(fresh_database, "UPDATE progress.positions SET next_offset = 0 RETURNING 1")
    with running(sink_settings(fresh_topics, fresh_database, sink_batch=17)):
        until(30, lambda: positions(fresh_database)[0] == len(records) + 1)
    assert everything(fresh_database) == before
    rows(
        fresh_database,
        "WITH a AS (DELETE FROM progress.user_progress), b AS (DELETE FROM progress.sessions),"
        " c AS (DELETE FROM progress.user_summary), d AS (DELETE FROM progress.ledger),"
        " e AS (DELETE FROM progress.content_summary), f AS (DELETE FROM progress.content_slices),"
        " g AS (DELETE FROM progress.content_times), h AS (DELETE FROM progress.person_days),"
        " j AS (DELETE FROM progress.person_quarters),"
        " i AS (DELETE FROM progress.daily_activity)"
        " DELETE FROM progress.positions RETURNING 1",
    )
    with running(sink_settings(fresh_topics, fresh_database, sink_batch=23)):
        until(30, lambda: positions(fresh_database).get(0) == len(records) + 1)
    assert everything(fresh_database) == before
    assert findings(fresh_database) == []


def test_a_tombstone_is_passed_over(store: Store, fresh_database: Database) -> None:
    author = Author()
    store(author.watch(Item.of(), 30), Record(Item.of(user=5).key.encode(), None))
    assert positions(fresh_database)[0] == 2


def test_tenants_with_the_same_person_and_item_have_rows_of_their_own(
    store: Store, fresh_database: Database
) -> None:
    author = Author()
    store(author.watch(Item.of(tenant=1), 30), author.watch(Item.of(tenant=2), 60))
    found = rows(fresh_database, "SELECT tenant_id::text, progress_percentage FROM progress.user_progress")
    assert {row["tenant_id"]: row["progress_percentage"] for row in found} == {
        identifier("tenant", 1): 5,
        identifier("tenant", 2): 10,
    }
