"""A snapshot of Redis, and its restoration, like a dump that an operator restores."""

from __future__ import annotations

from collections.abc import Callable

from redis import Redis

# By one script, so that ledgers and progress are of one moment, as in Redis' own dumps. Key by key, under
# load, a person may be dumped before a write and their partition's ledger after it: a loss that no dump has.
_DUMP = """
local all = {}
for number, key in ipairs(redis.call('KEYS', '*')) do
  all[number] = {key, redis.call('DUMP', key)}
end
return all
"""


def redis_snapshot(redis: Redis) -> Callable[[], None]:
    """Take a snapshot; the function that is returned replaces everything by it."""
    dumped = redis.eval(_DUMP, 0)

    def restore() -> None:
        with redis.pipeline(transaction=True) as pipe:
            pipe.flushall()
            for key, value in dumped:
                pipe.restore(key, 0, value)
            pipe.execute()

    return restore
