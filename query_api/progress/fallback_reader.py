"""Redis first, Postgres where Redis cannot tell. A dead cache is never an error."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from playhead.progress import ContentId, Progress
from playhead.wire.errors import WireError
from query_api.access import Person
from query_api.errors import NotHeldError, Source, UnavailableError
from query_api.progress.reader import ProgressReader

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Tally(Protocol):
    """Counts who answered."""

    def answered(self, source: Source) -> None:
        """One question was answered by this store."""
        ...

    def passed_on(self, reason: str) -> None:
        """The hot store could not tell: `not_held`, `unavailable` or `unreadable`."""
        ...


class FallbackReader:
    """A `ProgressReader` of two: the hot store, else the durable one."""

    def __init__(self, hot: ProgressReader, durable: ProgressReader, tally: Tally) -> None:
        self._hot = hot
        self._durable = durable
        self._tally = tally

    async def item(self, person: Person, content: ContentId) -> Progress:
        """See `ProgressReader`."""
        return await self._ask(lambda reader: reader.item(person, content))

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """See `ProgressReader`."""
        return await self._ask(lambda reader: reader.items(person))

    async def _ask(self, question: Callable[[ProgressReader], Awaitable[T]]) -> T:
        try:
            answer = await question(self._hot)
        except NotHeldError:
            self._tally.passed_on("not_held")
        except UnavailableError:
            self._tally.passed_on("unavailable")
        except WireError:
            self._tally.passed_on("unreadable")
            _log.exception("the hot store holds what this release cannot read")
        else:
            self._tally.answered("redis")
            return answer
        answer = await question(self._durable)
        self._tally.answered("postgres")
        return answer
