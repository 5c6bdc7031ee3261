"""Dead letters on a real Kafka: looked at, filtered, and sent to where they came from."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import Result
from confluent_kafka import Producer
from typer.testing import CliRunner

from operations.cli.main import app
from playhead.settings import KafkaSettings
from playhead.wire.codec import encode
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.keys import person_key
from playhead.wire.topics import Topics
from sinks.dead_letters.publish import DeadLetterPublisher
from sinks.states.decode import ConsumedRecord, RejectedRecord
from tests.services import Database
from tests.sinks.author import Author, Item, Log, Record
from tests.sinks.running import dead_letters, positions, rows, running, sink_settings, until
from tests.stream_processors.heartbeats import heartbeat
from tests.topic_reader import read_topic

pytestmark = pytest.mark.services


class Operator:
    """Runs `playhead dead-letters` beside the stores."""

    def __init__(self, topics: KafkaSettings, database: Database) -> None:
        self._environment: dict[str, str | None] = {
            "PLAYHEAD_KAFKA_SERVERS": topics.kafka_servers,
            "PLAYHEAD_KAFKA_PREFIX": topics.kafka_prefix,
            "PLAYHEAD_KAFKA_PARTITIONS": str(topics.kafka_partitions),
            "PLAYHEAD_POSTGRES_DSN": database.writer_dsn,
        }

    def run(self, *arguments: str, code: int = 0) -> Result:
        done = CliRunner().invoke(app, ["dead-letters", *arguments], env=self._environment)
        assert done.exit_code == code, done.output + repr(done.exception)
        return done

    def json(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*arguments, "--json", code=code).stdout.splitlines()]


@pytest.fixture
def operator(fresh_topics: KafkaSettings, fresh_database: Database) -> Operator:
    return Operator(fresh_topics, fresh_database)


def publish_dead_states(
    topics: KafkaSettings, *records: Record, reason: str = "refused_by_store", first: int = 0
) -> None:
    """Dead letters of states, as the sink writes them."""
    DeadLetterPublisher(topics).publish(
        [
            RejectedRecord(
                ConsumedRecord(each.partition, first + offset, each.key, each.value), reason, "out of range"
            )
            for offset, each in enumerate(records)
        ]
    )


def publish_dead_heartbeat(
    topics: KafkaSettings, key: bytes, value: bytes, reason: str, **more: bytes
) -> None:
    """A dead letter of a heartbeat of partition 2, as the processor writes it."""
    named = Topics.named(topics.kafka_prefix)
    headers = DeadLetter(named.heartbeats.name, 2, 7, reason, "too many items").headers()
    producer = Producer({"bootstrap.servers": topics.kafka_servers})
    left = [(name.replace("_", "-"), said) for name, said in more.items()]
    producer.produce(named.dead_letters.name, value, key, 2, headers=[*headers, *left])
    assert producer.flush(30) == 0


def test_a_state_that_can_be_stored_by_now_is_stored(
    fresh_topics: KafkaSettings, fresh_database: Database, operator: Operator
) -> None:
    author, other = Author(), Author()
    older, newer = author.watch(Item.of(), 30), author.watch(Item.of(), 60)
    elsewhere = other.watch(Item.of(user=2, tenant=2), 30)
    publish_dead_states(fresh_topics, older, newer, elsewhere)
    listed = operator.json("list", "--tenant", Item.of().tenant_id)
    assert [each["offset"] for each in listed] == [0, 1]
    first, second = (each["letter"] for each in listed)

    assert "1 would be sent to" in operator.run("redrive", second, "--dry-run").stdout
    assert f"letter {second} is a later state of it" in operator.run("redrive", first, code=1).stdout
    assert read_topic(fresh_topics.kafka_servers, Topics.named(fresh_topics.kafka_prefix).states.name) == []

    done = operator.run("redrive", "--person", Item.of().user_id)
    assert "1 sent, 1 left out" in done.stdout
    again = operator.run("redrive", second, code=1)
    assert "a later state of it waits in the log" in again.stdout
    with running(sink_settings(fresh_topics, fresh_database)):
        until(30, lambda: positions(fresh_database).get(0) == 1, lambda: positions(fresh_database))
    (row,) = rows(fresh_database, "SELECT progress_percentage, state FROM progress.user_progress")
    assert row["progress_percentage"] == 10
    assert "PostgreSQL has this state of it, or a later one" in operator.run("redrive", second, code=1).stdout
    (sent,) = read_topic(fresh_topics.kafka_servers, Topics.named(fresh_topics.kafka_prefix).states.name)
    assert (sent.key(), sent.value(), sent.partition()) == (newer.key, newer.value, 0)


def test_a_state_of_a_higher_partition_is_the_later_one(
    fresh_topics: KafkaSettings, fresh_database: Database, operator: Operator
) -> None:
    """A person who was moved by a repartition; offsets of two partitions are not compared."""
    before = Author(partition=0, offset=40)
    older = before.watch(Item.of(), 30)
    newer = Author(partition=3, known=dict(before.known)).watch(Item.of(), 60)
    publish_dead_states(fresh_topics, older, first=40)
    publish_dead_states(fresh_topics, newer, first=2)
    first, second = sorted(each["letter"] for each in operator.json("list"))
    with running(sink_settings(fresh_topics, fresh_database)):
        producer = Producer({"bootstrap.servers": fresh_topics.kafka_servers})
        producer.produce(Topics.named(fresh_topics.kafka_prefix).states.name, older.value, older.key, 0)
        assert producer.flush(30) == 0
        until(30, lambda: positions(fresh_database).get(0) == 1, lambda: positions(fresh_database))
        assert "1 would be sent to" in operator.run("redrive", second, "--dry-run").stdout
        assert "PostgreSQL has this state" in operator.run("redrive", first, code=1).stdout
        operator.run("redrive", second)
        until(30, lambda: positions(fresh_database).get(3) == 1, lambda: positions(fresh_database))
    (row,) = rows(fresh_database, "SELECT progress_percentage, source_partition FROM progress.user_progress")
    assert (row["progress_percentage"], row["source_partition"]) == (10, 3)


def test_a_heartbeat_goes_to_its_partition_as_it_was(fresh_topics: KafkaSettings, operator: Operator) -> None:
    good = heartbeat()
    key = person_key(good.tenant_id, good.user_id).encode()
    publish_dead_heartbeat(fresh_topics, key, encode(good), "quota")
    publish_dead_heartbeat(fresh_topics, key, b"poison", "malformed")
    publish_dead_heartbeat(fresh_topics, b"somebody", encode(good), "wrong_key")
    publish_dead_heartbeat(fresh_topics, key, b"", "refused_by_store", value_left_out=b"2000000 bytes")
    assert len(operator.json("list")) == 4
    assert [each["reason"] for each in operator.json("list", "--limit", "1")] == ["refused_by_store"]
    assert [each["reason"] for each in operator.json("list", "--reason", "quota")] == ["quota"]
    assert operator.json("list", "--until", "2020-01-01") == []
    assert len(operator.json("list", "--since", "2020-01-01")) == 4

    done = operator.run("redrive", "--all")
    assert "2:1 left out: this release cannot read it either: JSON is malformed" in done.stdout
    assert f"2:2 left out: its key is not {key.decode()}" in done.stdout
    assert "2:3 left out: its value was too large to be kept" in done.stdout
    assert "1 sent, 3 left out" in done.stdout
    (sent,) = read_topic(fresh_topics.kafka_servers, Topics.named(fresh_topics.kafka_prefix).heartbeats.name)
    assert (sent.key(), sent.value(), sent.partition()) == (key, encode(good), 2)


def test_nothing_of_erased_people_is_sent(
    fresh_topics: KafkaSettings, fresh_database: Database, operator: Operator
) -> None:
    record, item = Author().watch(Item.of(), 30), Item.of()
    publish_dead_states(fresh_topics, record)
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.erased_people (tenant_id, user_id) VALUES (%s, %s)",
            (item.tenant_id, item.user_id),
        )
    (reported,) = operator.json("redrive", "--all", code=1)
    assert reported["left"] == "the person was erased"


def test_one_dead_letter_is_shown_with_its_value(
    fresh_topics: KafkaSettings, fresh_database: Database, operator: Operator
) -> None:
    record = Author().watch(Item.of(), 30)
    Log(fresh_topics).write(Record(b"key\xff", b"\xff no text"), Record(record.key, b"[]"))
    with running(sink_settings(fresh_topics, fresh_database)):
        dead_letters(fresh_topics, 2)
    publish_dead_states(fresh_topics, record, first=9)
    listed = operator.json("list")
    shown = {each["offset"]: operator.run("show", each["letter"]).stdout for each in listed}
    assert "No JSON: b'\\xff no text'" in shown[0]
    assert "malformed" in shown[1]
    assert f'"userId": "{Item.of().user_id}"' in shown[9]
    (reported,) = operator.json("show", next(each["letter"] for each in listed if each["offset"] == 9))
    assert reported["value"].encode() == record.value
    assert "partition 0" not in operator.run("list").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("redrive",), 1, "--all sends every dead letter"),
        (("show", "0:99"), 1, "no dead letter at 0:99"),
        (("show", "first"), 1, "is not PARTITION:OFFSET"),
        (("list", "--reason", "boredom"), 2, "one of malformed"),
        (("list", "--tenant", "acme"), 2, "UUID"),
    ],
)
def test_what_cannot_be_done_is_explained(
    operator: Operator, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in " ".join(operator.run(*arguments, code=code).stderr.replace("│", "").split())


def test_a_kafka_that_is_away_is_named(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.topic_reader.REQUEST_SECONDS", 1.0)
    away = KafkaSettings(kafka_servers="127.0.0.1:1", kafka_prefix=str(uuid4()))
    assert "PLAYHEAD_KAFKA_SERVERS" in Operator(away, fresh_database).run("list", code=1).stderr
