"""One person's progress from a store, or from Redis with PostgreSQL behind it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol, TypeVar

from playhead.progress import ContentId, Progress
from playhead.progress.older import whole
from playhead.wire.errors import WireError
from playhead.wire.progress import decode_progress
from query_api.access import Person
from query_api.errors import NotHeldError, UnavailableError

T = TypeVar("T")

BYTES_AT_ONCE = 50_000
"""Of states decoded before other tasks run: some 1 ms. The largest state has 60 kB."""

_log = logging.getLogger(__name__)


class ProgressReader(Protocol):
    """Reads one person's progress.

    Raises:
        NotHeldError: Another store may have it.
        UnavailableError: Another store may answer, or this one later.
        WireError: This release cannot decode what is stored.
    """

    async def item(self, person: Person, content: ContentId) -> Progress:
        """The person's progress with one item; `NOTHING` where they never opened it."""
        ...

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """The person's progress with every item that they ever opened."""
        ...


class FallbackReader:
    """Reads from Redis, and from PostgreSQL where Redis gives no answer. A dead cache is never an error."""

    def __init__(self, hot: ProgressReader, durable: ProgressReader, count: Callable[[str], None]) -> None:
        """Combine two readers.

        Args:
            hot: Redis.
            durable: PostgreSQL.
            count: Takes the store that answered, `redis` or `postgres`, and before `postgres` why Redis did
                not: `not_held`, `unavailable` or `unreadable`.
        """
        self._hot = hot
        self._durable = durable
        self._count = count

    async def item(self, person: Person, content: ContentId) -> Progress:
        """See `ProgressReader`."""
        return await self._read(lambda reader: reader.item(person, content))

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """See `ProgressReader`."""
        return await self._read(lambda reader: reader.items(person))

    async def _read(self, read: Callable[[ProgressReader], Awaitable[T]]) -> T:
        try:
            answer = await read(self._hot)
        except NotHeldError:
            self._count("not_held")
        except UnavailableError:
            self._count("unavailable")
        except WireError:
            self._count("unreadable")
            _log.exception("the hot store holds what this release cannot read")
        else:
            self._count("redis")
            return answer
        answer = await read(self._durable)
        self._count("postgres")
        return answer


def whole_of(state: bytes, older: bytes | None) -> Progress:
    """All that is known of an item, of its encoded record and its older sessions.

    The record alone would show the same, unless the policy has changed since it was written.

    Raises:
        WireError: This release cannot decode them.
    """
    return whole(decode_progress(state), None if older is None else decode_progress(older))


async def decoded(stored: Iterable[tuple[ContentId, bytes, bytes | None]]) -> dict[ContentId, Progress]:
    """Decode the states of many items, and their older sessions, giving other tasks their turns.

    Raises:
        WireError: This release cannot decode one of them.
    """
    found: dict[ContentId, Progress] = {}
    taken = 0
    for content, state, older in stored:
        found[content] = whole_of(state, older)
        taken += len(state) + len(older or b"")
        if taken > BYTES_AT_ONCE:
            taken = 0
            await asyncio.sleep(0)
    return found
