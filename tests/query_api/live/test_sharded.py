"""Live changes and readers over a Redis Cluster, also when a node is killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from playhead.hot.partitions import HotKeys, HotPartitions
from playhead.policies import PolicyResolvers, TenantPolicies
from playhead.progress import Policy
from playhead.progress.identifiers import UserId
from playhead.redis.clients import redis_nodes
from playhead.redis.connection import async_client
from playhead.settings import RedisSettings
from playhead.wire.keys import person_key
from query_api.access import Person
from query_api.errors import UnavailableError
from query_api.live.events import Changed, Detached, StreamEvent, change_decoder
from query_api.live.hub import Hub
from query_api.live.listener import Listener
from query_api.live.sharded import LiveRedis
from query_api.progress.redis_reader import RedisReader, connect
from stream_processors.errors import RedisUnavailableError
from stream_processors.stores.hot_store import HotStore
from tests.hot import KEYS
from tests.query_api.live.subscribing import attached
from tests.redis_cluster import Cluster
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.stores.test_publish import decision_of

pytestmark = [pytest.mark.services, pytest.mark.anyio]

decode = change_decoder(lambda _: TenantPolicies(PolicyResolvers(Policy())))
BEAT = heartbeat(user=1)
PERSON = person_key(BEAT.tenant_id, BEAT.user_id)


def settings_of(cluster: Cluster) -> RedisSettings:
    seeds = tuple(f"127.0.0.1:{each.port}" for each in cluster.nodes)
    return RedisSettings(redis_url=cluster.url, redis_mode="cluster", redis_cluster_nodes=seeds)


@asynccontextmanager
async def listening(settings: RedisSettings) -> AsyncIterator[Hub]:
    nodes = redis_nodes(settings, partial(async_client, client_name="test"))
    hub = Hub(LiveRedis(settings, nodes), decode, max_streams=3, keys=keys)
    task = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        task.cancel()
        await asyncio.wait({task})
        await nodes.aclose()


async def keys() -> HotKeys:
    return HotKeys(1, KEYS, is_cluster=True)


async def until(listener: Listener, kind: type[StreamEvent]) -> None:
    async with asyncio.timeout(30):
        while not isinstance(await listener.next(30), kind):
            pass


async def test_a_change_reaches_listeners_on_the_node_of_its_partition(redis_cluster: Cluster) -> None:
    settings = settings_of(redis_cluster)
    store, listener = HotStore(settings), Listener([PERSON])
    async with listening(settings) as hub:
        hub.join(listener)
        await attached(listener)
        await store.require_partitions(1)
        assert await store.claim(0, 1) is None
        await store.write(decision_of(1), generation=1, expected=None, published=0)
        await until(listener, Changed)

        redis_cluster.node_of(0).kill()
        await until(listener, Detached)
        await attached(listener)
        async with asyncio.timeout(30):
            while (held := await again(partial(store.claim, 0, 1))) is None:
                await asyncio.sleep(0.1)
        assert held.ledger.next_offset == 1
        await store.write(decision_of(1, after=1), generation=1, expected=1, published=1)
        await until(listener, Changed)
    await store.close()
    redis_cluster.heal()


async def again(claim: partial[object]) -> object:
    try:
        return await claim()  # type: ignore[misc]
    except RedisUnavailableError:
        return None


async def test_people_of_a_node_that_is_away_are_read_elsewhere_and_the_others_from_redis(
    redis_cluster: Cluster,
) -> None:
    settings, partitions = settings_of(redis_cluster), 12
    clock = asyncio.get_running_loop().time
    nodes = connect(settings, 1.0)
    hot = HotPartitions(KEYS, clock)
    reader = RedisReader(nodes, 1.0, clock, hot)
    people = [Person(BEAT.tenant_id, UserId(heartbeat(user=n).user_id)) for n in range(40)]
    await nodes.call(KEYS.partitions, lambda client: client.set(KEYS.partitions, partitions))
    names = await hot.read(nodes)
    for each in people:
        key = names.hash_of(each.key) or ""
        await nodes.call(key, lambda client, key=key: client.hset(key, "@", "0:1"))
        assert await reader.items(each) == {}
    gone = redis_cluster.node_of(0)
    owner = {each.key: redis_cluster.primary_of(names.hash_of(each.key) or "") for each in people}
    gone.kill()
    for each in people:
        if owner[each.key] is gone:
            with pytest.raises(UnavailableError):
                await reader.items(each)
        else:
            assert await reader.items(each) == {}
    assert (await hot.read(nodes)).partitions == partitions
    await nodes.aclose()
    redis_cluster.heal()
