"""Pools of connections to the primary that the Sentinels name.

redis-py asks one Sentinel after the other: a machine that is gone keeps the first question open for longer
than a reader waits, each time again. Here all are asked at once, and the first that knows the primary is
believed. A Sentinel may be behind: a former primary refuses writes, and the connection is then made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, cast

from redis import asyncio as redis_asyncio
from redis import sentinel as redis_sentinel
from redis.asyncio import sentinel as async_sentinel
from redis.exceptions import AuthenticationError, RedisError

from playhead.causes import cause_of
from playhead.redis.refusals import NoPrimaryError, explained, lacks_a_right

_Address = tuple[str, int]
_LOGIN = "PLAYHEAD_REDIS_SENTINEL_USER and PLAYHEAD_REDIS_SENTINEL_PASSWORD"


class AsyncSentinels(async_sentinel.Sentinel):
    """All Sentinels, asked at once."""

    async def discover_master(self, service_name: str) -> _Address:
        """The address of the primary.

        Raises:
            NoPrimaryError: no Sentinel names one.
        """
        waiting = {asyncio.ensure_future(each.sentinel_masters()) for each in self.sentinels}
        answers: list[object] = []
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    answer = each.exception() or each.result()
                    if (found := _address(self, answer, service_name)) is not None:
                        return found
                    answers.append(answer)
        finally:
            for each in waiting:
                each.cancel()
        raise _none_named(answers, service_name)


class SyncSentinels(redis_sentinel.Sentinel):
    """The Sentinels, asked one after the other."""

    def discover_master(self, service_name: str) -> _Address:
        """The address of the primary.

        Raises:
            NoPrimaryError: no Sentinel names one.
        """
        answers: list[object] = []
        for each in self.sentinels:
            answer: object
            try:
                answer = each.sentinel_masters()
            except (RedisError, OSError) as error:
                answer = error
            if (found := _address(self, answer, service_name)) is not None:
                return found
            answers.append(answer)
        raise _none_named(answers, service_name)


class AsyncSentinelPool(async_sentinel.SentinelConnectionPool):
    """Connections to the primary."""

    async def aclose(self) -> None:
        """Close the connections, those to the Sentinels too."""
        await super().aclose()
        await self.sentinel_manager.aclose()


class BlockingSentinelPool(AsyncSentinelPool, redis_asyncio.BlockingConnectionPool):
    """The same, whose users wait for a connection while all are in use."""


class SyncSentinelPool(redis_sentinel.SentinelConnectionPool):
    """Connections to the primary."""

    def disconnect(self, *arguments: Any, **options: Any) -> None:
        """Close the connections, those to the Sentinels too: they are opened again when needed."""
        super().disconnect(*arguments, **options)
        for each in self.sentinel_manager.sentinels:
            each.connection_pool.disconnect()


def _address(
    sentinels: async_sentinel.Sentinel | redis_sentinel.Sentinel, answer: object, name: str
) -> _Address | None:
    state = answer.get(name) if isinstance(answer, Mapping) else None
    if not state or not sentinels.check_master_state(state, name):
        return None
    return cast("str", state["ip"]), cast("int", state["port"])


def _none_named(answers: Iterable[object], name: str) -> NoPrimaryError:
    """By the answer that says most: one that waiting does not resolve before others."""
    found = list(answers)
    errors = [each for each in found if isinstance(each, BaseException)]
    if any(isinstance(each, AuthenticationError) or lacks_a_right(each) for each in errors):
        return NoPrimaryError(f"the Sentinels refuse the login ({_LOGIN})")
    if (refused := next(filter(None, map(explained, errors)), None)) is not None:
        return NoPrimaryError(f"{refused}, by a Sentinel of PLAYHEAD_REDIS_SENTINELS")
    known = [each for each in found if isinstance(each, Mapping)]
    if any(name in each for each in known):
        return NoPrimaryError(f"the Sentinels say that the primary {name!r} is down, and have no other yet")
    if known:
        return NoPrimaryError(
            f"the Sentinels of PLAYHEAD_REDIS_SENTINELS know no primary named {name!r} "
            "(PLAYHEAD_REDIS_SENTINEL_MASTER)"
        )
    reasons = ", ".join(sorted({cause_of(each) for each in errors}))
    return NoPrimaryError(f"no Sentinel answers (PLAYHEAD_REDIS_SENTINELS): {reasons}")
