"""Reads one person's progress from a store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Protocol

from playhead.progress import ContentId, Progress
from playhead.wire.codec import decode_progress
from query_api.access import Person


class ProgressReader(Protocol):
    """Gives one person's progress.

    Raises:
        NotHeldError: ask another store.
        UnavailableError: ask another store, or later.
        WireError: what is stored cannot be read by this release.
    """

    async def item(self, person: Person, content: ContentId) -> Progress:
        """The person's progress with one item; `NOTHING` where they never opened it."""
        ...

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """All items that the person ever opened."""
        ...


AT_ONCE_BYTES = 50_000
"""Of states decoded before others have their turn: some 1 ms. The largest has 60 kB."""


async def decoded(stored: Iterable[tuple[ContentId, bytes]]) -> dict[ContentId, Progress]:
    """Decode the states of many items without holding up everybody else.

    Raises:
        WireError: one cannot be read by this release.
    """
    found: dict[ContentId, Progress] = {}
    taken = 0
    for content, state in stored:
        found[content] = decode_progress(state)
        taken += len(state)
        if taken > AT_ONCE_BYTES:
            taken = 0
            await asyncio.sleep(0)
    return found
