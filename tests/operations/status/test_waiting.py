"""`playhead status --wait` waits for a store that is away, and says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from operations.local.stores.redis import Redis
from operations.local.stores.store import StorePlace
from operations.status.partitions import StatusSettings, wait_for_partitions
from operations.stores import StoreUnavailableError
from playhead.settings import KafkaSettings
from tests.services import Database

pytestmark = pytest.mark.services


@pytest.fixture
def store(tmp_path: Path) -> Redis:
    return Redis(StorePlace.below(tmp_path, "redis"))


@pytest.fixture
def settings(fresh_topics: KafkaSettings, fresh_database: Database, store: Redis) -> StatusSettings:
    return StatusSettings(
        kafka_servers=fresh_topics.kafka_servers,
        kafka_prefix=fresh_topics.kafka_prefix,
        kafka_partitions=fresh_topics.kafka_partitions,
        postgres_dsn=fresh_database.writer_dsn,
        redis_url=store.url,
    )


def then(start: Callable[[], None], said: list[str]) -> Callable[[StoreUnavailableError], None]:
    def on_outage(error: StoreUnavailableError) -> None:
        said.append(str(error))
        start()

    return on_outage


def test_a_store_that_returns_in_time(settings: StatusSettings, store: Redis) -> None:
    said: list[str] = []
    try:
        found = wait_for_partitions(settings, 60, then(store.start, said))
    finally:
        store.stop()
    assert [each.partition for each in found] == list(range(settings.kafka_partitions))
    assert len(said) == 1
    assert "Redis does not answer (PLAYHEAD_REDIS_URL)" in said[0]


def test_a_store_that_stays_away_is_the_error_at_the_end_and_is_said_once(settings: StatusSettings) -> None:
    said: list[str] = []
    with pytest.raises(StoreUnavailableError, match="Redis does not answer"):
        wait_for_partitions(settings, 1.0, then(lambda: None, said))
    assert len(said) == 1
