"""The least rights of each service at Redis, as rules of its access control list.

`docs/operations/redis.md` lists them, and tests run every service with exactly these.
"""

from __future__ import annotations

from typing import Final, Literal

from playhead.wire.redis_keys import RedisKeys

RedisUser = Literal["ingest", "processor", "query", "commands"]

_CONNECT = "+hello +select +ping +client|setname"
_RULES: Final[dict[RedisUser, tuple[str, str, str]]] = {
    "ingest": ("progress:* quota:* xapi:*", "", "+get +mget +set +hmget +zrange"),
    "processor": (
        "progress:* applied:* erased:* quota:*",
        "live:*",
        (
            "+@hash +@scripting +@transaction +@sortedset +get +set +exists +rename +expire +del "
            "+publish +pubsub +info +time"
        ),
    ),
    "query": (
        "progress:* sign-in:*",
        "live:*",
        "+get +set +hmget +hgetall +multi +exec +subscribe +unsubscribe",
    ),
    "commands": (
        "progress:* applied:* erased:* quota:* sign-in:*",
        "",
        (
            "+@hash +@sortedset +@transaction +eval +get +set +del +unlink +expire +ttl +pttl +dump +restore "
            "+scan +randomkey"
        ),
    ),
}

_CLUSTER = "+cluster|slots +cluster|info +asking"
_IN_CLUSTER: Final[dict[RedisUser, str]] = {
    "ingest": _CLUSTER,
    "processor": f"+spublish {_CLUSTER}",
    "query": f"+ssubscribe +sunsubscribe {_CLUSTER}",
    "commands": f"+command +info {_CLUSTER}",
}
"""Beside those of one server, on each node."""


def rules(user: RedisUser, names: RedisKeys, *, cluster: bool = False) -> str:
    """The rules of a service's user, or of that of the operators' commands, as `ACL SETUSER` takes them."""
    keys, channels, commands = _RULES[user]
    patterns = [f"~{names.prefix}{each}" for each in keys.split()]
    patterns += [f"&{names.prefix}{each}" for each in channels.split()]
    return " ".join([*patterns, commands, _CONNECT, *([_IN_CLUSTER[user]] if cluster else [])])
