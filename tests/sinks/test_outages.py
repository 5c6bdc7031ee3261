"""PostgreSQL and Kafka go away and come back; the sink holds what it has, and nothing is a dead letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.local.stores.stack import Stack
from playhead.kafka.topics import ensure_topics
from playhead.settings import KafkaSettings, MigrateSettings
from sinks.schema import migrate
from tests.services import Database
from tests.sinks.author import Author, Item, Log
from tests.sinks.running import (
    dead_letters,
    findings,
    positions,
    rows,
    running,
    sink_settings,
    stored_up_to,
    until,
)

pytestmark = [pytest.mark.services, pytest.mark.faults]


def test_the_sink_outlives_both_stores(stack_dir: Path) -> None:
    with Stack(stack_dir) as stack:
        topics = KafkaSettings(kafka_servers=stack.kafka.servers, kafka_partitions=4)
        database = Database(stack.postgres.dsn())
        ensure_topics(topics)
        migrate(MigrateSettings(postgres_admin_dsn=database.admin_dsn))
        log, author = Log(topics), Author()
        settings = sink_settings(topics, database, sink_batch=50)
        with running(settings) as sink:
            log.write(*(author.watch(Item.of(user=number), 30) for number in range(100)))
            until(30, stored_up_to(database, 0, 100))

            stack.postgres.kill()
            log.write(*(author.watch(Item.of(user=number), 60) for number in range(300)))
            until(30, lambda: "PostgreSQL" in (sink.why_not_ready() or ""), sink.why_not_ready)
            stack.postgres.start()
            until(60, stored_up_to(database, 0, 400), lambda: positions(database))
            until(10, lambda: sink.why_not_ready() is None, sink.why_not_ready)

            stack.kafka.kill()
            stack.kafka.start()
            log.write(*(author.watch(Item.of(user=number), 90) for number in range(100)), author.checkpoint())
            until(60, stored_up_to(database, 0, 501), lambda: positions(database))

            stack.postgres.stop()
            log.write(*(author.watch(Item.of(user=number), 120) for number in range(100)))
            until(30, lambda: "PostgreSQL" in (sink.why_not_ready() or ""), sink.why_not_ready)
        assert positions_after(stack, database) == 501  # stopped during the outage
        with running(settings):
            until(60, stored_up_to(database, 0, 601), lambda: positions(database))
        assert rows(database, "SELECT count(*) FROM progress.user_progress") == [{"count": 300}]
        assert findings(database) == []
        assert dead_letters(topics, 0) == []


def positions_after(stack: Stack, database: Database) -> int:
    stack.postgres.start()
    return positions(database)[0]
