from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from asgi_lifespan import LifespanManager

from ingest.app import Ingest, create_app
from playhead.settings import IngestSettings, KafkaSettings
from tests.ingest.client import Client


@pytest.fixture
def settings(fresh_topics: KafkaSettings, redis_url: str) -> IngestSettings:
    return IngestSettings(
        kafka_servers=fresh_topics.kafka_servers,
        kafka_prefix=fresh_topics.kafka_prefix,
        redis_url=redis_url,
        ingest_allowed_origins=("https://player.example",),
        ingest_rate_per_second=0.1,
        ingest_rate_burst=100,
        ingest_heartbeats_per_second=1,
        token_failures_per_second=0.01,
        token_failures_burst=3,
    )


@pytest.fixture
async def client(settings: IngestSettings) -> AsyncIterator[Client]:
    """The application in this process, on a real Kafka."""
    ingest = Ingest(settings)
    app = create_app(settings, ingest=ingest)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
            yield Client(http, settings, ingest)
