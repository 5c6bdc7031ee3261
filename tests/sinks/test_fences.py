"""A sink that lost a partition changes nothing; one that cannot go on says why."""

from __future__ import annotations

import threading

import psycopg
import pytest
from confluent_kafka import KafkaError
from psycopg import sql

from playhead.settings import KafkaSettings, SinkSettings
from sinks.errors import (
    FencedError,
    PositionAheadError,
    SchemaMissingError,
    StoreOutageError,
    TopicMissingError,
)
from sinks.sink import Sink
from sinks.states.batch import BatchBuilder
from sinks.states.consume import StatesConsumer
from sinks.states.decode import ConsumedRecord, decode
from sinks.tables.connection import read_positions
from sinks.tables.prepare import SinkBatch, prepare
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item, Log, Record
from tests.sinks.running import (
    everything,
    findings,
    locked,
    positions,
    rows,
    running,
    sink_settings,
    stored_up_to,
    until,
)

pytestmark = pytest.mark.services


def batch_of(*records: Record, start: int, has_gap: bool = False) -> SinkBatch:
    builder = BatchBuilder()
    for offset, record in enumerate(records, start):
        source = ConsumedRecord(record.partition, offset, record.key, record.value)
        builder.add(source, start, decode(source, has_gap=has_gap))
    return prepare(builder, POLICY)


def make_read_only(database: Database, *, on: bool) -> None:
    """Sessions from now on write nothing, as on a standby."""
    with psycopg.connect(database.admin_dsn, options="-c default_transaction_read_only=off") as connection:
        name = sql.Identifier(connection.info.dbname)
        value = sql.Literal("on" if on else "off")
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(name, value)
        )


def refuse(*refused: object) -> None:
    raise AssertionError(refused)


@pytest.fixture
def store(fresh_database: Database) -> Store:
    read_positions(fresh_database.writer_dsn, "states", [0, 1])
    return Store(fresh_database.writer_dsn, "states")


def test_a_zombie_changes_nothing(store: Store, fresh_database: Database) -> None:
    author, item = Author(), Item.of()
    first, second = author.watch(item, 30), author.watch(item, 60)
    store.write(batch_of(first, second, start=0), refuse)
    before = everything(fresh_database)
    with pytest.raises(FencedError):
        store.write(batch_of(first, author.checkpoint(), start=0), refuse)
    assert everything(fresh_database) == before
    store.close()


def test_a_batch_is_fenced_as_a_whole(store: Store, fresh_database: Database) -> None:
    authors = [Author(partition=0), Author(partition=1)]
    records = [author.watch(Item.of(user=author.partition), 30) for author in authors]
    store.write(batch_of(records[1], start=0), refuse)
    with pytest.raises(FencedError, match=r"partitions \[0, 1\], 1 stood"):
        store.write(batch_of(*records, start=0), refuse)
    assert positions(fresh_database) == {0: 0, 1: 1}
    store.close()


def test_after_a_gap_every_session_is_written(store: Store, fresh_database: Database) -> None:
    author, item = Author(), Item.of()
    store.write(batch_of(author.watch(item, 30, session=1), start=0), refuse)
    author.watch(item, 30, session=2, at_s=4000, began_s=3900)  # compacted away
    last = author.watch(item, 30, session=3, at_s=9000, began_s=8900)
    store.write(batch_of(last, start=1, has_gap=True), refuse)
    assert rows(fresh_database, "SELECT count(*) FROM progress.sessions") == [{"count": 3}]
    assert findings(fresh_database) == []
    store.close()


def test_an_outage_while_connecting_is_told_as_one() -> None:
    with pytest.raises(StoreOutageError, match="PLAYHEAD_POSTGRES_DSN"):
        read_positions("postgresql://playhead_writer@127.0.0.1:1/playhead", "states", [0])


def test_a_standby_that_is_promoted_is_written_to(store: Store, fresh_database: Database) -> None:
    """A standby lets the sink connect, and refuses to make its temporary tables."""
    first = batch_of(Author().watch(Item.of(), 30), start=0)
    make_read_only(fresh_database, on=True)
    with pytest.raises(StoreOutageError, match="ReadOnlySqlTransaction, SQLSTATE 25006"):
        store.write(first, refuse)
    make_read_only(fresh_database, on=False)
    assert store.write(first, refuse).stored == 1
    assert positions(fresh_database)[0] == 1
    store.close()


