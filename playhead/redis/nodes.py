"""Where the keys of Redis are: on one server, or on the nodes of a Redis Cluster.

Every call names the key that it is about, and gets the client of the node that has it. All keys of a Kafka
partition have one hash tag (`wire.keys`), so that a script, a transaction or a pipeline of one partition is
of one node.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from redis.asyncio import Redis

T = TypeVar("T")
Command = Callable[[Redis], Awaitable[T]]
"""Sends commands, all about keys of one slot, by the client that it gets."""


class RedisNodes(Protocol):
    """The clients of a service."""

    @property
    def is_cluster(self) -> bool:
        """Whether keys are on several nodes: what concerns several slots takes several calls."""
        ...

    def call(self, key: str, command: Command[T]) -> Awaitable[T]:
        """Run the command on the node that has the key.

        Raises:
            RedisError, OSError: as the client does. A cluster's node that is away or moves a slot is one of
                the failures that waiting resolves, see `redis.outages`.
        """
        ...

    def read(self, key: str, command: Command[T]) -> Awaitable[T]:
        """Run a single reading command, which also finds a key whose slot is being moved."""
        ...

    async def every(self, command: Command[T]) -> list[T]:
        """Run the command on the server, or on every node that has slots, at once."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class SingleServer:
    """One Redis server, or the primary that Sentinel names."""

    is_cluster = False

    def __init__(self, client: Redis) -> None:
        self._client = client

    def call(self, key: str, command: Command[T]) -> Awaitable[T]:  # noqa: ARG002 - every key is here
        """See `RedisNodes`."""
        return command(self._client)

    read = call

    async def every(self, command: Command[T]) -> list[T]:
        """See `RedisNodes`."""
        return [await command(self._client)]

    async def aclose(self) -> None:
        """See `RedisNodes`."""
        await self._client.aclose()


async def first_failure(results: Awaitable[list[Any]]) -> list[Any]:
    """The results of `asyncio.gather(…, return_exceptions=True)`, unless one of them is an exception."""
    found = await results
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return found
