from __future__ import annotations

from pathlib import Path

import pytest

from playhead.settings import KafkaSettings
from tests.services import PARTITIONS, Database
from tests.stream_processors import world as worlds


@pytest.fixture
def world(
    fresh_topics: KafkaSettings, redis_url: str, fresh_database: Database, tmp_path: Path
) -> worlds.World:
    """Empty stores for one test."""
    assert worlds.PARTITIONS == PARTITIONS
    return worlds.World(
        {
            "PLAYHEAD_KAFKA_SERVERS": fresh_topics.kafka_servers,
            "PLAYHEAD_KAFKA_PREFIX": fresh_topics.kafka_prefix,
            "PLAYHEAD_KAFKA_PARTITIONS": str(PARTITIONS),
            "PLAYHEAD_REDIS_URL": redis_url,
            **fresh_database.environment,
        },
        tmp_path,
    )
