"""Progress from Redis, within a hard limit of time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.hot.partitions import HotPartitions
from playhead.metrics.calls import measured
from playhead.progress import NOTHING, ContentId, Progress
from playhead.redis.clients import redis_nodes
from playhead.redis.connection import AsyncRedis, blocking_client
from playhead.redis.nodes import RedisNodes
from playhead.redis.refusals import explained
from playhead.settings import RedisSettings
from playhead.wire.keys import is_older_name, older_name
from playhead.wire.redis_keys import ERASED, FENCE
from query_api.access import Person
from query_api.errors import NotHeldError, UnavailableError
from query_api.progress.breaker import Breaker, GuardedStore
from query_api.progress.reader import decoded, whole_of

_log = logging.getLogger(__name__)

T = TypeVar("T")
ReadHash = Callable[[AsyncRedis, str], Awaitable[T]]
"""Sends the command that reads a hash by its key, to Redis or as a part of a transaction."""

CONNECTIONS = 32
SECOND_LOOKS = 4
"""Turns of the event loop given to an answer that seems late. Where this process was held up itself, it sees
the clock before the answer that has long arrived; blaming Redis would send every request to PostgreSQL just
when the machine is busy. Reading an answer takes two or three turns."""


def connect(settings: RedisSettings, budget_seconds: float) -> RedisNodes:
    """Clients that never retry, since PostgreSQL is the alternative. Connect when first used."""

    def open_client(each: RedisSettings) -> AsyncRedis:
        return blocking_client(each, "playhead-query", connections=CONNECTIONS, wait_seconds=budget_seconds)

    return redis_nodes(settings, open_client)


class RedisReader:
    """Reads the hash that the stream processor keeps of each person.

    A hash with its fence field is whole, so an item missing from it was never opened; a missing hash
    (evicted, expired, flushed) says nothing. A person who was erased has a hash with the erased flag. Who was
    written by a former release only is read from the hash of that.
    """

    def __init__(
        self,
        nodes: RedisNodes,
        budget_seconds: float,
        clock: Callable[[], float],
        partitions: HotPartitions,
    ) -> None:
        self._nodes = nodes
        self._partitions = partitions
        self._budget = budget_seconds
        self._said: str | None = None
        self._clock = clock
        self._guarded: dict[int | None, GuardedStore] = {}
        """By partition in a cluster, where the nodes of others may answer; else one."""

    @property
    def breaker(self) -> Breaker:
        """The breaker after the latest call; not of a cluster, which has one for each partition."""
        return self._guard(None).breaker

    async def item(self, person: Person, content: ContentId) -> Progress:
        """See `ProgressReader`."""
        names = [ERASED, FENCE, content, older_name(content)]

        def read(client: AsyncRedis, key: str) -> Awaitable[list[bytes | None]]:
            return cast("Awaitable[list[bytes | None]]", client.hmget(key, names))

        found = await self._call(person.key, lambda: self._held(person.key, read, _has_erased_or_fence))
        erased, fence, encoded, older = found
        if erased is not None:
            return NOTHING
        if fence is None:
            raise NotHeldError("redis", "the person is not held")
        return NOTHING if encoded is None else whole_of(encoded, older)

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """See `ProgressReader`."""
        fields = await self._call(person.key, lambda: self._held(person.key, _read_all, _is_whole))
        if ERASED.encode() in fields:
            return {}
        if fields.pop(FENCE.encode(), None) is None:
            raise NotHeldError("redis", "the person is not held")
        stored = {field.decode(): state for field, state in fields.items()}
        return await decoded(
            (ContentId(name), state, stored.get(older_name(name)))
            for name, state in stored.items()
            if not is_older_name(name)
        )

    async def ping(self) -> None:
        """Return if Redis responds, every node of a cluster, whatever the breaker says.

        Raises:
            UnavailableError: It does not.
        """
        await self._bounded(lambda: self._nodes.every(lambda client: client.ping()))

    async def _held(self, person: str, read: ReadHash[T], is_whole: Callable[[T], bool]) -> T:
        """What is read of the first hash of the person that is whole; of any if none is."""
        keys = await self._partitions.current(self._nodes)
        if (current := keys.hash_of(person)) is not None:
            found = await self._nodes.read(current, lambda client: read(client, current))
            if is_whole(found) or keys.is_cluster:
                return found
        if keys.is_cluster:
            raise NotHeldError("redis", "no processor has begun")
        # Both at once: the processor may move the person from one to the other in between.
        former = keys.hashes_of(person)

        async def read_all(client: AsyncRedis) -> list[T]:
            async with client.pipeline(transaction=True) as together:
                for key in former:
                    read(together, key)
                answers: list[T] = await together.execute()
            return answers

        answers = await self._nodes.call(former[0], read_all)
        return next(filter(is_whole, answers), answers[0])

    async def _call(self, person: str, command: Callable[[], Awaitable[T]]) -> T:
        guard = self._guard(self._partitions.keys.partition_of(person) if self._nodes.is_cluster else None)
        return await guard.call(lambda: self._bounded(command))

    def _guard(self, partition: int | None) -> GuardedStore:
        if partition not in self._guarded:
            self._guarded[partition] = GuardedStore("redis", self._clock)
        return self._guarded[partition]

    async def _bounded(self, command: Callable[[], Awaitable[T]]) -> T:
        answering = asyncio.ensure_future(command())
        answering.add_done_callback(_retrieve_exception)
        try:
            with measured("redis", UnavailableError, RedisError, OSError):
                return await self._answer(answering)
        except (RedisError, OSError) as error:
            self._log_refusal(explained(error))
            raise UnavailableError("redis", cause_of(error)) from error
        finally:
            # Ends one that is late or no longer wanted; its connection, in mid-answer, is closed with it.
            answering.cancel()

    async def _answer(self, answering: asyncio.Future[T]) -> T:
        await asyncio.wait({answering}, timeout=self._budget)
        for _ in range(SECOND_LOOKS):
            if not answering.done():
                await asyncio.sleep(0)
        if not answering.done():
            raise UnavailableError("redis", f"no answer within {self._budget * 1000:.0f} ms")
        return answering.result()

    def _log_refusal(self, said: str | None) -> None:
        """Once: answers and health checks have the kind of a failure only."""
        if said is not None and said != self._said:
            _log.error("%s; progress is read from PostgreSQL", said)
        self._said = said


def _has_erased_or_fence(found: list[bytes | None]) -> bool:
    return found[:2] != [None, None]


def _read_all(client: AsyncRedis, key: str) -> Awaitable[dict[bytes, bytes]]:
    return cast("Awaitable[dict[bytes, bytes]]", client.hgetall(key))


def _is_whole(fields: Mapping[bytes, bytes]) -> bool:
    return FENCE.encode() in fields or ERASED.encode() in fields


def _retrieve_exception(answering: asyncio.Future[T]) -> None:
    if not answering.cancelled():
        answering.exception()  # asyncio logs an exception that is never retrieved
