"""Progress from Redis, within a hard limit of time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.hot.partitions import HotPartitions
from playhead.progress import NOTHING, ContentId, Progress
from playhead.wire.keys import ERASED, FENCE, is_older_name, older_name
from query_api.access import Person
from query_api.errors import NotHeldError, UnavailableError
from query_api.progress.breaker import Breaker, GuardedStore
from query_api.progress.reader import decoded, whole_of

T = TypeVar("T")

CONNECTIONS = 32
SECOND_LOOKS = 4
"""Turns of the event loop given to an answer that seems late. Where this process was held up itself, it sees
the clock before the answer that has long arrived; blaming Redis would send every request to PostgreSQL just
when the machine is busy. Reading an answer takes two or three turns."""


def connect(url: str, budget_seconds: float) -> Redis:
    """A client that never retries, since PostgreSQL is the alternative. Connects when first used."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=budget_seconds,
        # No timeouts of its own: each makes a task of every command sent, and the budget is over all of them.
        socket_timeout=None,
        socket_connect_timeout=None,
        retry=Retry(NoBackoff(), 0),
        # RESP2: no handshake beyond what Redis 6.2 and Valkey speak, and no pushed notifications.
        protocol=2,
    )
    return Redis.from_pool(pool)


class RedisReader:
    """Reads the hash that the stream processor keeps of each person.

    A hash with its fence field is whole, so an item missing from it was never opened; a missing hash
    (evicted, expired, flushed) says nothing. A person who was erased has a hash with the erased flag. Who was
    written by a former release only is read from the hash of that.
    """

    def __init__(
        self,
        client: Redis,
        budget_seconds: float,
        clock: Callable[[], float],
        partitions: HotPartitions | None = None,
    ) -> None:
        self._client = client
        self._partitions = partitions or HotPartitions(clock)
        self._budget = budget_seconds
        self._guarded = GuardedStore("redis", clock)

    @property
    def breaker(self) -> Breaker:
        """The breaker after the latest call."""
        return self._guarded.breaker

    async def item(self, person: Person, content: ContentId) -> Progress:
        """See `ProgressReader`."""
        names = [ERASED, FENCE, content, older_name(content)]
        erased, fence, encoded, older = await self._call(lambda: self._fields(person.key, names))
        if erased is not None:
            return NOTHING
        if fence is None:
            raise NotHeldError("redis", "the person is not held")
        return NOTHING if encoded is None else whole_of(encoded, older)

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """See `ProgressReader`."""
        fields = await self._call(lambda: self._everything(person.key))
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
        """Return if Redis responds, whatever the breaker says.

        Raises:
            UnavailableError: It does not.
        """
        await self._bounded(self._client.ping)

    async def _fields(self, person: str, names: list[str]) -> list[bytes | None]:
        keys = await self._partitions.current(self._client)
        if (current := keys.hash_of(person)) is not None:
            found = await cast("Awaitable[list[bytes | None]]", self._client.hmget(current, names))
            if found[0] is not None or found[1] is not None:
                return found
        # Both at once: the processor may move the person from one to the other in between.
        async with self._client.pipeline(transaction=True) as together:
            for key in keys.hashes_of(person):
                together.hmget(key, names)
            answers: list[list[bytes | None]] = await together.execute()
        return next((each for each in answers if each[0] is not None or each[1] is not None), answers[0])

    async def _everything(self, person: str) -> dict[bytes, bytes]:
        keys = await self._partitions.current(self._client)
        if (current := keys.hash_of(person)) is not None:
            found = await cast("Awaitable[dict[bytes, bytes]]", self._client.hgetall(current))
            if _is_whole(found):
                return found
        async with self._client.pipeline(transaction=True) as together:
            for key in keys.hashes_of(person):
                together.hgetall(key)
            answers: list[dict[bytes, bytes]] = await together.execute()
        return next(filter(_is_whole, answers), {})

    async def _call(self, command: Callable[[], Awaitable[T]]) -> T:
        return await self._guarded.call(lambda: self._bounded(command))

    async def _bounded(self, command: Callable[[], Awaitable[T]]) -> T:
        answering = asyncio.ensure_future(command())
        answering.add_done_callback(_retrieve_exception)
        try:
            await asyncio.wait({answering}, timeout=self._budget)
            for _ in range(SECOND_LOOKS):
                if not answering.done():
                    await asyncio.sleep(0)
            if not answering.done():
                raise UnavailableError("redis", f"no answer within {self._budget * 1000:.0f} ms")
            return answering.result()
        except (RedisError, OSError) as error:
            raise UnavailableError("redis", cause_of(error)) from error
        finally:
            # Ends one that is late or no longer wanted; its connection, in mid-answer, is closed with it.
            answering.cancel()


def _is_whole(fields: Mapping[bytes, bytes]) -> bool:
    return FENCE.encode() in fields or ERASED.encode() in fields


def _retrieve_exception(answering: asyncio.Future[T]) -> None:
    if not answering.cancelled():
        answering.exception()  # asyncio logs an exception that is never retrieved
