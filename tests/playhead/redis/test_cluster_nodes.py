"""A client of a Redis Cluster: each call to the node of its key, while nodes end and slots move."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from playhead.redis.cluster import ClusterNodes
from playhead.redis.topology import ClusterView, NodeAddress, newest, view_of
from tests.hot import KEYS
from tests.redis_cluster import Cluster, Node, begin_move, end_move

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PARTITIONS = 12
PROMOTED_SECONDS = 15.0
SLOT = key_slot(KEYS.applied_hash(0).encode())


def client_of(node: NodeAddress) -> Redis:
    return Redis(host=node.host, port=node.port, retry=Retry(NoBackoff(), 0), protocol=2)


@asynccontextmanager
async def connected(cluster: Cluster) -> AsyncIterator[ClusterNodes]:
    nodes = ClusterNodes([NodeAddress("127.0.0.1", cluster.nodes[0].port)], client_of)
    try:
        yield nodes
    finally:
        await nodes.aclose()


async def put(nodes: ClusterNodes, partition: int, value: str = "1") -> None:
    key = KEYS.applied_hash(partition)
    await nodes.call(key, lambda client: client.hset(key, "next", value))  # type: ignore[arg-type]


async def taken(nodes: ClusterNodes, partition: int) -> bytes | None:
    key = KEYS.applied_hash(partition)
    return await nodes.read(key, lambda client: client.hget(key, "next"))  # type: ignore[arg-type, return-value]


async def eventually_put(nodes: ClusterNodes, partition: int) -> None:
    async with asyncio.timeout(PROMOTED_SECONDS):
        while True:
            try:
                async with asyncio.timeout(0.5):
                    return await put(nodes, partition)
            except (RedisError, OSError):
                await asyncio.sleep(0.05)


async def test_each_call_goes_to_the_node_that_has_the_key(redis_cluster: Cluster) -> None:
    async with connected(redis_cluster) as nodes:
        for partition in range(PARTITIONS):
            await put(nodes, partition)
        sizes = await nodes.every(lambda client: client.dbsize())
    assert sum(sizes) == PARTITIONS
    assert len(sizes) == 3
    assert all(sizes)
    for partition in range(PARTITIONS):
        assert redis_cluster.node_of(partition).client.exists(KEYS.applied_hash(partition))


@pytest.mark.parametrize("ends", ["killed", "frozen"])
async def test_while_a_node_is_away_the_others_answer_and_its_replica_takes_over(
    redis_cluster: Cluster, ends: str
) -> None:
    gone = redis_cluster.node_of(0)
    [other] = [each for each in range(PARTITIONS) if redis_cluster.node_of(each) is not gone][:1]
    async with connected(redis_cluster) as nodes:
        await put(nodes, 0)
        pid = gone.pid
        assert pid is not None
        if ends == "killed":
            gone.kill()
        else:
            os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises((RedisConnectionError, TimeoutError)):
                async with asyncio.timeout(0.3):
                    await put(nodes, 0)
            for _ in range(20):
                async with asyncio.timeout(0.5):
                    await put(nodes, other)
                await asyncio.sleep(0.02)
            await eventually_put(nodes, 0)
            assert redis_cluster.node_of(0) is not gone
        finally:
            if ends == "frozen":
                os.kill(pid, signal.SIGCONT)


async def test_a_slot_that_has_moved_is_found(redis_cluster: Cluster) -> None:
    async with connected(redis_cluster) as nodes:
        await put(nodes, 0, "7")
        source, target = ends_of_a_move(redis_cluster, 0)
        begin_move(source, target, SLOT)
        migrate(source, target, KEYS.applied_hash(0))
        end_move(redis_cluster, source, target, SLOT)
        assert await taken(nodes, 0) == b"7"
        await put(nodes, 0, "8")
        assert target.client.hget(KEYS.applied_hash(0), "next") == b"8"
        begin_move(target, source, SLOT)
        migrate(target, source, KEYS.applied_hash(0))
        end_move(redis_cluster, target, source, SLOT)


async def test_while_a_slot_moves_readers_find_its_keys_and_writers_wait(redis_cluster: Cluster) -> None:
    source, target = ends_of_a_move(redis_cluster, 0)
    async with connected(redis_cluster) as nodes:
        await put(nodes, 0, "7")
        begin_move(source, target, SLOT)
        try:
            assert await taken(nodes, 0) == b"7"
            await put(nodes, 0, "8")
            migrate(source, target, KEYS.applied_hash(0))
            assert await taken(nodes, 0) == b"8"
            with pytest.raises(ResponseError, match=str(target.port)):
                await put(nodes, 0, "9")
            assert await taken(nodes, 0) == b"8"
        finally:
            end_move(redis_cluster, source, target, SLOT)
        await eventually_put(nodes, 0)
        assert target.client.hget(KEYS.applied_hash(0), "next") == b"1"
    begin_move(target, source, SLOT)
    migrate(target, source, KEYS.applied_hash(0))
    end_move(redis_cluster, target, source, SLOT)


async def test_no_node_that_answers_is_an_outage() -> None:
    nodes = ClusterNodes([NodeAddress("127.0.0.1", 1)], client_of)
    with pytest.raises(RedisConnectionError, match="no node of the Redis Cluster answers"):
        await nodes.call("a", lambda client: client.get("a"))
    await nodes.aclose()


def test_the_view_of_the_majority_with_the_highest_epoch_is_trusted() -> None:
    here = NodeAddress("10.0.0.1", 6379)
    slots = [[0, 16_383, [b"", 6379, b"id"], [b"10.0.0.2", 6379, b"id"]]]
    view = view_of(here, slots, b"cluster_state:ok\r\ncluster_current_epoch:7\r\n")
    assert view == ClusterView(
        is_ok=True,
        epoch=7,
        ranges=((0, 16_383, here),),
        nodes=frozenset({here, NodeAddress("10.0.0.2", 6379)}),
    )
    behind = ClusterView(is_ok=True, epoch=6, ranges=(), nodes=frozenset())
    apart = ClusterView(is_ok=False, epoch=8, ranges=(), nodes=frozenset())
    assert newest([behind, view, apart]) == view
    assert newest([]) is None


def ends_of_a_move(cluster: Cluster, partition: int) -> tuple[Node, Node]:
    source = cluster.node_of(partition)
    owners = {cluster.node_of(each).port: cluster.node_of(each) for each in range(PARTITIONS)}
    return source, next(node for port, node in owners.items() if port != source.port)


def migrate(source: Node, target: Node, key: str) -> None:
    source.client.execute_command("MIGRATE", "127.0.0.1", target.port, key, 0, 5000)
