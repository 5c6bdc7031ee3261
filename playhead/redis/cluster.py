"""The clients of a Redis Cluster: one for each node, and the map from slots to nodes.

redis-py's asyncio `RedisCluster` closes the connections to all nodes when one of them fails; here one node
that is away concerns its own slots. A call is sent once: whether to repeat it is the caller's decision, as
with one server. Only a redirection (MOVED) is followed, since the node then did nothing.

A slot that is being moved answers ASK for keys that have left. Only `read` follows it: a script at the new
node would take people whose keys have not arrived for missing ones. Its caller waits, as for any outage.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from random import sample
from typing import TypeVar, cast

from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MovedError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError

from playhead.causes import cause_of
from playhead.redis.nodes import Command, first_failure
from playhead.redis.topology import ClusterView, NodeAddress, newest, view_of

T = TypeVar("T")
NodeClient = Callable[[NodeAddress], Redis]

REDIRECTIONS = 3
"""Followed by one call; more of them mean that the nodes do not agree yet."""
VIEW_SECONDS = 1.0
"""For a node to say what it knows of the cluster."""
VIEWS = 5
"""Nodes that are asked at once."""
REFRESH_SECONDS = 0.2
"""Between two reads of the map."""

_log = logging.getLogger(__name__)


class ClusterNodes:
    """See `RedisNodes`. After any failure the map is read again, in the background: no call waits for it."""

    is_cluster = True

    def __init__(self, seeds: Collection[NodeAddress], client: NodeClient) -> None:
        """Connect to nothing yet.

        Args:
            seeds: Some nodes, of which one must answer at first.
            client: Makes the client of a node.
        """
        self._seeds = frozenset(seeds)
        self._make = client
        self._clients: dict[NodeAddress, Redis] = {}
        self._view: ClusterView | None = None
        self._owners: list[NodeAddress | None] = []
        self._refreshing: asyncio.Task[None] | None = None
        self._refreshed_at = float("-inf")

    async def call(self, key: str, command: Command[T]) -> T:
        """See `RedisNodes`."""
        return await self._call(key, command)

    async def read(self, key: str, command: Command[T]) -> T:
        """See `RedisNodes`."""
        try:
            return await self._call(key, command)
        except MovedError:
            raise
        except AskError as ask:
            async with self._client(_target(ask)).pipeline(transaction=False) as together:
                together.execute_command("ASKING")
                command(together)
                _, answer = await together.execute()
            return cast("T", answer)

    async def every(self, command: Command[T]) -> list[T]:
        """See `RedisNodes`."""
        view = await self.view()
        asked = [self._noting(self._client(each), command) for each in sorted(view.primaries)]
        return await first_failure(asyncio.gather(*asked, return_exceptions=True))

    async def view(self) -> ClusterView:
        """The cluster as it is known, read if it never was.

        Raises:
            RedisConnectionError: no node answers.
        """
        if self._view is None:
            self._refresh_soon()
            if self._refreshing is not None:
                await asyncio.shield(self._refreshing)
        if self._view is None:
            raise RedisConnectionError("no node of the Redis Cluster answers")
        return self._view

    async def latest(self) -> ClusterView:
        """The cluster, read now, or as it was known where no node answers.

        Raises:
            RedisConnectionError: no node has answered yet.
        """
        self._refresh_soon()
        if self._refreshing is not None:
            await asyncio.shield(self._refreshing)
        return await self.view()

    async def aclose(self) -> None:
        """See `RedisNodes`."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait({self._refreshing})
        clients, self._clients = self._clients, {}
        for each in clients.values():
            await each.aclose()

    async def _call(self, key: str, command: Command[T]) -> T:
        slot = key_slot(key.encode())
        if self._view is None:
            await self.view()
        for left in reversed(range(REDIRECTIONS)):
            owner = self._owners[slot]
            if owner is None:
                self._refresh_soon()
                raise ClusterDownError(f"slot {slot} has no node")
            try:
                return await self._noting(self._client(owner), command)
            except MovedError as moved:
                self._owners[slot] = _target(moved, owner)
                if not left:
                    raise
        raise AssertionError

    async def _noting(self, client: Redis, command: Command[T]) -> T:
        """Run the command; after a failure, which includes that it takes too long, the map is read again."""
        try:
            return await command(client)
        except (RedisError, OSError, asyncio.CancelledError) as error:
            if not isinstance(error, ResponseError) or _may_have_moved(error):
                self._refresh_soon()
            raise

    def _client(self, node: NodeAddress) -> Redis:
        client = self._clients.get(node)
        if client is None:
            client = self._clients[node] = self._make(node)
        return client

    def _refresh_soon(self) -> None:
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        if self._view is not None:
            await asyncio.sleep(self._refreshed_at + REFRESH_SECONDS - time.monotonic())
        known = self._seeds if self._view is None else self._view.nodes | self._seeds
        asked = known if len(known) <= VIEWS else sample(sorted(known), VIEWS)
        found = await asyncio.gather(*map(self._ask, asked))
        view = newest(each for each in found if each is not None)
        self._refreshed_at = time.monotonic()
        if view is None or not view.ranges:
            return
        if self._view is not None and view.ranges != self._view.ranges:
            _log.info("the slots of Redis Cluster are now on %d nodes", len(view.primaries))
        self._view, self._owners = view, view.owners()
        gone = [each for each in self._clients if each not in view.nodes | self._seeds]
        for each in gone:
            await self._clients.pop(each).aclose()

    async def _ask(self, node: NodeAddress) -> ClusterView | None:
        try:
            async with asyncio.timeout(VIEW_SECONDS), self._client(node).pipeline(transaction=False) as both:
                both.execute_command("CLUSTER", "SLOTS")
                both.execute_command("CLUSTER", "INFO")
                slots, info = await both.execute()
        except (RedisError, OSError) as error:
            _log.debug("redis node %s:%d: %s", *node, cause_of(error))
            return None
        return view_of(node, slots, info)


def _may_have_moved(error: ResponseError) -> bool:
    """Whether it is a node's answer that another one may have the slot by now."""
    return isinstance(error, AskError | ClusterDownError | ReadOnlyError | TryAgainError) or any(
        code in str(error) for code in ("READONLY", "MASTERDOWN", "TRYAGAIN", "non local key")
    )


def _target(error: AskError, asked: NodeAddress | None = None) -> NodeAddress:
    host = error.host or (asked.host if asked is not None else "")
    return NodeAddress(host, int(error.port))
