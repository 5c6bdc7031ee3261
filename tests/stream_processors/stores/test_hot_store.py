"""The hot store while Redis answers late or never."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from redis import Redis

from playhead.settings import RedisSettings
from playhead.wire.keys import applied_hash
from playhead.wire.ledger import Ledger
from stream_processors.errors import RedisUnavailableError
from stream_processors.stores import redis_calls as module
from stream_processors.stores.hot_store import HotPartition, HotStore

pytestmark = pytest.mark.anyio


@pytest.fixture
async def frozen() -> AsyncIterator[HotStore]:
    """A store whose Redis accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
        store = HotStore(RedisSettings(redis_url=url))
        yield store
        await store.close()


async def test_a_frozen_redis_is_unavailable(frozen: HotStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(RedisUnavailableError, match=r"within 0\.2 s"):
        await frozen.claim(0, 1)


async def test_a_call_to_a_frozen_redis_can_be_cancelled(frozen: HotStore) -> None:
    waiting = asyncio.create_task(frozen.claim(0, 1))
    async with asyncio.timeout(module.TIMEOUT_SECONDS / 2):
        await asyncio.wait({waiting}, timeout=0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


@pytest.mark.services
async def test_a_late_answer_is_not_taken_for_that_of_another_call(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = HotStore(RedisSettings(redis_url=redis_url))
    counts = {"first": 0, "next": 7, "applied": 7, "duplicates": 0, "dead": 0, "emitted": 5}
    with Redis.from_url(redis_url) as redis:
        redis.hset(applied_hash(2), mapping=counts)
        assert await store.claim(1, 1) is None
        with monkeypatch.context() as hasty:
            hasty.setattr(module, "TIMEOUT_SECONDS", 0.1)
            redis.client_pause(400)
            with pytest.raises(RedisUnavailableError):
                await store.claim(1, 1)
    assert await store.claim(2, 1) == HotPartition(Ledger(0, 7, applied=7), published=5)
    await store.close()
