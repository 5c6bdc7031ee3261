"""What a store of progress can be asked, and how it can fail to answer.

ReaderError
├── NotHeldError        this store does not hold the person; the durable one does, if anybody
└── UnavailableError    the store is away, or slower than it may be: try again later
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from playhead.progress import ContentId, Progress
from query_api.access import Person

Source = Literal["redis", "postgres"]


class ReaderError(Exception):
    """A store cannot answer."""

    def __init__(self, source: Source, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class NotHeldError(ReaderError):
    """The store knows nothing of the person, which does not mean that there is nothing."""


class UnavailableError(ReaderError):
    """The store is away, or too slow."""


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
