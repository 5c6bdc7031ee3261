"""After a change of the catalogue, rows are derived again, and all counters follow."""

from __future__ import annotations

import time
from collections import Counter

import psycopg
import pytest

from playhead.progress import Override
from sinks.rederive.rederive import Rederiver
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item
from tests.sinks.rederive.catalogue import rederive, requests, set_item, shown
from tests.sinks.running import (
    COUNTED,
    Direct,
    everything,
    findings,
    finish,
    rows,
)

pytestmark = pytest.mark.services


def test_a_duration_that_arrives_later(fresh_database: Database, store: Store) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 150), author.watch(Item.of(user=2), 280))
    set_item(fresh_database, duration_ms=300_000)
    rederive(store)
    override = '{"durationMs":300000}'
    assert shown(fresh_database) == [
        ("in_progress", 50, 300_000, override),
        ("completed", 100, 300_000, override),
    ]
    assert requests(fresh_database) == []
    assert findings(fresh_database) == []


def test_a_threshold_lowered_then_raised(fresh_database: Database, store: Store) -> None:
    """Who reached the lower one is completed while it holds; who completed it by playing remains so."""
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 300), author.watch(Item.of(user=2), 570))
        set_item(fresh_database, threshold=0.5)
        rederive(store)
        assert [status for status, *_ in shown(fresh_database)] == ["completed", "completed"]
        assert findings(fresh_database) == []
        set_item(fresh_database, threshold=0.99)
        rederive(store)
        assert [status for status, *_ in shown(fresh_database)] == ["in_progress", "completed"]
        assert findings(fresh_database) == []
        set_item(fresh_database)
        rederive(store)
    assert [override for *_, override in shown(fresh_database)] == [None, None]
    assert findings(fresh_database) == []


def test_evidence_changes_the_wall_time_of_sessions(fresh_database: Database, store: Store) -> None:
    """A session that only asserts its time is believed by one policy and not by the other."""
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.claim(Item.of(), 600), author.watch(Item.of(user=2), 60))
    before = rows(fresh_database, COUNTED[3])
    set_item(fresh_database, evidence="watched")
    rederive(store)
    assert rows(fresh_database, COUNTED[3])[0]["wall_ms"] == before[0]["wall_ms"] - 580_000
    assert findings(fresh_database) == []
    set_item(fresh_database, evidence="any")
    rederive(store)
    assert rows(fresh_database, COUNTED[3]) == before
    assert findings(fresh_database) == []


def test_other_items_and_other_tenants_stay(fresh_database: Database, store: Store) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(*(author.watch(item, 300) for item in (Item.of(), Item.of(content=2), Item.of(tenant=2))))
    set_item(fresh_database, threshold=0.5)
    rederive(store)
    assert Counter(status for status, *_ in shown(fresh_database)) == {"completed": 1, "in_progress": 2}
    assert findings(fresh_database) == []


def test_a_request_stays_as_long_as_a_processor_may_know_the_old_catalogue(
    fresh_database: Database, store: Store
) -> None:
    author = Author()
    rederiver = Rederiver(store, POLICY)
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(), 300))
        set_item(fresh_database, threshold=0.5)
        finish(rederiver)
        assert [status for status, *_ in shown(fresh_database)] == ["completed"]
        assert len(requests(fresh_database)) == 1
        sink.write(author.watch(Item.of(), 360))  # by one with the catalogue from before
        assert [status for status, *_ in shown(fresh_database)] == ["in_progress"]
        finish(rederiver)
        assert len(requests(fresh_database)) == 1
        rows(
            fresh_database,
            "UPDATE progress.rederivations SET requested_at = now() - interval '2 minutes' RETURNING 1",
        )
        finish(rederiver)
    assert [status for status, *_ in shown(fresh_database)] == ["completed"]
    assert requests(fresh_database) == []
    assert findings(fresh_database) == []


def test_what_is_stored_so_late_that_the_request_is_gone_asks_again(
    fresh_database: Database, store: Store
) -> None:
    """A sink that was away for an hour stores what was derived before the catalogue changed."""
    author = Author()
    hour_ago = int((time.time() - 3600) * 1000)
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(), 300))
        set_item(fresh_database, threshold=0.5)
        set_item(fresh_database, content=2, threshold=0.5)
        rederive(store)
        sink.write(author.watch(Item.of(), 360), written_ms=int(time.time() * 1000))
        assert requests(fresh_database) == []
        sink.write(author.watch(Item.of(), 361), author.watch(Item.of(content=3), 9), written_ms=hour_ago)
    assert [str(row["content_id"]) for row in requests(fresh_database)] == [Item.of().content_id]
    rederive(store)
    assert [status for status, *_ in shown(fresh_database)] == ["in_progress", "completed"]
    assert findings(fresh_database) == []


def test_what_a_processor_with_the_new_catalogue_wrote_is_left_alone(
    fresh_database: Database, store: Store
) -> None:
    item = Item.of()
    author = Author(catalogue={item.content_id: Override(threshold=0.5, duration_ms=600_000)})
    with Direct(fresh_database) as sink:
        sink.write(author.watch(item, 300))
    set_item(fresh_database, threshold=0.5, duration_ms=600_000)
    before = rows(fresh_database, "SELECT *, xmin::text FROM progress.user_progress")
    rederive(store)
    assert rows(fresh_database, "SELECT *, xmin::text FROM progress.user_progress") == before
    assert requests(fresh_database) == []


def test_rows_from_before_overrides_are_derived_with_their_sessions(
    fresh_database: Database, store: Store
) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(
            author.watch(Item.of(), 300), author.watch(Item.of(), 400, at_s=9000, began_s=8600, session=2)
        )
    before = everything(fresh_database)
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        connection.execute(
            "UPDATE progress.user_progress SET override = '', coverage = 0, attained = 0, slices = 0"
        )
        connection.execute("UPDATE progress.content_summary SET coverage_sum = 0")
        connection.execute("DELETE FROM progress.content_slices")
        connection.execute(
            "INSERT INTO progress.rederivations"
            " SELECT tenant_id, content_id, now() FROM progress.user_progress"
        )
    assert findings(fresh_database) != []
    rederive(store)
    assert everything(fresh_database) == before
    assert findings(fresh_database) == []


def test_the_sessions_of_archived_months_do_not_come_back(fresh_database: Database, store: Store) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.claim(Item.of(), 600))
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        connection.execute("DELETE FROM progress.sessions")
        connection.execute(
            "INSERT INTO progress.archives (month, path, rows, bytes, sha256, dropped_at)"
            " VALUES ('2026-09-01', '', 1, 1, '', now()), ('2026-07-01', '', 1, 1, '', now())"
        )
    set_item(fresh_database, evidence="watched")
    rederive(store)
    assert rows(fresh_database, "SELECT FROM progress.sessions") == []
    assert findings(fresh_database) == []


def test_rows_of_an_earlier_version_get_the_figures_of_this_one(
    fresh_database: Database, store: Store
) -> None:
    """A processor of an earlier release wrote the state, and its own idea of the percentage."""
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.outdated(Item.of(user=1), 570, percentage=95))
    assert [row["progress_percentage"] for row in rows(fresh_database, PERCENTAGES)] == [95]
    assert len(requests(fresh_database)) == 1
    rederive(store)
    assert [row["progress_percentage"] for row in rows(fresh_database, PERCENTAGES)] == [100]
    assert findings(fresh_database) == []


PERCENTAGES = "SELECT progress_percentage FROM progress.user_progress ORDER BY user_id"
