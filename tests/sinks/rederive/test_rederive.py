"""Where the catalogue changes, rows are derived anew, and what counts them follows."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from playhead.progress import Override
from playhead.settings import KafkaSettings
from sinks.errors import StoreOutageError
from sinks.rederive import item_rederivation
from sinks.rederive.rederive import Rederiver
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item, Log
from tests.sinks.running import (
    COUNTED,
    Direct,
    Rows,
    everything,
    findings,
    finish,
    locked,
    rows,
    running,
    sink_settings,
    stored_up_to,
    until,
)

pytestmark = pytest.mark.services

_log = logging.getLogger(__name__)


@pytest.fixture
def store(fresh_database: Database) -> Iterator[Store]:
    store = Store(fresh_database.writer_dsn, "anew")
    yield store
    store.close()


def tell(database: Database, content: int = 1, tenant: int = 1, **says: Any) -> None:
    """What the catalogue says of an item from now on."""
    item = Item.of(tenant=tenant, content=content)
    told = {"threshold": None, "evidence": None, "duration_ms": None} | says
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.content_items"
            " (tenant_id, content_id, title, type, threshold, evidence, duration_ms)"
            " VALUES (%(tenant)s, %(content)s, 'A', 'video', %(threshold)s, %(evidence)s, %(duration_ms)s)"
            " ON CONFLICT (tenant_id, content_id) DO UPDATE SET threshold = excluded.threshold,"
            " evidence = excluded.evidence, duration_ms = excluded.duration_ms",
            told | {"tenant": item.tenant_id, "content": item.content_id},
        )


def requests(database: Database) -> Rows:
    return rows(database, "SELECT * FROM progress.rederivations")


def ask_again(database: Database) -> None:
    rows(
        database,
        "INSERT INTO progress.rederivations SELECT tenant_id, content_id, now() FROM progress.content_items"
        " ON CONFLICT (tenant_id, content_id) DO UPDATE SET requested_at = excluded.requested_at RETURNING 1",
    )


def rederive(store: Store, settled_seconds: float = 0) -> None:
    finish(Rederiver(store, POLICY, settled_seconds))


def shown(database: Database) -> list[tuple[object, ...]]:
    found = rows(
        database,
        "SELECT status, progress_percentage, duration_ms, override"
        " FROM progress.user_progress ORDER BY content_ms",
    )
    return [tuple(row.values()) for row in found]


def test_a_duration_that_arrives_later(fresh_database: Database, store: Store) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 150), author.watch(Item.of(user=2), 280))
    tell(fresh_database, duration_ms=300_000)
    rederive(store)
    override = '{"durationMs":300000}'
    assert shown(fresh_database) == [
        ("in_progress", 50, 300_000, override),
        ("completed", 93, 300_000, override),
    ]
    assert requests(fresh_database) == []
    assert findings(fresh_database) == []


def test_a_threshold_lowered_then_raised(fresh_database: Database, store: Store) -> None:
    """Who reached the lower one is completed while it holds; who completed it by playing remains so."""
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 300), author.watch(Item.of(user=2), 570))
        tell(fresh_database, threshold=0.5)
        rederive(store)
        assert [status for status, *_ in shown(fresh_database)] == ["completed", "completed"]
        assert findings(fresh_database) == []
        tell(fresh_database, threshold=0.99)
        rederive(store)
        assert [status for status, *_ in shown(fresh_database)] == ["in_progress", "completed"]
        assert findings(fresh_database) == []
        tell(fresh_database)
        rederive(store)
    assert [override for *_, override in shown(fresh_database)] == [None, None]
    assert findings(fresh_database) == []


def test_evidence_changes_the_wall_time_of_sessions(fresh_database: Database, store: Store) -> None:
    """A session that only asserts its time is believed by one policy and not by the other."""
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.claim(Item.of(), 600), author.watch(Item.of(user=2), 60))
    before = rows(fresh_database, COUNTED[3])
    tell(fresh_database, evidence="watched")
    rederive(store)
    assert rows(fresh_database, COUNTED[3])[0]["wall_ms"] == before[0]["wall_ms"] - 580_000
    assert findings(fresh_database) == []
    tell(fresh_database, evidence="any")
    rederive(store)
    assert rows(fresh_database, COUNTED[3]) == before
    assert findings(fresh_database) == []


def test_other_items_and_other_tenants_stay(fresh_database: Database, store: Store) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(*(author.watch(item, 300) for item in (Item.of(), Item.of(content=2), Item.of(tenant=2))))
    tell(fresh_database, threshold=0.5)
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
        tell(fresh_database, threshold=0.5)
        finish(rederiver)
        assert [status for status, *_ in shown(fresh_database)] == ["completed"]
        assert len(requests(fresh_database)) == 1
        sink.write(author.watch(Item.of(), 360))  # by one that has not heard
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
        tell(fresh_database, threshold=0.5)
        tell(fresh_database, content=2, threshold=0.5)
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
    tell(fresh_database, threshold=0.5, duration_ms=600_000)
    before = rows(fresh_database, "SELECT *, xmin::text FROM progress.user_progress")
    rederive(store)
    assert rows(fresh_database, "SELECT *, xmin::text FROM progress.user_progress") == before
    assert requests(fresh_database) == []


def test_in_chunks(fresh_database: Database, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_rederivation, "CHUNK", 3)
    monkeypatch.setattr(item_rederivation, "PEOPLE", 7)
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(*(author.watch(Item.of(user=n), 300 + n) for n in range(14)))
    tell(fresh_database, threshold=0.5)
    rederive(store)
    assert {status for status, *_ in shown(fresh_database)} == {"completed"}
    assert requests(fresh_database) == []
    assert findings(fresh_database) == []


def test_a_state_that_cannot_be_read_is_told_and_left(
    fresh_database: Database, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 300), author.watch(Item.of(user=2), 310))
    rows(
        fresh_database, "UPDATE progress.user_progress SET state = '{' WHERE content_ms = 300000 RETURNING 1"
    )
    tell(fresh_database, threshold=0.5)
    with caplog.at_level(logging.ERROR):
        rederive(store)
    assert [status for status, *_ in shown(fresh_database)] == ["in_progress", "completed"]
    assert len([each for each in caplog.records if "left as it is" in each.message]) == 1
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
    tell(fresh_database, evidence="watched")
    rederive(store)
    assert rows(fresh_database, "SELECT FROM progress.sessions") == []
    assert findings(fresh_database) == []


def test_an_outage_loses_nobody(
    fresh_database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_rederivation, "CHUNK", 2)
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(*(author.watch(Item.of(user=n), 300 + n) for n in range(6)))
    tell(fresh_database, threshold=0.5)
    rederiver = Rederiver(store, POLICY, 0)
    store.connected().execute("SET lock_timeout = '50ms'")
    with locked(fresh_database, "progress.user_summary"), pytest.raises(StoreOutageError):
        finish(rederiver)
    assert len(requests(fresh_database)) == 1
    finish(rederiver)
    assert {status for status, *_ in shown(fresh_database)} == {"completed"}
    assert requests(fresh_database) == []
    assert findings(fresh_database) == []


def test_two_at_once_while_batches_come_and_the_catalogue_changes(fresh_database: Database) -> None:
    author, dice, over = Author(), random.Random(7), threading.Event()
    raised: list[BaseException] = []

    def work() -> None:
        store = Store(fresh_database.writer_dsn, "anew")
        try:
            while not over.is_set():
                try:
                    rederive(store)
                except StoreOutageError as outage:  # a deadlock with the other: tried again, as the sink does
                    _log.info("%s", outage)
        except BaseException as error:  # noqa: BLE001 - raised again on the test's thread
            raised.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        with Direct(fresh_database) as sink:
            for _ in range(25):
                tell(fresh_database, content=dice.randrange(3), threshold=dice.choice([0.2, 0.5, 0.9, None]))
                items = [Item.of(user=dice.randrange(30), content=dice.randrange(3)) for _ in range(40)]
                sink.write(
                    *(author.watch(item, dice.randrange(600), session=n % 3) for n, item in enumerate(items))
                )
        ask_again(fresh_database)  # the last batch was of a processor that has not heard
        until(30, lambda: raised or not requests(fresh_database), lambda: requests(fresh_database))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert raised == []
    told = rows(fresh_database, "SELECT content_id::text, threshold::float8 FROM progress.content_items")
    found = rows(fresh_database, "SELECT DISTINCT content_id::text, override FROM progress.user_progress")
    thresholds = {row["content_id"]: row["threshold"] for row in told}
    assert {row["content_id"]: row["override"] for row in found} == {
        content: None if threshold is None else f'{{"threshold":{threshold}}}'
        for content, threshold in thresholds.items()
    }
    assert findings(fresh_database) == []


def test_a_running_sink_does_it_between_batches(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author, log = Author(), Log(fresh_topics)
    with running(sink_settings(fresh_topics, fresh_database)):
        log.write(author.watch(Item.of(user=1), 300), author.watch(Item.of(user=2), 360))
        until(30, stored_up_to(fresh_database, 0, 2))
        tell(fresh_database, threshold=0.5)
        until(30, lambda: {status for status, *_ in shown(fresh_database)} == {"completed"})
        log.write(author.watch(Item.of(user=3), 30))
        until(30, stored_up_to(fresh_database, 0, 3))
    assert findings(fresh_database) == []
