from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest
import uvloop

from operations.local.stores.redis import Redis
from operations.local.stores.store import StorePlace
from playhead.policies import PolicyResolvers, TenantPolicies
from playhead.progress import Policy
from playhead.settings import RedisSettings
from query_api.live.events import Detached, StreamEvent, change_decoder
from query_api.live.hub import PING_SECONDS, Hub
from query_api.live.listener import Listener
from query_api.live.sharded import LiveRedis
from query_api.live.subscription import SILENCE_SECONDS
from tests.query_api.live.subscribing import attached
from tests.query_api.world import new_person
from tests.services import reachable_directory

pytestmark = [pytest.mark.services, pytest.mark.faults]

HUBS = 20


@pytest.fixture
def redis() -> Iterator[Redis]:
    with reachable_directory() as directory:
        redis = Redis(StorePlace.below(directory, "redis"))
        redis.start()
        yield redis
        redis.stop()


def test_a_frozen_redis_is_noticed_whenever_it_freezes(redis: Redis) -> None:
    # On uvloop as in service: cancelling the pinging task has to work in every phase of its work.
    news = uvloop.run(_freeze_under_hubs_in_all_phases(redis))

    assert [type(each) for each in news] == [Detached] * HUBS


async def _freeze_under_hubs_in_all_phases(redis: Redis) -> list[StreamEvent | None]:
    hubs = [
        Hub(
            LiveRedis(RedisSettings(redis_url=redis.url)),
            change_decoder(lambda _: TenantPolicies(PolicyResolvers(Policy()))),
            max_streams=1,
        )
        for _ in range(HUBS)
    ]
    listeners, running = [], []
    for hub in hubs:
        running.append(asyncio.create_task(hub.run()))
        listeners.append(listener := Listener([new_person().key]))
        hub.join(listener)
        await asyncio.sleep(PING_SECONDS / HUBS)  # the phases are what is tested
    for listener in listeners:
        await attached(listener)
    assert redis.pid is not None
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        return await asyncio.gather(*(each.next(SILENCE_SECONDS * 3) for each in listeners))
    finally:
        os.kill(redis.pid, signal.SIGCONT)
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=5)
