"""A real Kafka, Redis and PostgreSQL for the tests, started once a session.

In this order: the addresses in PLAYHEAD_TEST_KAFKA_SERVERS, PLAYHEAD_TEST_REDIS_URL and
PLAYHEAD_TEST_POSTGRES_ADMIN_DSN (all three; what they hold is wiped); containers, where a Docker engine
answers; else the embedded stack. PLAYHEAD_TEST_POSTGRES_VERSION=16 gives the last two another PostgreSQL.
Nothing is skipped where none of them works: the tests fail, and say why.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from redis import Redis

from operations.local.stores.stack import Stack
from playhead.settings import KafkaSettings, MigrateSettings
from tests.containers import containers, docker_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLES = ("PLAYHEAD_TEST_KAFKA_SERVERS", "PLAYHEAD_TEST_REDIS_URL", "PLAYHEAD_TEST_POSTGRES_ADMIN_DSN")
POSTGRES_MAJOR = int(os.environ.get("PLAYHEAD_TEST_POSTGRES_VERSION", "18"))
PARTITIONS = 4


@dataclass(frozen=True, slots=True)
class Database:
    """A database, and who connects to it."""

    admin_dsn: str

    @property
    def writer_dsn(self) -> str:
        """For the processor, the sink and the query API's fallback."""
        return _with_user(self.admin_dsn, "playhead_writer")

    @property
    def reader_dsn(self) -> str:
        """For reports, under row-level security."""
        return _with_user(self.admin_dsn, "playhead_reader")

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead a service to it."""
        return {
            "PLAYHEAD_POSTGRES_DSN": self.writer_dsn,
            "PLAYHEAD_POSTGRES_READER_DSN": self.reader_dsn,
            "PLAYHEAD_POSTGRES_ADMIN_DSN": self.admin_dsn,
        }


@dataclass(frozen=True, slots=True)
class Services:
    """Where the stores are."""

    kafka_servers: str
    redis_url: str
    postgres_admin_dsn: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead a service to them."""
        return {
            "PLAYHEAD_KAFKA_SERVERS": self.kafka_servers,
            "PLAYHEAD_KAFKA_PARTITIONS": str(PARTITIONS),
            "PLAYHEAD_REDIS_URL": self.redis_url,
        } | Database(self.postgres_admin_dsn).environment


@cache
def _choice() -> Literal["environment", "containers", "embedded"]:
    given = [name for name in _VARIABLES if name in os.environ]
    if given and len(given) < len(_VARIABLES):
        raise pytest.UsageError(
            f"of {', '.join(_VARIABLES)}, set all or none; only {', '.join(given)} is set"
        )
    if given:
        return "environment"
    return "containers" if docker_answers() else "embedded"


def pytest_report_header() -> str:
    descriptions = {
        "environment": "at the addresses in PLAYHEAD_TEST_*",
        "containers": "in containers of a Docker engine",
        "embedded": "embedded, as child processes",
    }
    return f"services: {descriptions[_choice()]}, with PostgreSQL {POSTGRES_MAJOR}"


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """The three stores, running."""
    match _choice():
        case "environment":
            yield Services(*(os.environ[name] for name in _VARIABLES))
        case "containers":
            with containers(POSTGRES_MAJOR) as addresses:
                yield Services(*addresses)
        case "embedded":
            with reachable_directory() as directory, Stack(directory, postgres_major=POSTGRES_MAJOR) as stack:
                yield Services(stack.kafka.servers, stack.redis.url, stack.postgres.dsn())


@pytest.fixture
def stack_dir() -> Iterator[Path]:
    """A data directory for a `Stack` of the test's own, whose stores may be killed."""
    with reachable_directory() as directory:
        yield directory


@contextmanager
def reachable_directory() -> Iterator[Path]:
    """A directory that PostgreSQL's unprivileged user can enter; pytest's tmp_path is closed to others."""
    with tempfile.TemporaryDirectory(prefix="playhead-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


@pytest.fixture
def kafka_servers(services: Services) -> str:
    return services.kafka_servers


@pytest.fixture
def postgres_admin_dsn(services: Services) -> str:
    return services.postgres_admin_dsn


@pytest.fixture
def redis_url(services: Services) -> str:
    """An empty database."""
    with Redis.from_url(services.redis_url) as client:
        client.flushall()
    return services.redis_url


@pytest.fixture
def fresh_topics(kafka_servers: str) -> Iterator[KafkaSettings]:
    """Empty topics under a prefix of the test's own."""
    from playhead.kafka.topics import ensure_topics

    settings = KafkaSettings(
        kafka_servers=kafka_servers,
        kafka_partitions=PARTITIONS,
        kafka_prefix=f"test-{secrets.token_hex(4)}-",
    )
    ensure_topics(settings)
    yield settings
    _delete_topics(settings)


@pytest.fixture(scope="session")
def migrated_template(services: Services) -> str:
    """The name of a database to copy, since migrating again would take a second."""
    from sinks.schema import migrate

    name = f"playhead_template_{secrets.token_hex(4)}"
    with psycopg.connect(services.postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    migrate(MigrateSettings(postgres_admin_dsn=with_database(services.postgres_admin_dsn, name)))
    return name


@pytest.fixture
def fresh_database(services: Services, migrated_template: str) -> Iterator[Database]:
    """A migrated database of the test's own."""
    with copy_of(services, migrated_template) as database:
        yield database


@contextmanager
def copy_of(services: Services, migrated_template: str) -> Iterator[Database]:
    """A migrated database that is gone in the end."""
    name = sql.Identifier(f"playhead_{secrets.token_hex(8)}")
    template = sql.Identifier(migrated_template)
    with psycopg.connect(services.postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template))
        yield Database(with_database(services.postgres_admin_dsn, name.as_string().strip('"')))
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _delete_topics(settings: KafkaSettings) -> None:
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": settings.kafka_servers})
    topics = [name for name in admin.list_topics(timeout=10).topics if name.startswith(settings.kafka_prefix)]
    for deleted in admin.delete_topics(topics, operation_timeout=30).values():
        deleted.result()


def _with_user(dsn: str, user: str) -> str:
    parts = urlsplit(dsn)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}@{host}").geturl()


def with_database(dsn: str, database: str) -> str:
    return urlsplit(dsn)._replace(path=f"/{database}").geturl()
