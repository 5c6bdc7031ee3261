from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kafka_security.certificates import Authority
from tests.redis_security.servers import RedisServer, running, server, tls_server


@pytest.fixture(scope="package")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    made = server(tmp_path_factory.mktemp("redis"))
    with running(made):
        yield made


@pytest.fixture(scope="package")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="package")
def tls_port(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[int]:
    with tls_server(tmp_path_factory.mktemp("tls"), authority) as port:
        yield port
