"""Progress from Redis, within a hard budget of time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.progress import NOTHING, ContentId, Progress
from playhead.wire.codec import decode_progress
from playhead.wire.keys import ERASED, FENCE, progress_hash
from query_api.access import Person
from query_api.errors import NotHeldError, UnavailableError
from query_api.progress.breaker import Breaker
from query_api.progress.reader import decoded

T = TypeVar("T")
Clock = Callable[[], float]

CONNECTIONS = 32
FAILURES = 3
"""In a row, before Redis is left alone."""
COOLDOWN_SECONDS = 1.0
"""How long it is left alone between two tries: while it is away, one request a second pays the budget."""

SECOND_LOOKS = 4
"""Turns of the event loop given to an answer that seems late. Where this process was held up itself, it sees
the clock before the answer that has long been here; blaming Redis would send everybody to Postgres just when
the machine is busy. Reading an answer takes two or three turns."""


def connect(url: str, budget_seconds: float) -> Redis:
    """A client that never tries twice: whoever asks has Postgres to turn to. Connects when first used."""
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
    (evicted, expired, flushed) says nothing. Somebody who was erased has nothing, and a hash that says so.
    """

    def __init__(self, client: Redis, budget_seconds: float, clock: Clock) -> None:
        self._client = client
        self._budget = budget_seconds
        self._clock = clock
        self._breaker = Breaker(FAILURES, COOLDOWN_SECONDS)

    @property
    def breaker(self) -> Breaker:
        """How Redis has been doing."""
        return self._breaker

    async def item(self, person: Person, content: ContentId) -> Progress:
        """See `ProgressReader`."""
        key, names = progress_hash(person.key), [ERASED, FENCE, content]
        erased, fence, encoded = await self._ask(lambda: _values(self._client.hmget(key, names)))
        if erased is not None:
            return NOTHING
        if fence is None:
            raise NotHeldError("redis", "the person is not held")
        return NOTHING if encoded is None else decode_progress(encoded)

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """See `ProgressReader`."""
        key = progress_hash(person.key)
        fields = await self._ask(lambda: _fields(self._client.hgetall(key)))
        if ERASED.encode() in fields:
            return {}
        if fields.pop(FENCE.encode(), None) is None:
            raise NotHeldError("redis", "the person is not held")
        return await decoded((ContentId(field.decode()), state) for field, state in fields.items())

    async def ping(self) -> None:
        """Ask whether it is there, whatever the breaker says.

        Raises:
            UnavailableError: it does not answer.
        """
        await self._bounded(self._client.ping)

    async def _ask(self, command: Callable[[], Awaitable[T]]) -> T:
        admitted, self._breaker = self._breaker.admit(self._clock())
        if not admitted:
            raise UnavailableError("redis", "left alone after it failed")
        try:
            answer = await self._bounded(command)
        except UnavailableError:
            self._breaker = self._breaker.failed(self._clock())
            raise
        self._breaker = self._breaker.succeeded()
        return answer

    async def _bounded(self, command: Callable[[], Awaitable[T]]) -> T:
        asking = asyncio.ensure_future(command())
        asking.add_done_callback(_look_at_failure)
        try:
            await asyncio.wait({asking}, timeout=self._budget)
            for _ in range(SECOND_LOOKS):
                if not asking.done():
                    await asyncio.sleep(0)
            if not asking.done():
                raise UnavailableError("redis", f"no answer within {self._budget * 1000:.0f} ms")
            return asking.result()
        except (RedisError, OSError) as error:
            raise UnavailableError("redis", cause_of(error)) from error
        finally:
            # Ends one that is late or no longer wanted; its connection, in mid-answer, goes with it.
            asking.cancel()


def _look_at_failure(asking: asyncio.Future[T]) -> None:
    if not asking.cancelled():
        asking.exception()  # one that was late has nobody else to look at its failure


# The client is typed for either way of decoding replies; this one leaves them as bytes.
def _values(reply: object) -> Awaitable[list[bytes | None]]:
    return cast("Awaitable[list[bytes | None]]", reply)


def _fields(reply: object) -> Awaitable[dict[bytes, bytes]]:
    return cast("Awaitable[dict[bytes, bytes]]", reply)
