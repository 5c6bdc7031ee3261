"""The hot store while Redis answers late or never."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from redis import Redis

from playhead.settings import RedisSettings
from playhead.wire.ledger import Ledger
from stream_processors.errors import RedisUnavailableError
from stream_processors.stores.hot_store import HotPartition, HotStore
from tests.hot import KEYS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def frozen() -> AsyncIterator[HotStore]:
    """A store whose Redis accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
        store = HotStore(RedisSettings(redis_url=url, redis_timeout_seconds=1))
        yield store
        await store.close()


async def test_a_frozen_redis_is_unavailable(frozen: HotStore) -> None:
    with pytest.raises(RedisUnavailableError, match=r"within 1 s"):
        await frozen.claim(0, 1)


async def test_a_call_to_a_frozen_redis_can_be_cancelled(frozen: HotStore) -> None:
    waiting = asyncio.create_task(frozen.claim(0, 1))
    async with asyncio.timeout(0.5):
        await asyncio.wait({waiting}, timeout=0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


@pytest.mark.services
async def test_a_late_answer_is_not_taken_for_that_of_another_call(
    redis_url: str,
) -> None:
    store = HotStore(RedisSettings(redis_url=redis_url, redis_timeout_seconds=1))
    counts = {"first": 0, "next": 7, "applied": 7, "duplicates": 0, "dead": 0, "emitted": 5}
    with Redis.from_url(redis_url) as redis:
        redis.hset(KEYS.applied_hash(2), mapping=counts)
        assert await store.claim(1, 1) is None
        redis.client_pause(1_500)
        with pytest.raises(RedisUnavailableError):
            await store.claim(1, 1)
    assert await store.claim(2, 1) == HotPartition(Ledger(0, 7, applied=7), published=5)
    await store.close()
