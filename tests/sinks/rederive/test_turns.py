"""Rederivation in chunks and turns: beside batches, other sinks, outages and broken rows."""

from __future__ import annotations

import logging
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from playhead.settings import KafkaSettings
from sinks.errors import StoreOutageError
from sinks.rederive import item_rederivation
from sinks.rederive.rederive import Rederiver
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item, Log
from tests.sinks.rederive.catalogue import rederive, request_all, requests, set_item, shown
from tests.sinks.running import (
    Direct,
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


def test_in_chunks(fresh_database: Database, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_rederivation, "CHUNK", 3)
    monkeypatch.setattr(item_rederivation, "PEOPLE", 7)
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(*(author.watch(Item.of(user=n), 300 + n) for n in range(14)))
    set_item(fresh_database, threshold=0.5)
    rederive(store)
    assert {status for status, *_ in shown(fresh_database)} == {"completed"}
    assert requests(fresh_database) == []
    assert findings(fresh_database) == []


def test_a_state_that_cannot_be_decoded_is_logged_and_left(
    fresh_database: Database, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 300), author.watch(Item.of(user=2), 310))
    rows(
        fresh_database, "UPDATE progress.user_progress SET state = '{' WHERE content_ms = 300000 RETURNING 1"
    )
    set_item(fresh_database, threshold=0.5)
    with caplog.at_level(logging.ERROR):
        rederive(store)
    assert [status for status, *_ in shown(fresh_database)] == ["in_progress", "completed"]
    assert len([each for each in caplog.records if "left as it is" in each.message]) == 1
    assert requests(fresh_database) == []


def test_an_outage_loses_no_row(
    fresh_database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_rederivation, "CHUNK", 2)
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(*(author.watch(Item.of(user=n), 300 + n) for n in range(6)))
    set_item(fresh_database, threshold=0.5)
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

    def work() -> None:
        store = Store(fresh_database.writer_dsn, "rederived")
        try:
            while not over.is_set():
                try:
                    rederive(store)
                except StoreOutageError as outage:  # a deadlock with the other: tried again, as the sink does
                    _log.info("%s", outage)
        finally:
            store.close()

    pool = ThreadPoolExecutor(2)
    workers = [pool.submit(work) for _ in range(2)]
    try:
        with Direct(fresh_database) as sink:
            for _ in range(25):
                set_item(
                    fresh_database, content=dice.randrange(3), threshold=dice.choice([0.2, 0.5, 0.9, None])
                )
                items = [Item.of(user=dice.randrange(30), content=dice.randrange(3)) for _ in range(40)]
                sink.write(
                    *(author.watch(item, dice.randrange(600), session=n % 3) for n, item in enumerate(items))
                )
        request_all(fresh_database)  # the last batch was of a processor with the catalogue from before
        until(
            30,
            lambda: any(each.done() for each in workers) or not requests(fresh_database),
            lambda: requests(fresh_database),
        )
    finally:
        over.set()
        pool.shutdown()
    for each in workers:
        each.result()
    items = rows(fresh_database, "SELECT content_id::text, threshold::float8 FROM progress.content_items")
    found = rows(fresh_database, "SELECT DISTINCT content_id::text, override FROM progress.user_progress")
    thresholds = {row["content_id"]: row["threshold"] for row in items}
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
        set_item(fresh_database, threshold=0.5)
        until(30, lambda: {status for status, *_ in shown(fresh_database)} == {"completed"})
        log.write(author.watch(Item.of(user=3), 30))
        until(30, stored_up_to(fresh_database, 0, 3))
    assert findings(fresh_database) == []
