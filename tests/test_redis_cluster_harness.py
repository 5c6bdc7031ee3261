"""The Redis Cluster of the tests is as it was formed for each of them, whatever the one before has left."""

from __future__ import annotations

import pytest

from tests import redis_cluster as harness
from tests.redis_cluster import Cluster, name_of, wait_until

pytestmark = pytest.mark.services


def test_a_primary_without_a_replica_is_given_one(
    cluster_servers: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness, "REPAIRED_SECONDS", 1.0)
    cluster_servers.wipe()
    primaries = [each for each in cluster_servers.nodes if each.role["role"] == "master"]
    replica = next(each for each in cluster_servers.nodes if each not in primaries)
    other = next(each for each in primaries if each.port != replica.role["master_port"])
    cluster_servers.connect().set("a", "1")
    replica.client.execute_command("CLUSTER", "REPLICATE", name_of(other))
    wait_until(lambda: not cluster_servers.is_whole(), "a primary without a replica")
    cluster_servers.wipe()
    assert cluster_servers.is_whole()
    assert not any(each.client.dbsize() for each in cluster_servers.nodes)
