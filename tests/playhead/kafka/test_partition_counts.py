"""Topics that differ in partitions are named by every part, as is a schema of another revision."""

from __future__ import annotations

import json
import secrets
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, NewPartitions
from typer.testing import CliRunner, Result

from ingest.app import Ingest
from operations.cli.main import app
from playhead.kafka.partition_counts import PartitionCountWatch, disagreement
from playhead.kafka.topics import METADATA_MS, ensure_topics
from playhead.settings import IngestSettings, KafkaSettings, ProcessorSettings
from playhead.wire.topics import Topics
from stream_processors.consumer.application import ProcessorApp
from tests.services import Database

WITHIN_SECONDS = 60.0


@pytest.fixture
def settings(kafka_servers: str) -> KafkaSettings:
    prefix = f"agreement-{secrets.token_hex(4)}."
    settings = KafkaSettings(kafka_servers=kafka_servers, kafka_prefix=prefix, kafka_partitions=3)
    ensure_topics(settings)
    return settings


def grow(settings: KafkaSettings, topic: str, partitions: int) -> None:
    admin = AdminClient({"bootstrap.servers": settings.kafka_servers})
    admin.create_partitions([NewPartitions(topic, partitions)])[topic].result()


def command(settings: KafkaSettings, database: Database, redis_url: str, *arguments: str) -> Result:
    environment = {
        "PLAYHEAD_KAFKA_SERVERS": settings.kafka_servers,
        "PLAYHEAD_KAFKA_PREFIX": settings.kafka_prefix,
        "PLAYHEAD_KAFKA_PARTITIONS": str(settings.kafka_partitions),
        "PLAYHEAD_REDIS_URL": redis_url,
        "PLAYHEAD_POSTGRES_ADMIN_DSN": database.admin_dsn,
        **database.environment,
    }
    return CliRunner().invoke(app, list(arguments), env=environment)


def test_it_names_topics_and_counts() -> None:
    assert disagreement({}) is None
    assert disagreement({"a": 3, "b": 3}) is None
    assert disagreement({"a": 4, "b": 3}) == (
        "the topics differ in partitions: a has 4, b has 3; give each as many as the largest"
    )


def test_one_look_while_partitions_are_being_added_is_no_disagreement() -> None:
    watch = PartitionCountWatch(KafkaSettings())
    for found, confirmed in (
        (None, None),
        ("differs", None),
        (None, None),
        ("differs", None),
        ("differs", "differs"),
    ):
        watch.take(found)
        assert watch.disagreement == confirmed
    watch.take(None)
    assert watch.disagreement is None


def test_new_partitions_are_noticed_within_a_quarter_of_a_minute() -> None:
    processor = ProcessorApp(ProcessorSettings(), workers=None)  # type: ignore[arg-type]  # none is needed here
    assert processor.conf.consumer_metadata_max_age_ms == METADATA_MS <= 15_000


@pytest.mark.services
def test_readiness_says_so_and_takes_it_back(settings: KafkaSettings) -> None:
    topics = Topics.named(settings.kafka_prefix)
    ingest = Ingest(IngestSettings(**settings.model_dump()))
    ingest.watch.unavailable_reason = None
    ingest.agreement = watch = PartitionCountWatch(settings, check_seconds=0.1)
    watch.start()
    try:
        grow(settings, topics.heartbeats.name, 4)
        reason = _until(ingest.unavailable_reason, "readiness names the topics")
        assert f"{topics.heartbeats.name} has 4, {topics.states.name} has 3" in reason
        for name in (topics.states.name, topics.dead_letters.name):
            grow(settings, name, 4)
        _until(lambda: ingest.unavailable_reason() is None, "readiness is back")
    finally:
        watch.close()
    assert "topics" not in {thread.name for thread in threading.enumerate()}, "its request may be under way"


@pytest.mark.services
def test_status_looks_at_the_partitions_that_there_are(
    settings: KafkaSettings, fresh_database: Database, redis_url: str, tmp_path: Path
) -> None:
    topics = Topics.named(settings.kafka_prefix)
    options = ("--json", "--data-dir", str(tmp_path))
    for name in (topics.heartbeats.name, topics.states.name, topics.dead_letters.name):
        grow(settings, name, 4)
    more = command(settings, fresh_database, redis_url, "status", *options)
    assert more.exit_code == 0, (more.output, more.exception)
    assert [each["partition"] for each in json.loads(more.stdout)] == [0, 1, 2, 3]

    grow(settings, topics.heartbeats.name, 5)
    differs = command(settings, fresh_database, redis_url, "status", *options)
    assert differs.exit_code == 1, (differs.output, differs.exception)
    assert json.loads(differs.stdout)[4]["faults"] == [
        "the topic of states has no such partition: give all topics as many"
    ]


@pytest.mark.services
def test_migrate_check_exits_with_3_on_drift_and_changes_nothing(
    settings: KafkaSettings, fresh_database: Database, redis_url: str, tmp_path: Path
) -> None:
    def check() -> Result:
        return command(settings, fresh_database, redis_url, "migrate", "--check", "--data-dir", str(tmp_path))

    as_it_should_be = check()
    assert (as_it_should_be.exit_code, as_it_should_be.stdout) == (
        0,
        "Topics and schema are as they should be.\n",
    )
    states = Topics.named(settings.kafka_prefix).states.name
    grow(settings, states, 4)
    with psycopg.connect(fresh_database.admin_dsn) as admin:
        admin.execute("UPDATE progress.alembic_version SET version_num = '0004'")
    for _ in range(2):
        drifted = check()
        assert drifted.exit_code == 3, drifted.output
        assert f"topic {states}: partitions is 4, not 3" in drifted.stdout
        assert "schema: revision 0005 is missing: An index" in drifted.stdout
    with psycopg.connect(fresh_database.admin_dsn) as admin:
        admin.execute("UPDATE progress.alembic_version SET version_num = '9999'")
    assert "at revision 9999, of a later release" in check().stdout


def _until(condition: Any, what: str) -> Any:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {WITHIN_SECONDS} s: {what}"
        time.sleep(0.05)  # the watch has a thread of its own
    return found