def test_an_error_of_a_partition_that_was_revoked_meanwhile_is_let_go(fresh_topics: KafkaSettings) -> None:
    class Failed:
        """What librdkafka says of an offset out of range; its own type cannot be made."""

        def error(self) -> KafkaError:
            return KafkaError(KafkaError._AUTO_OFFSET_RESET)

        def partition(self) -> int:
            return 3

    settings = SinkSettings(kafka_servers=fresh_topics.kafka_servers, kafka_prefix=fresh_topics.kafka_prefix)
    consumer = StatesConsumer(settings, lambda _: {}, lambda: None)
    assert not consumer._is_record(Failed())  # type: ignore[arg-type]
    consumer.close()


def test_a_position_moved_by_another_is_read_again(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author, log = Author(), Log(fresh_topics)
    log.write(*(author.watch(Item.of(user=number), 30) for number in range(5)))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 5))
        rows(
            fresh_database,
            "UPDATE progress.positions SET next_offset = 2 WHERE partition = 0 RETURNING partition",
        )
        log.write(author.watch(Item.of(user=9), 30))
        until(20, stored_up_to(fresh_database, 0, 6), lambda: positions(fresh_database))
    assert rows(fresh_database, "SELECT count(*) FROM progress.user_progress") == [{"count": 6}]
    assert findings(fresh_database) == []


def test_a_sink_that_stores_nothing_for_long_is_not_ready(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    log, author = Log(fresh_topics), Author()
    with running(sink_settings(fresh_topics, fresh_database, sink_stall_seconds=1.0)) as sink:
        with locked(fresh_database, "progress.user_summary"):
            log.write(*(author.watch(Item.of(user=number), 30) for number in range(5)))
            until(30, lambda: "none was stored for" in (sink.why_not_ready() or ""), sink.why_not_ready)
        until(30, stored_up_to(fresh_database, 0, 5), sink.why_not_ready)
        until(30, lambda: sink.why_not_ready() is None, sink.why_not_ready)


def test_a_log_shorter_than_what_was_stored_of_it_stops_the_sink(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author = Author()
    Log(fresh_topics).write(author.watch(Item.of(), 30))
    settings = sink_settings(fresh_topics, fresh_database)
    with running(settings):
        until(20, stored_up_to(fresh_database, 0, 1))
    rows(fresh_database, "UPDATE progress.positions SET next_offset = 40 WHERE partition = 0 RETURNING 1")
    with pytest.raises(PositionAheadError, match="ends at 1, but PostgreSQL has stored it up to 40"):
        Sink(settings, threading.Event()).run()


def test_a_broker_that_is_away_is_waited_for(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    settings = sink_settings(fresh_topics, fresh_database).model_copy(update={"kafka_servers": "127.0.0.1:1"})
    with running(settings) as sink:
        until(30, lambda: "PLAYHEAD_KAFKA_SERVERS" in (sink.why_not_ready() or ""), sink.why_not_ready)


def test_a_missing_topic_is_named(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    settings = sink_settings(fresh_topics, fresh_database).model_copy(update={"kafka_prefix": "no-such-"})
    with pytest.raises(TopicMissingError, match=r"no-such-progress\.states is not there: run `playhead mig"):
        Sink(settings, threading.Event()).run()


def test_a_missing_schema_is_told(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        connection.execute("DROP SCHEMA progress CASCADE")
    with pytest.raises(SchemaMissingError, match="playhead migrate"):
        Sink(sink_settings(fresh_topics, fresh_database), threading.Event()).run()


def test_a_state_of_a_lower_partition_changes_nothing_whenever_it_is_read(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    """After a repartition, the former partition still has the person's last state from before."""
    author, item = Author(), Item.of()
    former = author.watch(item, 100)
    author.partition, author.offset = 1, 0
    present = author.watch(item, 300)
    log = Log(fresh_topics)
    with running(sink_settings(fresh_topics, fresh_database)):
        for record in (present, former):
            log.write(record)
            until(30, lambda at=record.partition: positions(fresh_database).get(at) == 1)
    row = rows(fresh_database, "SELECT source_partition, content_ms FROM progress.user_progress")[0]
    assert (row["source_partition"], row["content_ms"]) == (1, 300_000)
    assert findings(fresh_database) == []
