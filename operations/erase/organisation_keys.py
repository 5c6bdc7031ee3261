"""Erase an organisation from Redis: every key of it goes, and the flag of erased organisations is set first.

The scripts that load and write people respect the flag: no worker writes one of its people from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import cast

import jwt

from operations.erase.subject import Organisation
from operations.hot_keys import erased_tenants_hashes, hot_keys
from operations.stores import redis
from playhead.redis.connection import SyncRedis
from playhead.settings import RedisSettings
from playhead.wire.redis_keys import RedisKeys
from stream_processors.stores.erased_flag import person_ttl_seconds, set_tenant_erased_flag

_COMMAND = "erase"
_SCANNED = 10_000
"""Keys that Redis looks through in one call."""
_AT_ONCE = 1_000


def count_keys(settings: RedisSettings, organisation: Organisation) -> int:
    """How many keys, and entries of people over their quota, Redis holds of it."""
    names = settings.redis_keys
    with redis(settings, _COMMAND) as client:
        return sum(1 for _ in _keys(client, names, organisation)) + len(
            _over_quota(client, names, organisation)
        )


def erase_keys(settings: RedisSettings, organisation: Organisation, at_ms: int) -> int:
    """Set the flag, and delete everything that Redis holds of it; how much that was."""
    names = settings.redis_keys
    with redis(settings, _COMMAND) as client:
        ttl_seconds = person_ttl_seconds(settings)
        for key in erased_tenants_hashes(hot_keys(client, settings)):
            with client.pipeline(transaction=True) as together:
                set_tenant_erased_flag(together, key, organisation.tenant, at_ms, ttl_seconds)
                together.execute()
        erased = 0
        keys = _keys(client, names, organisation)
        while some := list(islice(keys, _AT_ONCE)):
            erased += client.unlink(*some)
        if people := _over_quota(client, names, organisation):
            erased += client.zrem(names.over_quota, *people)
        return erased


def clear_tenant_flag(settings: RedisSettings, organisation: Organisation) -> bool:
    """Delete the flag; whether it was there."""
    with redis(settings, _COMMAND) as client:
        hashes = erased_tenants_hashes(hot_keys(client, settings))
        return sum(client.hdel(key, organisation.tenant) for key in hashes) > 0


def _keys(client: SyncRedis, names: RedisKeys, organisation: Organisation) -> Iterator[bytes]:
    """The keys of its people, and of sign-in links."""
    for key in client.scan_iter(match=names.progress_hashes, count=_SCANNED):
        if names.person_of_hash(key.decode()).startswith(organisation.prefix):
            yield key
    for key in client.scan_iter(match=names.sign_ins, count=_SCANNED):
        if tenant_of_token(cast("bytes | None", client.get(key)) or b"") == organisation.tenant:
            yield key


def _over_quota(client: SyncRedis, names: RedisKeys, organisation: Organisation) -> list[bytes]:
    found = client.zscan_iter(names.over_quota, match=f"{organisation.prefix}*", count=_SCANNED)
    return [person for person, _ in found]


def tenant_of_token(token: bytes) -> str | None:
    """The tenant that a token names, unverified; None if it is no token, as of a link that was used."""
    with suppress(jwt.InvalidTokenError):
        return str(jwt.decode(token, options={"verify_signature": False}).get("tenant"))
    return None
