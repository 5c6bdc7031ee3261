"""The subscription in a Redis Cluster: one connection to each node, used as if it were one.

The processor publishes a change on the node of its partition, by a sharded channel, and publishes nothing
where that node has no subscriber. A node that is away delays its own channels: they are not confirmed, and
their listeners wait. When it is back, when a slot moves, or when a connection is lost, the subscription is
over, and the hub makes another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.crc import key_slot
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.redis.cluster import ClusterNodes
from playhead.redis.nodes import RedisNodes
from playhead.redis.topology import ClusterView, NodeAddress
from playhead.settings import RedisSettings
from playhead.wire.redis_keys import RedisKeys
from query_api.live.channels import Verb
from query_api.live.subscription import Received, Subscription, subscribed

LOOK_SECONDS = 1.0
"""Between two looks at the cluster's nodes."""

_log = logging.getLogger(__name__)


class ShardedSubscription:
    """A subscription of several connections; see `Subscription`."""

    def __init__(self, view: ClusterView, connected: Mapping[NodeAddress, Subscription]) -> None:
        self._owners = view.owners()
        self._connected = connected
        self._arrived: asyncio.Queue[Received | BaseException] = asyncio.Queue()

    async def send(self, verb: Verb, channels: Sequence[str]) -> None:
        """Subscribe or unsubscribe, by one command for each slot; channels of a node that is away wait."""
        by_slot: dict[int, list[str]] = {}
        for channel in channels:
            by_slot.setdefault(key_slot(channel.encode()), []).append(channel)
        for slot, some in by_slot.items():
            owner = self._owners[slot]
            if owner is not None and owner in self._connected:
                await self._connected[owner].send(verb, some)

    async def ping(self) -> None:
        """Ask every node for a sign of life."""
        for each in self._connected.values():
            await each.ping()

    async def receive(self) -> Received:
        """Return what arrives next from any node."""
        found = await self._arrived.get()
        if isinstance(found, BaseException):
            raise found
        return found

    async def listen(self, connection: Subscription) -> None:
        """Take in what arrives by one connection.

        Raises:
            RedisError, OSError: the connection is lost.
        """
        while True:
            self._arrived.put_nowait(await connection.receive())

    async def watch(self, nodes: ClusterNodes, view: ClusterView, settings: RedisSettings) -> None:
        """Look at the nodes.

        Raises:
            RedisConnectionError: slots have moved, or a node is back that was away.
        """
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                latest = await nodes.latest()
            except (RedisError, OSError) as error:
                _log.debug("the nodes of Redis Cluster are not known: %s", cause_of(error))
                continue
            if latest.ranges != view.ranges or await _answers(
                settings, latest.primaries - {*self._connected}
            ):
                raise RedisConnectionError("the nodes of Redis Cluster have changed")

    def end(self, task: asyncio.Task[None]) -> None:
        """Have `receive` raise what ended a task."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._arrived.put_nowait(error)


@asynccontextmanager
async def sharded(settings: RedisSettings, nodes: ClusterNodes) -> AsyncIterator[ShardedSubscription]:
    """Connect to all nodes that answer, and disconnect at the end.

    Raises:
        RedisConnectionError: none does.
    """
    view = await nodes.latest()
    async with AsyncExitStack() as stack:
        primaries = sorted(view.primaries)
        entering = [stack.enter_async_context(subscribed(settings, node=each)) for each in primaries]
        found = await asyncio.gather(*entering, return_exceptions=True)
        connected = {
            node: each for node, each in zip(primaries, found, strict=True) if isinstance(each, Subscription)
        }
        if not connected:
            raise RedisConnectionError("no node of Redis Cluster answers")
        together = ShardedSubscription(view, connected)
        tasks = [asyncio.create_task(together.listen(each)) for each in connected.values()]
        tasks.append(asyncio.create_task(together.watch(nodes, view, settings)))
        for task in tasks:
            task.add_done_callback(together.end)
        try:
            yield together
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


@dataclass(frozen=True, slots=True)
class LiveRedis:
    """Where changes are published."""

    settings: RedisSettings
    nodes: RedisNodes | None = None
    """The clients of the service, of which a cluster's know its nodes."""

    @property
    def names(self) -> RedisKeys:
        """The names of the channels."""
        return self.settings.redis_keys

    def subscribed(self) -> AbstractAsyncContextManager[Subscription | ShardedSubscription]:
        """A subscription to the one server, or to all nodes of a cluster."""
        if isinstance(self.nodes, ClusterNodes):
            return sharded(self.settings, self.nodes)
        return subscribed(self.settings)


async def _answers(settings: RedisSettings, away: Iterable[NodeAddress]) -> bool:
    """Whether one of the nodes that were away can be subscribed to."""
    for each in away:
        try:
            async with subscribed(settings, node=each):
                return True
        except (RedisError, OSError) as error:
            _log.debug("redis node %s:%d: %s", *each, cause_of(error))
    return False
