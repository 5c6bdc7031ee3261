"""What the operators' commands do in Redis, over a Redis Cluster."""

from __future__ import annotations

import uuid

import pytest

from operations.audit.hot_store import _at_random
from operations.demo.sign_in_links import sign_in_link
from operations.erase import hot_store as erase
from operations.erase.organisation_keys import clear_tenant_flag, count_keys, erase_keys
from operations.erase.subject import Organisation
from operations.hot_keys import every_node, hot_keys
from operations.merge.hot_store import delete_hot_items
from operations.repartition.hot_store import count_moves, hot_partitions, rekey, settle_published
from operations.stores import StoreUnavailableError, redis
from playhead.progress.identifiers import TenantId
from playhead.settings import RedisSettings
from playhead.wire.partitioner import partition_of
from tests.hot import KEYS
from tests.redis_cluster import Cluster

pytestmark = pytest.mark.services

TENANT = TenantId(str(uuid.uuid4()))
PEOPLE = [f"{TENANT}:{uuid.uuid4()}" for _ in range(60)]
BEFORE, AFTER = 12, 24


@pytest.fixture
def settings(redis_cluster: Cluster) -> RedisSettings:
    settings = RedisSettings(redis_mode="cluster", redis_url=redis_cluster.url)
    with redis(settings, "test") as client:
        client.set(KEYS.partitions, BEFORE)
        for person in PEOPLE:
            partition = partition_of(person, BEFORE)
            fields = {"@": f"{partition}:5", str(uuid.uuid4()): "{}"}
            client.hset(KEYS.progress_hash(partition, person), mapping=fields)
        client.zadd(KEYS.over_quota, {PEOPLE[0]: 1e12})
    return settings


def test_every_command_finds_its_keys_on_all_nodes(settings: RedisSettings) -> None:
    with redis(settings, "test") as client:
        assert hot_keys(client, settings).partitions == BEFORE
        assert len(every_node(client)) == 3
        assert len(_at_random(client, KEYS, 40)) == 40
    found = erase.hot_items(settings, PEOPLE[0])
    assert (len(found.items), found.partition) == (1, partition_of(PEOPLE[0], BEFORE))

    assert hot_partitions(settings) == BEFORE
    moves = sum(partition_of(each, BEFORE) != partition_of(each, AFTER) for each in PEOPLE)
    assert count_moves(settings, AFTER) == moves
    settle_published(settings, dict.fromkeys(range(BEFORE), 5))
    assert rekey(settings, AFTER) == moves
    assert count_moves(settings, AFTER) == 0
    found = erase.hot_items(settings, PEOPLE[0])
    assert (len(found.items), found.partition) == (1, partition_of(PEOPLE[0], AFTER))

    assert erase.erase_hot_items(settings, PEOPLE[1], 5) == 1
    assert erase.clear_erased_flag(settings, PEOPLE[1])
    assert delete_hot_items(settings, PEOPLE[2]) == 1
    assert "#code=" in sign_in_link(settings, "http://localhost", "token", 60)
    organisation = Organisation(TENANT)
    everything = len(PEOPLE) - 2 + 1
    assert count_keys(settings, organisation) == everything
    assert erase_keys(settings, organisation, 5) == everything
    assert count_keys(settings, organisation) == 0
    assert clear_tenant_flag(settings, organisation)


def test_a_cluster_that_does_not_answer_is_named() -> None:
    nowhere = RedisSettings(redis_mode="cluster", redis_url="redis://127.0.0.1:1", redis_timeout_seconds=1)
    with pytest.raises(StoreUnavailableError, match="PLAYHEAD_REDIS"), redis(nowhere, "test"):
        pass
