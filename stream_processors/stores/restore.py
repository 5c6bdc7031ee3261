"""Restores people whom Redis has lost from PostgreSQL, before a batch of theirs is decided.

Restoring changes no progress, so it does not have to share the write that advances the ledger. It is written
ahead of that, in pieces of bounded size, and a person counts as held only once all pieces are there (see
`restore.lua`). If a worker dies between two pieces, its successor restores the same people again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from playhead.progress import ContentId
from stream_processors.apply.decision import KnownPerson
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import LostItems

PIECE_BYTES = 4_000_000
"""Written by one script call, during which Redis serves no other client: some 10 ms."""
PIECE_ROWS = 10_000
"""The same, for items of few bytes."""

WritePiece = Callable[[list[LostItems]], Awaitable[None]]
"""`HotStore.restore`, for one partition."""


async def restore(
    durable: DurableStore, write: WritePiece, missing: Collection[str]
) -> dict[str, KnownPerson]:
    """Write everything that PostgreSQL has of these people to Redis; memory is bounded.

    Returns the people of whom it has nothing, and those who were erased.

    Raises:
        TransientError: a store is unavailable; repeat the whole call.
        HotPartitionMovedError: see `HotStore.restore`.
    """
    without = {person: KnownPerson({}, is_new=True) for person in missing}
    counts: Counter[str] = Counter()
    piece = _Piece(write)
    async with durable.people(missing) as rows:
        async for row in rows:
            if row.erased_at is not None:
                without[row.person] = KnownPerson({}, erased_at=row.erased_at, with_tenant=row.with_tenant)
                continue
            counts[row.person] += 1
            await piece.add(row.person, row.item, row.state)
    held = {person: count for person, count in counts.items() if without[person].erased_at is None}
    await piece.finish(held)
    return {person: known for person, known in without.items() if person not in held}


class _Piece:
    """The items to be written next."""

    def __init__(self, write: WritePiece) -> None:
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
        """Write the rest, with the number of items of each person, which makes them held."""
        last = [LostItems(person, self._items.get(person, []), count) for person, count in counts.items()]
        for start in range(0, len(last), PIECE_ROWS):
            await self._write(last[start : start + PIECE_ROWS])
