"""`playhead check` against real stores: all is well, then one thing is taken away after the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, NewPartitions
from redis import Redis
from typer.testing import CliRunner

from operations.check.clocks import clock_check
from operations.check.postgres import found_rights, needed_rights
from operations.cli.main import app
from playhead.kafka.topics import ensure_topics
from playhead.settings import KafkaSettings
from tests.services import Database
from tests.stream_processors.process import eventually

pytestmark = pytest.mark.services

CANARY = "canary-4711-canary-4711-canary-4711"
SERVICES = ("ingest", "processor", "sink", "query")
Wrong = list[tuple[str, str, str]]
"""Service, check and detail of what is wrong."""


@pytest.fixture
def environment(
    fresh_topics: KafkaSettings, fresh_database: Database, redis_url: str, tmp_path: Path
) -> dict[str, str]:
    return fresh_database.environment | {
        "PLAYHEAD_KAFKA_SERVERS": fresh_topics.kafka_servers,
        "PLAYHEAD_KAFKA_PREFIX": fresh_topics.kafka_prefix,
        "PLAYHEAD_REDIS_URL": redis_url,
        "PLAYHEAD_TOKEN_SECRET": CANARY,
        "PLAYHEAD_DATA_DIR": str(tmp_path),
    }


def checked(environment: Mapping[str, str], *services: str) -> Wrong:
    done = CliRunner().invoke(app, ["check", *services, "--json"], env=environment)
    assert CANARY not in done.output
    assert done.exit_code in {0, 1}, done.output
    lines = [json.loads(line) for line in done.output.splitlines()]
    assert lines
    wrong = [(each["service"], each["name"], each["detail"]) for each in lines if not each["ok"]]
    assert done.exit_code == bool(wrong)
    return wrong


def test_nothing_is_wrong_where_all_is_well(environment: dict[str, str], redis_url: str) -> None:
    assert checked(environment) == []
    assert list(Redis.from_url(redis_url).scan_iter("progress:*check*")) == []
    done = CliRunner().invoke(app, ["check", "sink"], env=environment)
    assert done.exit_code == 0
    assert "ok    sink: Kafka: 1 brokers answer" in done.output
    assert "PLAYHEAD_POSTGRES_DSN" in done.output


def test_an_unknown_service_is_refused(environment: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["check", "gateway"], env=environment)
    assert done.exit_code == 2
    assert "gateway is no service" in done.output


@pytest.mark.parametrize(
    ("changed", "service", "said"),
    [
        ({"PLAYHEAD_KAFKA_PREFIX": "none-"}, ["processor"], "run `playhead migrate` (PLAYHEAD_KAFKA_PREFIX"),
        ({"PLAYHEAD_REDIS_URL": f"redis://:{CANARY}@127.0.0.1:1/0"}, ["processor"], "(PLAYHEAD_REDIS_URL)"),
        (
            {"PLAYHEAD_REDIS_URL": "redis://127.0.0.1:1/0", "PLAYHEAD_REDIS_MODE": "cluster"},
            ["processor"],
            "(PLAYHEAD_REDIS_URL)",
        ),
        (
            {"PLAYHEAD_POSTGRES_DSN": f"postgresql://writer:{CANARY}@127.0.0.1:1/playhead"},
            ["sink"],
            "does not answer (PLAYHEAD_POSTGRES_DSN, and its password): OperationalError",
        ),
        (
            {
                "PLAYHEAD_TOKEN_ALGORITHMS": "RS256",
                "PLAYHEAD_TOKEN_JWKS_URL": f"https://me:{CANARY}@127.0.0.1:1",
            },
            ["query"],
            "the issuer's keys cannot be fetched (PLAYHEAD_TOKEN_JWKS_URL): ConnectError",
        ),
    ],
)
def test_what_does_not_answer_is_named_by_its_setting(
    environment: dict[str, str], changed: dict[str, str], service: list[str], said: str
) -> None:
    wrong = checked(environment | changed, *service)
    assert any(said in detail for _, _, detail in wrong), wrong


def test_brokers_that_are_away_are_named_by_their_setting(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.check.kafka.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr("operations.check.kafka.refusal", lambda _: None)
    wrong = checked(environment | {"PLAYHEAD_KAFKA_SERVERS": "127.0.0.1:1"}, "ingest")
    assert wrong == [
        ("ingest", "Kafka", "does not answer: _TRANSPORT at 127.0.0.1:1 (PLAYHEAD_KAFKA_SERVERS)")
    ]


def test_topics_of_different_numbers_of_partitions_are_found(
    environment: dict[str, str], fresh_topics: KafkaSettings
) -> None:
    other = fresh_topics.model_copy(update={"kafka_prefix": f"{fresh_topics.kafka_prefix}other-"})
    ensure_topics(other)
    admin = AdminClient({"bootstrap.servers": other.kafka_servers})
    more = NewPartitions(f"{other.kafka_prefix}progress.states", other.kafka_partitions + 1)
    for future in admin.create_partitions([more]).values():
        future.result()
    changed = environment | {"PLAYHEAD_KAFKA_PREFIX": other.kafka_prefix}
    wrong = eventually(lambda: checked(changed, "processor") or None, "the brokers have the partition")
    assert [name for _, name, _ in wrong] == ["partitions"]
    assert "all topics need the same" in wrong[0][2]


@pytest.mark.parametrize("role", ["writer", "reader"])
def test_the_rights_that_are_checked_are_those_that_the_migrations_grant(
    role: str, fresh_database: Database
) -> None:
    """After a migration: `python -m tests.operations.check.write_rights` writes them again."""
    dsn = fresh_database.writer_dsn if role == "writer" else fresh_database.reader_dsn
    with psycopg.connect(dsn) as connection:
        found = {name: granted for name, granted in found_rights(connection).items() if granted}
    assert found == needed_rights()[role]


@pytest.mark.parametrize(
    ("statement", "service", "said"),
    [
        (
            "REVOKE INSERT ON progress.user_progress FROM playhead_writer",
            "sink",
            "playhead_writer (PLAYHEAD_POSTGRES_DSN) lacks INSERT on user_progress",
        ),
        (
            "REVOKE SELECT, DELETE ON progress.dismissals FROM playhead_reader",
            "query",
            "playhead_reader (PLAYHEAD_POSTGRES_READER_DSN) lacks SELECT, DELETE on dismissals",
        ),
        ("DROP TABLE progress.editions CASCADE", "processor", "lacks editions, which this release uses"),
        (
            "UPDATE progress.alembic_version SET version_num = '0001'",
            "query",
            "the schema is at migration 0001",
        ),
        ("REVOKE USAGE ON SCHEMA progress FROM playhead_writer", "sink", "the schema is not there"),
    ],
)
def test_a_right_to_a_table_that_is_missing_is_named(
    statement: str, service: str, said: str, environment: dict[str, str], fresh_database: Database
) -> None:
    with psycopg.connect(fresh_database.admin_dsn, autocommit=True) as admin:
        admin.execute(statement.encode())
    wrong = checked(environment, service)
    assert any(said in detail for _, _, detail in wrong), wrong


@pytest.mark.parametrize(
    ("denied", "service", "said"),
    [
        ("-hgetall", "query", "hgetall"),
        ("-subscribe", "query", "subscribe"),
        ("-eval", "processor", "eval"),
        ("-hset", "processor", "lacks a right"),
        ("resetkeys", "processor", "lacks a right"),
    ],
)
def test_a_right_to_a_command_of_redis_that_is_missing_is_named(
    denied: str, service: str, said: str, environment: dict[str, str], redis_url: str
) -> None:
    with Redis.from_url(redis_url) as admin:
        rights = ("reset", "on", f">{CANARY}", "~*", "&*", "+@all", denied)
        admin.execute_command("ACL", "SETUSER", "checker", *rights)
        try:
            own = {"PLAYHEAD_REDIS_USER": "checker", "PLAYHEAD_REDIS_PASSWORD": CANARY}
            wrong = checked(environment | own, service)
        finally:
            admin.execute_command("ACL", "DELUSER", "checker")
    assert wrong
    assert all("PLAYHEAD_REDIS_USER" in detail for _, _, detail in wrong)
    assert any(said in detail for _, _, detail in wrong), wrong


def test_keys_that_may_be_evicted_are_found(environment: dict[str, str], redis_url: str) -> None:
    with Redis.from_url(redis_url) as admin:
        admin.config_set("maxmemory-policy", "allkeys-lru")
        try:
            wrong = checked(environment, "processor")
        finally:
            admin.config_set("maxmemory-policy", "noeviction")
    assert [name for _, name, _ in wrong] == ["Redis: eviction"]


@pytest.mark.parametrize(
    ("theirs", "said"),
    [(104.0, "agrees"), (120.0, "is 18 s ahead of"), (80.0, "is 20 s behind")],
)
def test_clocks_that_differ_are_found(theirs: float, said: str) -> None:
    found = clock_check("clock", theirs, asked=100.0, answered=102.0)
    assert said in found.detail
    assert found.ok == (said == "agrees")
