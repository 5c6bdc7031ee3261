"""Tries Redis: the login, the commands that a service uses, and whether keys are evicted.

The commands are really called, on a scratch key and channel of the service's own names: `ACL DRYRUN` needs
a right of its own, and Redis 7.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from redis import RedisError

from operations.check.clocks import clock_check
from operations.check.redis_cluster import one_partition_of_each, view_by_any
from operations.local.checks import Check
from playhead.causes import cause_of
from playhead.redis.connection import SyncRedis, settings_of_node, sync_client
from playhead.redis.refusals import explained, lacks_a_right
from playhead.settings import RedisSettings
from playhead.wire.redis_keys import RedisKeys

_WRITE_SCRIPT = """
redis.call('HSET', KEYS[1], 'scratch', '1')
redis.call('EXPIRE', KEYS[1], 60)
redis.call('HGETALL', KEYS[1])
redis.call(ARGV[2], ARGV[1], '')
return redis.call('DEL', KEYS[1])
"""


@dataclass(frozen=True, slots=True)
class ScratchNames:
    """A key and a channel that nothing else uses."""

    key: str
    channel: str
    is_sharded: bool = False
    """Whether changes are published as in a Redis Cluster."""

    @classmethod
    def of(cls, names: RedisKeys, partition: int, *, is_sharded: bool = False) -> ScratchNames:
        """Those of a partition, which the rights of a service let it use."""
        person = f"check:{uuid4()}"
        channel = names.live_channel(partition, person)
        return cls(names.progress_hash(partition, person), channel, is_sharded)


Call = Callable[[SyncRedis, ScratchNames], Any]


def _read(client: SyncRedis, names: ScratchNames) -> None:
    client.hgetall(names.key)


def _look_up(client: SyncRedis, names: ScratchNames) -> None:
    client.hmget(names.key, ["scratch"])


def _write(client: SyncRedis, names: ScratchNames) -> None:
    publish = "SPUBLISH" if names.is_sharded else "PUBLISH"
    client.eval(_WRITE_SCRIPT, 1, names.key, names.channel, publish)


def _subscribe(client: SyncRedis, names: ScratchNames) -> None:
    subscription = client.pubsub()
    subscribe = subscription.ssubscribe if names.is_sharded else subscription.subscribe
    subscribe(names.channel)
    subscription.get_message(timeout=client.get_connection_kwargs().get("socket_timeout") or 5.0)
    subscription.close()


_CALLS: Final[Mapping[str, Mapping[str, Call]]] = {
    "ingest": {"looking up items": _look_up},
    "processor": {"reading progress": _read, "writing and publishing progress by script": _write},
    "query": {"reading progress": _read, "subscribing to changes": _subscribe},
}


def redis_checks(settings: RedisSettings, service: str) -> Iterator[Check]:
    """Check the connection, then what the service calls if there is one; in a Redis Cluster, on each node."""
    if settings.redis_mode != "cluster":
        yield from _server_checks(settings, service, "Redis", ScratchNames.of(settings.redis_keys, 0))
        return
    try:
        view = view_by_any(settings)
    except (RedisError, OSError) as error:
        yield Check("Redis", ok=False, detail=_why(error))
        return
    has_all = None not in view.owners()
    nodes = f"{len(view.primaries)} nodes have {'all' if has_all else 'not all'} slots"
    yield Check("Redis Cluster", ok=view.is_ok and has_all, detail=nodes)
    for node, partition in sorted(one_partition_of_each(view, settings.redis_keys).items()):
        names = ScratchNames.of(settings.redis_keys, partition, is_sharded=True)
        name = f"Redis {node.host}:{node.port}"
        yield from _server_checks(settings_of_node(settings, node), service, name, names)


def _server_checks(
    settings: RedisSettings, service: str, server: str, names: ScratchNames
) -> Iterator[Check]:
    try:
        with sync_client(settings, "playhead-check") as client:
            client.ping()
            yield Check(server, ok=True, detail="answers")
            yield from (_called(client, server, *each, names) for each in _CALLS[service].items())
            yield from _eviction(client, server)
            yield from _clock(client, server)
    except RedisError as error:
        yield Check(server, ok=False, detail=_why(error))


def _why(error: BaseException) -> str:
    return explained(error) or f"does not answer (PLAYHEAD_REDIS_URL): {cause_of(error)}"


def _called(client: SyncRedis, server: str, name: str, call: Call, names: ScratchNames) -> Check:
    try:
        call(client, names)
    except RedisError as error:
        return Check(f"{server}: {name}", ok=False, detail=explained(error) or cause_of(error))
    return Check(f"{server}: {name}", ok=True, detail="permitted")


def _eviction(client: SyncRedis, server: str) -> Iterator[Check]:
    try:
        policy = client.info("memory").get("maxmemory_policy", "unknown")
    except RedisError as error:
        yield _unknown(f"{server}: eviction", error)
        return
    detail = f"maxmemory-policy is {policy}"
    if policy != "noeviction":
        detail += ", not noeviction: the processor holds its partitions rather than lose progress"
    yield Check(f"{server}: eviction", ok=policy == "noeviction", detail=detail)


def _clock(client: SyncRedis, server: str) -> Iterator[Check]:
    try:
        began = time.time()
        seconds, microseconds = client.time()
    except RedisError as error:
        yield _unknown(f"{server}: clock", error)
        return
    yield clock_check(f"{server}: clock", seconds + microseconds / 1e6, began, time.time())


def _unknown(name: str, error: RedisError) -> Check:
    """What the user may not ask is not wrong: the service does not ask it either."""
    return Check(name, ok=lacks_a_right(error), detail=f"not known: {explained(error) or cause_of(error)}")
