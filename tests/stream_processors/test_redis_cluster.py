"""The processor over a Redis Cluster, a primary of which is killed under load, and slots of which move."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest
from redis import Redis
from redis.crc import key_slot
from redis.exceptions import RedisClusterException, RedisError

from query_api.progress.reader import whole_of
from tests.hot import KEYS
from tests.redis_cluster import Cluster, Node
from tests.services import PARTITIONS, Database
from tests.stream_processors.heartbeats import crowd
from tests.stream_processors.process import eventually
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.faults]

RATE = 300.0


@dataclass(frozen=True)
class ClusterWorld(World):
    """A world whose Redis is the cluster."""

    cluster: Cluster

    def redis(self) -> Redis:
        return cast("Redis", self.cluster.connect())


@pytest.fixture
def clustered(world: World, redis_cluster: Cluster) -> Iterator[World]:
    of_cluster = {
        "PLAYHEAD_REDIS_MODE": "cluster",
        "PLAYHEAD_REDIS_URL": redis_cluster.url,
        "PLAYHEAD_REDIS_CLUSTER_NODES": ",".join(f"127.0.0.1:{each.port}" for each in redis_cluster.nodes),
    }
    yield ClusterWorld({**world.environment, **of_cluster}, world.directory, redis_cluster)
    redis_cluster.heal()


def test_a_primary_killed_under_load_stops_its_partitions_alone_and_loses_nothing(
    clustered: World, redis_cluster: Cluster
) -> None:
    owners = {each: redis_cluster.node_of(each) for each in range(PARTITIONS)}
    gone = owners[0]
    others = [each for each, owner in owners.items() if owner is not gone]
    assert others
    with clustered.worker():
        clustered.send(crowd(600, people=60, seed=1))
        clustered.settled()
        sending = threading.Thread(
            target=lambda: clustered.send(crowd(3_000, people=60, seed=2), rate=RATE), daemon=True
        )
        sending.start()
        time.sleep(1.0)
        before = {each: applied(owners[each], each) for each in others}
        gone.kill()
        eventually(
            lambda: all(applied(owners[each], each) > before[each] for each in others),
            "the partitions of other nodes go on",
        )
        eventually(lambda: is_promoted(redis_cluster, gone), "the replica is promoted")
        sending.join()
        counts = clustered.check(120)
    assert counts["applied"] + counts["duplicates"] == 3_600
    assert counts["dead"] == 0


@pytest.mark.chaos
def test_a_cluster_takes_over_from_one_redis(
    world: World, clustered: World, fresh_database: Database
) -> None:
    with world.worker():
        world.send(crowd(600, people=60, seed=4))
        world.settled()
        world.store_published(fresh_database.admin_dsn)
        world.send(crowd(200, people=60, seed=5))
        world.settled()
    with clustered.worker():
        clustered.send(crowd(600, people=60, seed=6))
        clustered.settled(120)
        model, hot = clustered.model(), clustered.hot()
        states, _ = clustered.published()
    assert {key: model[key] for key in hot} == hot
    assert {key: whole_of(bytes(each.progress), None) for key, each in states.items()} == model


@pytest.mark.chaos
def test_slots_move_under_load_and_nothing_is_lost(clustered: World, redis_cluster: Cluster) -> None:
    with clustered.worker():
        sending = threading.Thread(
            target=lambda: clustered.send(crowd(1_500, people=60, seed=3), rate=RATE), daemon=True
        )
        sending.start()
        time.sleep(1.0)
        slot = key_slot(KEYS.applied_hash(0).encode())
        source = redis_cluster.node_of(0)
        target = next(
            each for each in map(redis_cluster.node_of, range(PARTITIONS)) if each.port != source.port
        )
        redis_cluster.move(slot, source, target, seconds=1.0)
        sending.join()
        counts = clustered.check(120)
        redis_cluster.move(slot, target, source)
    assert counts["applied"] + counts["duplicates"] == 1_500


def applied(node: Node, partition: int) -> int:
    return int(node.client.hget(KEYS.applied_hash(partition), "next") or 0)


def is_promoted(cluster: Cluster, gone: Node) -> bool:
    try:
        return cluster.node_of(0) is not gone
    except (RedisError, RedisClusterException, OSError):
        return False
