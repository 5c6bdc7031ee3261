"""States of people and organisations that were erased: nothing is stored, and compaction takes them away."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from confluent_kafka import Consumer, TopicPartition

from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics
from sinks.rederive.rederive import Rederiver
from sinks.states.decode import ConsumedRecord, RejectedRecord
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item, Log
from tests.sinks.running import (
    Direct,
    dead_letters,
    everything,
    findings,
    finish,
    positions,
    rows,
    running,
    sink_settings,
    stored_up_to,
    until,
    waiting_for_a_lock,
)

pytestmark = pytest.mark.services


class Witness(Direct):
    """Remembers the states that it would answer with tombstones."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.erased: list[bytes] = []

    def publish(self, rejected: Sequence[RejectedRecord], erased: Sequence[ConsumedRecord]) -> None:
        assert rejected == []
        self.erased += [each.key or b"" for each in erased]


def erase(connection: psycopg.Connection, item: Item) -> None:
    """Erase a person without stored rows, like `playhead erase`."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('playhead erase'))")
    connection.execute(
        "INSERT INTO progress.erased_people (tenant_id, user_id) VALUES (%s, %s)",
        (item.tenant_id, item.user_id),
    )


@pytest.fixture
def without_two(fresh_database: Database) -> Database:
    with psycopg.connect(fresh_database.writer_dsn) as connection:
        erase(connection, Item.of(user=2))
    return fresh_database


def people(database: Database) -> set[str]:
    return {row["user_id"] for row in rows(database, "SELECT user_id::text FROM progress.user_progress")}


def test_nothing_of_them_is_stored(without_two: Database) -> None:
    author = Author()
    with Witness(without_two) as sink:
        written = sink.write(
            author.watch(Item.of(user=1), 60),
            author.watch(Item.of(user=2), 60),
            author.watch(Item.of(user=2, content=2), 60),
            author.watch(Item.of(user=2, content=2), 90),
            author.watch(Item.of(user=3), 60),
            author.watch(Item.of(user=2, tenant=2), 60),
        )
    assert (written.stored, written.erased) == (3, 3)
    assert sorted(sink.erased) == sorted(Item.of(user=2, content=n).key.encode() for n in (1, 2))
    stored = rows(without_two, "SELECT tenant_id::text, user_id::text FROM progress.sessions")
    assert {(row["tenant_id"], row["user_id"]) for row in stored} == {
        (item.tenant_id, item.user_id)
        for item in (Item.of(user=1), Item.of(user=3), Item.of(user=2, tenant=2))
    }
    assert findings(without_two) == []


def test_nothing_of_an_erased_organisation_is_stored(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.writer_dsn) as connection:
        connection.execute("INSERT INTO progress.erased_tenants VALUES (%s)", [Item.of(tenant=1).tenant_id])
    author = Author()
    with Witness(fresh_database) as sink:
        written = sink.write(
            author.watch(Item.of(user=1), 60),
            author.watch(Item.of(user=1, content=2), 60),
            author.watch(Item.of(user=1, content=2), 90),
            author.watch(Item.of(user=1, tenant=2), 60),
        )
    assert (written.stored, written.erased) == (1, 3)
    assert sorted(sink.erased) == sorted(Item.of(user=1, content=n).key.encode() for n in (1, 2))
    stored = rows(fresh_database, "SELECT tenant_id::text FROM progress.sessions")
    assert [row["tenant_id"] for row in stored] == [Item.of(tenant=2).tenant_id]
    assert findings(fresh_database) == []


def test_a_batch_of_nobody_else_stores_nothing_and_moves_on(without_two: Database) -> None:
    author = Author()
    with Witness(without_two) as sink:
        sink.write(author.watch(Item.of(user=2), 60), author.checkpoint())
    assert people(without_two) == set()
    assert positions(without_two)[0] == 2
    assert findings(without_two) == []


def test_their_states_are_dropped_from_the_half_that_is_tried_again(without_two: Database) -> None:
    """A record that the store refuses makes it try in halves."""
    author = Author()
    author.watch(Item.of(user=4), 60)
    refused: list[RejectedRecord] = []

    class Taking(Witness):
        def publish(self, rejected: Sequence[RejectedRecord], erased: Sequence[ConsumedRecord]) -> None:
            refused.extend(rejected)
            super().publish([], erased)

    with Taking(without_two) as sink:
        sink.write(
            author.watch(Item.of(user=1), 60),
            author.watch(Item.of(user=2), 60),
            author.watch(Item.of(user=3), 60),
            author.forge(Item.of(user=4), percentage=101),
        )
    assert [each.reason for each in refused] == ["refused_by_store"]
    assert sink.erased == [Item.of(user=2).key.encode()]
    assert people(without_two) == {Item.of(user=1).user_id, Item.of(user=3).user_id}
    assert findings(without_two) == []


def test_a_batch_waits_for_an_erasure_and_goes_by_it(fresh_database: Database) -> None:
    author = Author()
    with Witness(fresh_database) as sink, ThreadPoolExecutor(1) as pool:
        with psycopg.connect(fresh_database.writer_dsn) as connection:
            erase(connection, Item.of(user=2))
            batch = pool.submit(sink.write, author.watch(Item.of(user=2), 60), author.watch(Item.of(), 60))
            until(20, lambda: waiting_for_a_lock(fresh_database) == 1)
        batch.result(20)
    assert people(fresh_database) == {Item.of().user_id}


def test_they_are_not_derived_anew(without_two: Database) -> None:
    author = Author()
    with Witness(without_two) as sink:
        sink.write(author.watch(Item.of(), 300), author.watch(Item.of(user=2), 300))
        before = everything(without_two)
        with psycopg.connect(without_two.admin_dsn) as connection:
            connection.execute(
                "INSERT INTO progress.rederivations SELECT tenant_id, content_id, now()"
                " FROM progress.user_progress"
            )
        finish(Rederiver(sink.store, POLICY, 0))
    assert everything(without_two) == before


def states(settings: KafkaSettings, partition: int) -> list[tuple[bytes, bytes | None]]:
    """All of a partition of the states topic."""
    topic = TopicPartition(Topics.named(settings.kafka_prefix).states.name, partition, 0)
    consumer = Consumer({"bootstrap.servers": settings.kafka_servers, "group.id": "states"})
    try:
        _, end = consumer.get_watermark_offsets(topic, timeout=10)
        consumer.assign([topic])
        found: list[tuple[bytes, bytes | None]] = []
        while len(found) < end:
            found += [(message.key(), message.value()) for message in consumer.consume(end - len(found), 1)]
    finally:
        consumer.close()
    return found


def test_each_is_answered_with_one_tombstone_and_no_tombstone_with_any(
    fresh_topics: KafkaSettings, without_two: Database
) -> None:
    author = Author(partition=3)
    Log(fresh_topics).write(author.watch(Item.of(user=2), 60), author.watch(Item.of(user=1), 60))
    with running(sink_settings(fresh_topics, without_two)):
        until(30, stored_up_to(without_two, 3, 3), lambda: positions(without_two))
        Log(fresh_topics).write(author.watch(Item.of(user=1), 90))
        until(30, stored_up_to(without_two, 3, 4), lambda: positions(without_two))
    assert [(key, value is None) for key, value in states(fresh_topics, 3)] == [
        (Item.of(user=2).key.encode(), False),
        (Item.of(user=1).key.encode(), False),
        (Item.of(user=2).key.encode(), True),
        (Item.of(user=1).key.encode(), False),
    ]
    assert dead_letters(fresh_topics, 0) == []
    assert people(without_two) == {Item.of(user=1).user_id}
    assert findings(without_two) == []
