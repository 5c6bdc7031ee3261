"""Tries Redis: the login, the commands that a service uses, and whether keys are evicted.

The commands are really called, on a scratch key and channel of the service's own names: `ACL DRYRUN` needs
a right of its own, and Redis 7.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import uuid4

from redis import RedisError
from redis.exceptions import RedisClusterException

from operations.check.clocks import clock_check
from operations.local.checks import Check
from playhead.causes import cause_of
from playhead.redis.connection import SyncRedis, sync_client
from playhead.redis.refusals import explained, lacks_a_right
from playhead.settings import RedisSettings

_WRITE_SCRIPT = """
redis.call('HSET', KEYS[1], 'scratch', '1')
redis.call('EXPIRE', KEYS[1], 60)
redis.call('HGETALL', KEYS[1])
redis.call('PUBLISH', ARGV[1], '')
return redis.call('DEL', KEYS[1])
"""
Call = Callable[[SyncRedis, str, str], Any]


def _read(client: SyncRedis, key: str, _: str) -> None:
    client.hgetall(key)


def _write(client: SyncRedis, key: str, channel: str) -> None:
    client.eval(_WRITE_SCRIPT, 1, key, channel)


def _subscribe(client: SyncRedis, _: str, channel: str) -> None:
    subscription = client.pubsub()
    subscription.subscribe(channel)
    subscription.get_message(timeout=client.get_connection_kwargs().get("socket_timeout") or 5.0)
    subscription.close()


_CALLS: Final[Mapping[str, Mapping[str, Call]]] = {
    "ingest": {"reading progress": _read},
    "processor": {"reading progress": _read, "writing and publishing progress by script": _write},
    "query": {"reading progress": _read, "subscribing to changes": _subscribe},
}


def redis_checks(settings: RedisSettings, service: str) -> Iterator[Check]:
    """Check the connection, then what the service calls if there is one."""
    key = f"{settings.redis_key_prefix}progress:{{0}}:check:{uuid4()}"
    channel = f"{settings.redis_key_prefix}live:check:{uuid4()}"
    try:
        with sync_client(settings, "playhead-check") as client:
            client.ping()
            yield Check("Redis", ok=True, detail="answers")
            yield from (_called(client, name, call, key, channel) for name, call in _CALLS[service].items())
            if settings.redis_mode != "cluster":  # each node has its own
                yield from _eviction(client)
                yield from _clock(client)
    except (RedisError, RedisClusterException) as error:  # the latter of a Cluster that is away
        why = explained(error) or f"does not answer (PLAYHEAD_REDIS_URL): {cause_of(error)}"
        yield Check("Redis", ok=False, detail=why)


def _called(client: SyncRedis, name: str, call: Call, key: str, channel: str) -> Check:
    try:
        call(client, key, channel)
    except RedisError as error:
        return Check(f"Redis: {name}", ok=False, detail=explained(error) or cause_of(error))
    return Check(f"Redis: {name}", ok=True, detail="permitted")


def _eviction(client: SyncRedis) -> Iterator[Check]:
    try:
        policy = client.info("memory").get("maxmemory_policy", "unknown")
    except RedisError as error:
        yield _unknown("Redis: eviction", error)
        return
    detail = f"maxmemory-policy is {policy}"
    if policy != "noeviction":
        detail += ", not noeviction: the processor holds its partitions rather than lose progress"
    yield Check("Redis: eviction", ok=policy == "noeviction", detail=detail)


def _clock(client: SyncRedis) -> Iterator[Check]:
    try:
        began = time.time()
        seconds, microseconds = client.time()
    except RedisError as error:
        yield _unknown("Redis: clock", error)
        return
    yield clock_check("Redis: clock", seconds + microseconds / 1e6, began, time.time())


def _unknown(name: str, error: RedisError) -> Check:
    """What the user may not ask is not wrong: the service does not ask it either."""
    return Check(name, ok=lacks_a_right(error), detail=f"not known: {explained(error) or cause_of(error)}")
