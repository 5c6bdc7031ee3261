"""A Redis Cluster that checks names, by TLS, and rights."""

from __future__ import annotations

from functools import partial

import pytest

from playhead.redis.connection import cluster_seeds
from tests.redis_cluster import require_sharded_channels
from tests.redis_security.cluster import NAME, secure_cluster
from tests.redis_security.everything import USERS, complaints, operate, work

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PREFIX = "acme:"


async def test_every_service_works_in_a_cluster_within_its_rights(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    require_sharded_channels()
    with secure_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        for user in USERS:
            cluster.grant(PREFIX, user)
        settings_of = partial(cluster.settings, PREFIX)
        assert [each.host for each in cluster_seeds(settings_of("query"))] == [NAME]
        await work(settings_of)
        assert complaints(settings_of) == []
        assert all(each.startswith(PREFIX) for each in cluster.every_key())
        operate(settings_of("commands"))
