"""Which statements were accepted: by their ids and what they said, in Redis, for a week."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from functools import partial
from hashlib import blake2b
from typing import Any, cast
from uuid import UUID

import msgspec
from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.metrics.calls import measured
from playhead.progress.identifiers import TenantId
from playhead.redis.connection import AsyncRedis
from playhead.redis.nodes import RedisNodes
from playhead.wire.redis_keys import RedisKeys

KEPT_SECONDS = 7 * 86_400
"""As long as the log: later, the same id again changes nothing that the first did not change."""
ANSWER_SECONDS = 0.5
_BYTES = 16
_LEFT_OUT = ("id", "stored", "authority", "version", "attachments")
"""The id, by which it is kept, and what a store adds."""

_log = logging.getLogger(__name__)


class ConflictError(Exception):
    """A statement with this id was accepted, and said something else."""

    def __init__(self, statement: UUID) -> None:
        super().__init__(f"the statement {statement} was accepted before, with other content")


def digest(raw: bytes) -> bytes:
    """The same for statements that say the same, however they are written."""
    statement = msgspec.json.decode(raw)
    said = {name: value for name, value in statement.items() if name not in _LEFT_OUT}
    return blake2b(msgspec.json.encode(said, order="sorted"), digest_size=_BYTES).digest()


class KnownStatements:
    """Remembers accepted statements. Without Redis none is known, and sending one again changes nothing."""

    def __init__(self, nodes: RedisNodes, names: RedisKeys) -> None:
        self._redis = nodes
        self._names = names

    async def known(self, tenant: TenantId, digests: Mapping[UUID, bytes]) -> frozenset[UUID]:
        """Those of the statements that were accepted as they are.

        Raises:
            ConflictError: one was accepted with other content.
        """
        if not digests:
            return frozenset()
        names = [self._names.statement(tenant, str(each)) for each in digests]
        held = await self._answered(self._redis.read(names[0], partial(_values, names=names)))
        found = []
        for each, stored in zip(digests, held or (), strict=False):  # none if Redis is away
            if stored is None:
                continue
            if stored != digests[each]:
                raise ConflictError(each)
            found.append(each)
        return frozenset(found)

    async def remember(self, tenant: TenantId, digests: Mapping[UUID, bytes]) -> None:
        """Remember statements that are in the log."""
        if digests:
            values = {self._names.statement(tenant, str(each)): said for each, said in digests.items()}
            await self._answered(self._redis.call(next(iter(values)), partial(_store, values=values)))

    async def _answered(self, asking: Awaitable[Any]) -> Any:
        try:
            with measured("redis"):
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await asking
        except (RedisError, OSError) as error:
            _log.debug("redis: %s; no statement is taken to be known", cause_of(error))
            return None


def _values(client: AsyncRedis, names: list[str]) -> Awaitable[list[bytes | None]]:
    return cast("Awaitable[list[bytes | None]]", client.mget(names))


async def _store(client: AsyncRedis, values: Mapping[str, bytes]) -> None:
    pipeline = client.pipeline(transaction=False)
    for name, said in values.items():
        pipeline.set(name, said, ex=KEPT_SECONDS, nx=True)
    await pipeline.execute()
