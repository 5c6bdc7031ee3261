from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from tests.kafka_security.broker import SecureKafka, secure_kafka
from tests.kafka_security.issuer import issuing
from tests.services import Database, Services

USERS = ("migrate", "ingest", "processor", "sink", "operator", "nobody")


@pytest.fixture(scope="package")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    with secure_kafka(tmp_path_factory.mktemp("kafka"), *USERS) as running:
        yield running


@pytest.fixture(scope="package")
def issuer() -> Iterator[str]:
    with issuing() as url:
        yield url


@pytest.fixture
def environment(
    monkeypatch: pytest.MonkeyPatch, services: Services, fresh_database: Database
) -> pytest.MonkeyPatch:
    """Of every process of the test: the other stores, empty."""
    Redis.from_url(services.redis_url).flushdb()
    for name, value in (services.environment | fresh_database.environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PLAYHEAD_ENVIRONMENT", "development")
    return monkeypatch
