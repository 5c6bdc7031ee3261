"""One person cannot hurt another: 120 heartbeats that PostgreSQL refused, over the whole pipeline."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import anyio
import httpx
import pytest
from asgi_lifespan import LifespanManager
from redis import Redis

from ingest.app import Ingest, create_app
from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import IngestSettings, KafkaSettings
from tests.hot import hash_of
from tests.ingest.client import Client
from tests.services import PARTITIONS, Database
from tests.sinks.running import dead_letters, findings, rows, running, sink_settings
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio, pytest.mark.watches_the_clock]

HOT_SECONDS = 2.0
DURABLE_SECONDS = 5.0
VICTIM = (TenantId("99999999-9999-4999-8999-999999999999"), UserId("88888888-8888-4888-8888-888888888888"))


async def test_numbers_that_no_real_holds_delay_nobody(
    fresh_topics: KafkaSettings, fresh_database: Database, redis_url: str, tmp_path: Path
) -> None:
    settings = IngestSettings(
        kafka_servers=fresh_topics.kafka_servers, kafka_prefix=fresh_topics.kafka_prefix
    )
    world = World(
        {
            "PLAYHEAD_KAFKA_SERVERS": fresh_topics.kafka_servers,
            "PLAYHEAD_KAFKA_PREFIX": fresh_topics.kafka_prefix,
            "PLAYHEAD_KAFKA_PARTITIONS": str(PARTITIONS),
            "PLAYHEAD_REDIS_URL": redis_url,
            **fresh_database.environment,
        },
        tmp_path,
    )
    ingest = Ingest(settings)
    app = create_app(settings, ingest=ingest)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
            client = Client(http, settings, ingest)
            with world.worker(), running(sink_settings(fresh_topics, fresh_database)) as sink:
                await save(client)
                await stored(fresh_database, 1, 60)
                for _ in range(3):
                    await attack(client)
                    began = time.monotonic()
                    content = await save(client)
                    await hot(redis_url, content, began + HOT_SECONDS)
                    await durable(fresh_database, content, began + DURABLE_SECONDS)
                await stored(fresh_database, 4 + 3 * 120, 60)
                assert sink.why_not_ready() is None
    assert dead_letters(fresh_topics, 0) == []
    assert findings(fresh_database) == []


async def attack(client: Client) -> None:
    bodies = [{"contentId": str(uuid4()), "metadata": {"scrollPosition": 1e-320}} for _ in range(120)]
    answer = await client.post("/api/progress/batch", {"heartbeats": bodies})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 120)


async def save(client: Client) -> str:
    """One save by a person of another tenant; returns the item."""
    content = str(uuid4())
    token = mint_development_token(IngestSettings(), *VICTIM)
    answer = await client.post(
        "/api/progress", {"contentId": content, "progressPercentage": 5}, Authorization=f"Bearer {token}"
    )
    assert answer.status_code == 202, answer.text
    return content


async def hot(url: str, content: str, deadline: float) -> None:
    with Redis.from_url(url) as redis:
        while not redis.hexists(hash_of(":".join(VICTIM)), content):
            assert time.monotonic() < deadline, "not in Redis in time"
            await anyio.sleep(0.02)


async def durable(database: Database, content: str, deadline: float) -> None:
    query = "SELECT FROM progress.user_progress WHERE content_id = %(content)s"
    while not rows(database, query, {"content": content}):
        assert time.monotonic() < deadline, "not in PostgreSQL in time"
        await anyio.sleep(0.02)


async def stored(database: Database, items: int, seconds: float) -> None:
    with anyio.fail_after(seconds):
        while len(rows(database, "SELECT FROM progress.user_progress")) < items:
            await anyio.sleep(0.1)
