from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kafka_security.broker import SecureKafka, secure_kafka
from tests.kafka_security.issuer import issuing

USERS = ("migrate", "ingest", "processor", "sink", "operator", "nobody")


@pytest.fixture(scope="package")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    with secure_kafka(tmp_path_factory.mktemp("kafka"), *USERS) as running:
        yield running


@pytest.fixture(scope="package")
def issuer() -> Iterator[str]:
    with issuing() as url:
        yield url
