"""What Redis has of people, and of the former log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, cast

from operations.hot_keys import erased_tenants_hashes, hot_keys
from operations.rebase.findings import StoredPlaces
from operations.stores import redis
from playhead.redis.connection import SyncRedis
from playhead.settings import RedisSettings
from playhead.wire.redis_keys import ERASED, FENCE, RedisKeys

_COMMAND = "rebase"
KEYS_AT_ONCE = 200
"""People read by one call: about a thousand items."""


class HotFields(NamedTuple):
    """A person in Redis."""

    person: str
    fields: Mapping[str, bytes]
    """Items, and the older sessions of items by their `older_name`."""


def read_places(settings: RedisSettings) -> StoredPlaces:
    """How far Redis has applied the log."""
    names = settings.redis_keys
    with redis(settings, _COMMAND) as client:
        found = {
            each: client.hget(names.applied_hash(each), "next")
            for each in hot_keys(client, settings).every_partition()
        }
    return StoredPlaces("Redis", {each: int(cast("bytes", at)) for each, at in found.items() if at})


def forget_applied(settings: RedisSettings, partitions: Iterable[int]) -> None:
    """Have processors ask PostgreSQL where to begin, and refuse what one that still runs would write."""
    names = settings.redis_keys
    with redis(settings, _COMMAND) as client:
        every = {*partitions, *hot_keys(client, settings).every_partition()}
        _unlink(client, [names.applied_hash(each) for each in every])
        _unlink(client, [names.former_applied_hash(each) for each in every])


def people(settings: RedisSettings) -> Iterator[list[HotFields]]:
    """Those who were not erased and all of whose items Redis has: some at a time, each once among these."""
    with redis(settings, _COMMAND) as client:
        keys = iter(client.scan_iter(settings.redis_keys.progress_hashes, count=1_000))
        while some := list(islice(keys, KEYS_AT_ONCE)):
            with client.pipeline(transaction=False) as pipe:
                for key in some:
                    pipe.hgetall(key)
                hashes = pipe.execute()
            found = zip(some, hashes, strict=True)
            yield from _without_twins(_person(settings.redis_keys, *each) for each in found)


def forget_people(settings: RedisSettings) -> int:
    """Delete all progress; how many people were deleted. What else Redis has stays."""
    deleted = 0
    with redis(settings, _COMMAND) as client:
        keys = iter(client.scan_iter(settings.redis_keys.progress_hashes, count=1_000))
        while some := [key.decode() for key in islice(keys, KEYS_AT_ONCE)]:
            _unlink(client, some)
            deleted += len(some)
        # PostgreSQL has the erased. The number of partitions is last: by it their keys are found.
        _unlink(client, erased_tenants_hashes(hot_keys(client, settings)))
        _unlink(client, [settings.redis_keys.partitions])
    return deleted


def _person(names: RedisKeys, key: bytes, fields: dict[bytes, bytes]) -> HotFields | None:
    if FENCE.encode() not in fields or ERASED.encode() in fields:
        return None
    items = {name.decode(): value for name, value in fields.items() if name != FENCE.encode()}
    return HotFields(names.person_of_hash(key.decode()), items)


def _without_twins(found: Iterable[HotFields | None]) -> Iterator[list[HotFields]]:
    """Lists in which no person comes twice: keys of several partitions may name one."""
    some: dict[str, HotFields] = {}
    for each in found:
        if each is None:
            continue
        if each.person in some:
            yield list(some.values())
            some = {}
        some[each.person] = each
    if some:
        yield list(some.values())


def _unlink(client: SyncRedis, keys: Iterable[str]) -> None:
    with client.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.unlink(key)
        pipe.execute()
