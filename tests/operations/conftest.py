from __future__ import annotations

from pathlib import Path

import pytest

from playhead.settings import KafkaSettings
from tests.operations.whole_pipeline import Whole
from tests.services import PARTITIONS, Database
from tests.stream_processors.world import World


@pytest.fixture
def whole(fresh_topics: KafkaSettings, redis_url: str, fresh_database: Database, tmp_path: Path) -> Whole:
    """Empty stores, and nothing at work yet."""
    environment = {
        "PLAYHEAD_KAFKA_SERVERS": fresh_topics.kafka_servers,
        "PLAYHEAD_KAFKA_PREFIX": fresh_topics.kafka_prefix,
        "PLAYHEAD_KAFKA_PARTITIONS": str(PARTITIONS),
        "PLAYHEAD_REDIS_URL": redis_url,
        **fresh_database.environment,
    }
    return Whole(World(environment, tmp_path), fresh_topics, fresh_database, tmp_path / "data")
