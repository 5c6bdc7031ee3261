"""`playhead status` reports partitions that are not stored, and why."""

from __future__ import annotations

import time
from typing import Any

import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner

from operations.cli.main import app
from operations.status import stalls
from operations.status.partition_status import faults
from operations.status.partitions import StatusSettings, read_partitions
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics
from tests.services import Database
from tests.sinks.author import Author, Item, Record
from tests.sinks.running import running, sink_settings, until

pytestmark = pytest.mark.services


@pytest.fixture
def settings(
    fresh_topics: KafkaSettings, fresh_database: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> StatusSettings:
    monkeypatch.setattr(stalls, "WATCH_S", 1.0)
    return StatusSettings(
        kafka_servers=fresh_topics.kafka_servers,
        kafka_prefix=fresh_topics.kafka_prefix,
        kafka_partitions=fresh_topics.kafka_partitions,
        postgres_dsn=fresh_database.writer_dsn,
        redis_url=redis_url,
    )


def write(settings: KafkaSettings, *records: Record, age_s: float) -> None:
    """Put records into the states topic as if they had lain there for a while."""
    producer = Producer({"bootstrap.servers": settings.kafka_servers})
    at = int((time.time() - age_s) * 1000)
    for record in records:
        producer.produce(
            Topics.named(settings.kafka_prefix).states.name, record.value, record.key, 0, timestamp=at
        )
    assert producer.flush(30) == 0


def reported(settings: StatusSettings) -> list[str]:
    return faults(stalls.with_stalls(settings, read_partitions(settings)))


def test_states_that_wait_and_no_sink(settings: StatusSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    write(settings, Author().watch(Item.of(), 30), age_s=30)
    assert reported(settings) == []
    write(settings, Author().watch(Item.of(user=2), 30), age_s=0)
    write(settings, *(Author().watch(Item.of(user=3), 30) for _ in range(3)), age_s=3_600)
    assert reported(settings) == []  # the first of them has waited for half a minute only
    environment: dict[str, Any] = {
        f"PLAYHEAD_{name.upper()}": str(value)
        for name, value in settings.model_dump(exclude_none=True, exclude_defaults=True).items()
    }
    runner = CliRunner()
    assert runner.invoke(app, ["status"], env=environment).exit_code == 0
    monkeypatch.setattr(stalls, "OVERDUE_S", 20.0)
    done = runner.invoke(app, ["status"], env=environment)
    said = " ".join(done.output.split())
    assert done.exit_code == 1
    assert "partition 0: 5 states wait for PostgreSQL" in said
    assert "no sink reads the partition" in said
    assert "balances" not in said


def test_a_sink_that_is_held_says_why(settings: StatusSettings, fresh_database: Database) -> None:
    write(settings, *(Record(b"k", b"{}") for _ in range(40)), age_s=3_600)
    with running(sink_settings(settings, fresh_database)) as sink:
        until(30, lambda: "a bad release" in (sink.why_not_ready() or ""), sink.why_not_ready)
        until(30, lambda: "a bad release" in "".join(reported(settings)), lambda: reported(settings))


def test_a_backlog_that_is_being_stored_is_no_fault(
    settings: StatusSettings, fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stalls, "WATCH_S", 60.0)
    author = Author()
    write(settings, *(author.watch(Item.of(user=each), 30) for each in range(2_000)), age_s=3_600)
    behind = read_partitions(settings)
    with running(sink_settings(settings, fresh_database, sink_batch=100)):
        assert faults(stalls.with_stalls(settings, behind)) == []
