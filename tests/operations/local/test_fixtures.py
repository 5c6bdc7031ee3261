"""The fixtures of the tests that need real services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from confluent_kafka.admin import AdminClient
from redis import Redis

if TYPE_CHECKING:
    from playhead.settings import KafkaSettings
    from tests.services import Database, Services

pytestmark = pytest.mark.services


@pytest.mark.parametrize("time", ["first", "again"])
def test_each_test_has_a_migrated_database_of_its_own(fresh_database: Database, time: str) -> None:
    with psycopg.connect(fresh_database.admin_dsn) as admin:
        admin.execute("CREATE TABLE made_by_this_test ()")
    for dsn in (fresh_database.writer_dsn, fresh_database.reader_dsn):
        with psycopg.connect(dsn) as connection:
            found = connection.execute("SELECT to_regclass('progress.user_progress') IS NOT NULL").fetchone()
        assert found == (True,), time


def test_each_test_has_topics_of_its_own(fresh_topics: KafkaSettings) -> None:
    admin = AdminClient({"bootstrap.servers": fresh_topics.kafka_servers})
    names = admin.list_topics(timeout=10).topics
    assert f"{fresh_topics.kafka_prefix}progress.heartbeats" in names


@pytest.mark.parametrize("time", ["first", "again"])
def test_each_test_has_an_empty_redis(redis_url: str, time: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", time)


def test_the_environment_of_services_has_their_own_variables(services: Services) -> None:
    assert services.environment.keys() == {
        "PLAYHEAD_KAFKA_SERVERS",
        "PLAYHEAD_KAFKA_PARTITIONS",
        "PLAYHEAD_REDIS_URL",
        "PLAYHEAD_POSTGRES_DSN",
        "PLAYHEAD_POSTGRES_READER_DSN",
        "PLAYHEAD_POSTGRES_ADMIN_DSN",
    }
