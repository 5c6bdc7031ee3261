"""Restoring: people whom Redis has lost are brought back from Postgres before anything of theirs is decided.

What is restored is no change, so it needs no place in the write that moves the partition: it is written
ahead of it, in pieces of bounded size, and a person is held only once all of their items are there (see
`restore.lua`). A worker that dies between two pieces leaves people who count as missing, whom its successor
restores again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Protocol

from playhead.progress import ContentId
from stream_processors.apply.decide import KnownPerson
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import LostItems

PIECE_BYTES = 4_000_000
"""Written by one script call, during which Redis serves nobody else: some 10 ms."""
PIECE_ROWS = 10_000
"""The same, for items without much in them."""


class RestoreItems(Protocol):
    """What is needed of the hot store, for one partition."""

    async def __call__(self, lost: list[LostItems]) -> None:
        """Write a piece, fenced; see `HotStore.restore`."""
        ...


async def restore(
    durable: DurableStore, write: RestoreItems, missing: Collection[str]
) -> dict[str, KnownPerson]:
    """Bring back all that Postgres has of these people; those of whom it has nothing are returned.

    The others are in the hot store then. Memory is bounded, however many items they have.

    Raises:
        AwayError: a store is away; begin again.
        StandingMovedError: see `HotStore.restore`.
    """
    nothing = {person: KnownPerson({}, is_new=True) for person in missing}
    counts: Counter[str] = Counter()
    piece = _Piece(write)
    async with durable.people(missing) as rows:
        async for row in rows:
            if row.erased_at is not None:
                nothing[row.person] = KnownPerson({}, erased_at=row.erased_at)
                continue
            counts[row.person] += 1
            await piece.add(row.person, row.item, row.state)
    held = {person: count for person, count in counts.items() if nothing[person].erased_at is None}
    await piece.finish(held)
    return {person: known for person, known in nothing.items() if person not in held}


class _Piece:
    """What is to be written next."""

    def __init__(self, write: RestoreItems) -> None:
        self._write = write
        self._items: dict[str, list[tuple[ContentId, bytes]]] = {}
        self._bytes = 0
        self._rows = 0

    async def add(self, person: str, item: ContentId, state: bytes) -> None:
        self._items.setdefault(person, []).append((item, state))
        self._bytes += len(state)
        self._rows += 1
        if self._bytes >= PIECE_BYTES or self._rows >= PIECE_ROWS:
            await self._write([LostItems(person, items) for person, items in self._items.items()])
            self._items, self._bytes, self._rows = {}, 0, 0

    async def finish(self, counts: dict[str, int]) -> None:
        """Write what is left, and that these people have so many items, which makes them held."""
        last = [LostItems(person, self._items.get(person, []), count) for person, count in counts.items()]
        for start in range(0, len(last), PIECE_ROWS):
            await self._write(last[start : start + PIECE_ROWS])
