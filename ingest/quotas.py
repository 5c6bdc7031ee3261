"""People who have as many items as they may: the processor notes them in Redis, and ingest refuses new items.

No save waits for Redis but those of the people noted, and those for a moment only. Where Redis is away, or
has too many people to keep in mind, ingest accepts, and the processor enforces the limit by dead letters.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Collection
from typing import cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from ingest.limits import TooManyRequestsError
from playhead.identity import Principal
from playhead.progress.identifiers import ContentId
from playhead.settings import RedisSettings
from playhead.wire.keys import OVER_QUOTA, person_key, progress_hash

EVERY_SECONDS = 2.0
"""How often the people are looked up; so much longer, one may go on inventing items."""
MOST_PEOPLE = 10_000
"""Kept in mind: some 2 MB. Of more, those noted last."""
LOOK_SECONDS = 2.0
ASK_SECONDS = 0.05
"""For Redis to say which items a person has."""
RETRY_SECONDS = 60.0
"""A player waits with its whole queue; the processor judges the person again within five minutes."""

_log = logging.getLogger(__name__)


class TooManyItemsError(TooManyRequestsError):
    """The person may begin no more items; those that they have go on."""

    def __init__(self) -> None:
        super().__init__("items of one person", RETRY_SECONDS)


class ItemQuotas:
    """Who may begin no more items just now, by the processor's word."""

    def __init__(self, settings: RedisSettings) -> None:
        self._redis = Redis.from_url(
            settings.redis_url,
            socket_timeout=None,  # would make a task of every command; the calls have limits of their own
            socket_connect_timeout=None,
            retry=Retry(NoBackoff(), 0),
            client_name="playhead-ingest",
        )
        self._people: frozenset[str] = frozenset()
        self._is_away = False

    def is_over(self, principal: Principal) -> bool:
        """Whether the person's new items are to be refused: a look at memory."""
        return bool(self._people) and person_key(principal.tenant_id, principal.user_id) in self._people

    async def run(self) -> None:
        """Look the people up again and again until cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            await self._redis.aclose()

    async def look(self) -> None:
        """Look the people up once; nobody is refused while Redis is away."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                found = await self._redis.zrange(
                    OVER_QUOTA,
                    "+inf",
                    f"({time.time():.0f}",
                    desc=True,
                    byscore=True,
                    offset=0,
                    num=MOST_PEOPLE,
                )
        except (RedisError, OSError) as error:
            if not self._is_away:
                _log.warning("redis: %s; the processor alone limits items", error or "no answer")
            self._people, self._is_away = frozenset(), True
        else:
            people = cast("list[bytes]", found)
            self._people, self._is_away = frozenset(each.decode() for each in people), False

    async def new_of(self, principal: Principal, items: Collection[ContentId]) -> set[ContentId]:
        """Which of these items a person who is over does not have; none if Redis does not say in time."""
        names = list(dict.fromkeys(items))
        key = progress_hash(person_key(principal.tenant_id, principal.user_id))
        try:
            async with asyncio.timeout(ASK_SECONDS):
                held = await cast("Awaitable[list[bytes | None]]", self._redis.hmget(key, [*names]))
        except (RedisError, OSError) as error:
            _log.debug("redis: %s; the processor will judge", error)
            return set()
        return {name for name, value in zip(names, held, strict=True) if value is None}
