"""The nodes of a Redis Cluster, by the calls that the services ask for them with.

redis-py's own client of a cluster calls more, for which the user of a service needs no right.
"""

from __future__ import annotations

from itertools import count

from redis import RedisError
from redis.crc import key_slot

from playhead.redis.connection import cluster_seeds, settings_of_node, sync_client
from playhead.redis.topology import ClusterView, NodeAddress, view_of
from playhead.settings import RedisSettings
from playhead.wire.redis_keys import RedisKeys


def view_by_any(settings: RedisSettings) -> ClusterView:
    """The cluster as the first node sees it that answers, of those in the settings.

    Raises:
        RedisError: none does; what the last one said.
    """
    *others, last = cluster_seeds(settings)
    for node in others:
        try:
            return _view(settings, node)
        except RedisError:
            continue
    return _view(settings, last)


def one_partition_of_each(view: ClusterView, names: RedisKeys) -> dict[NodeAddress, int]:
    """For each node that has slots a number of a partition whose keys it has, or would have."""
    owners, found, wanted = view.owners(), dict[NodeAddress, int](), view.primaries
    for partition in count():
        if len(found) == len(wanted):
            return found
        owner = owners[key_slot(names.applied_hash(partition).encode())]
        if owner is not None:
            found.setdefault(owner, partition)
    raise AssertionError


def _view(settings: RedisSettings, node: NodeAddress) -> ClusterView:
    with sync_client(settings_of_node(settings, node), "playhead-check") as client:
        slots = client.execute_command("CLUSTER", "SLOTS")
        info = client.execute_command("CLUSTER", "INFO")
        client.execute_command("ASKING")
    return view_of(node, slots, info if isinstance(info, bytes) else info.encode())
