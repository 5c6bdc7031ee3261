"""The clients of a service: of one server, or of all nodes of a Redis Cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playhead.redis.cluster import ClusterNodes
from playhead.redis.connection import AsyncRedis, cluster_seeds, settings_of_node
from playhead.redis.nodes import RedisNodes, SingleServer

if TYPE_CHECKING:
    from playhead.settings import RedisSettings

OpenClient = Callable[["RedisSettings"], AsyncRedis]


def redis_nodes(settings: RedisSettings, open_client: OpenClient) -> RedisNodes:
    """The clients by the settings. Connects when first used.

    Args:
        settings: Of Redis.
        open_client: One of `connection`, for one server.
    """
    if settings.redis_mode != "cluster":
        return SingleServer(open_client(settings))
    seeds = cluster_seeds(settings)
    return ClusterNodes(seeds, lambda node: open_client(settings_of_node(settings, node)))
