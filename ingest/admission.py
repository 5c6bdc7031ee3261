"""Admission: whether a request may be saved now.

Three limits protect what everybody shares: the rates of a person (`Admission`), the number of items of a
person (`ItemQuotas`, decided by the processor) and the availability of the broker (`BrokerWatch`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from starlette.types import Scope

from playhead.causes import cause_of
from playhead.identity import Callers, Principal
from playhead.progress.attempts import current_attempt
from playhead.progress.identifiers import ContentId
from playhead.rate import Buckets
from playhead.settings import RedisSettings
from playhead.wire.keys import OVER_QUOTA, person_key, progress_hash
from playhead.wire.progress import decode_progress

QUOTA_EVERY_SECONDS = 2.0
"""Between two reads of the people over their quota; a person may create items for this long beyond it."""
QUOTA_MAX_PEOPLE = 10_000
"""Kept in memory, about 2 MB; if there are more, the most recent ones are kept."""
QUOTA_READ_SECONDS = 2.0
QUOTA_ASK_SECONDS = 0.05
"""For Redis to say which items a person has."""
MARK_ASK_SECONDS = 1.0
"""For Redis to say whether a person's mark stands; asked only when a mark of a course is taken back."""
QUOTA_RETRY_SECONDS = 60.0
"""A player holds back its whole queue meanwhile; the processor reconsiders the person within five minutes."""

BROKER_EVERY_SECONDS = 1.0
BROKER_ANSWER_SECONDS = 2.0
"""For a broker to describe the topic, which takes even a busy one milliseconds."""

_log = logging.getLogger(__name__)


class TooManyRequestsError(Exception):
    """A person reached a limit, which does not affect others; waiting helps."""

    def __init__(self, limit: str, wait_seconds: float) -> None:
        super().__init__(f"too many {limit}: keep the heartbeats and wait {wait_seconds:.1f} s")
        self.limit = limit
        self.wait_seconds = wait_seconds


class TooManyItemsError(TooManyRequestsError):
    """The person may begin no more items; heartbeats for existing items are accepted."""

    def __init__(self) -> None:
        super().__init__("items of one person", QUOTA_RETRY_SECONDS)


class Admission:
    """Identifies the sender of a request and enforces the rates of a person."""

    def __init__(
        self,
        callers: Callers,
        requests: Buckets,
        heartbeats: Buckets,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._callers = callers
        self.aliases = callers.aliases
        self._requests = requests
        self._heartbeats = heartbeats
        self._clock = clock

    async def admit(self, scope: Scope, beacon_token: str | None = None) -> Principal:
        """The principal of an ASGI request, by its header or the token of its body; counts the request.

        Raises:
            IdentityError: see `Callers.principal`.
            TooManyRequestsError: names the time to wait.
        """
        principal = await self._callers.principal(scope, beacon_token)
        wait = self._requests.take(person_key(principal.tenant_id, principal.user_id), self._clock())
        if wait:
            raise TooManyRequestsError("requests of one person", wait)
        return principal

    def charge(self, principal: Principal, heartbeats: int) -> None:
        """Count the heartbeats of an admitted request, all or none.

        Raises:
            TooManyRequestsError: names the time to wait.
        """
        person = person_key(principal.tenant_id, principal.user_id)
        wait = self._heartbeats.take(person, self._clock(), heartbeats)
        if wait:
            raise TooManyRequestsError("heartbeats of one person", wait)


class ItemQuotas:
    """Knows who may begin no more items, which the processor notes in Redis.

    Only requests of people over their quota wait for Redis, and only for `QUOTA_ASK_SECONDS`. While Redis is
    unavailable, or for people beyond `QUOTA_MAX_PEOPLE`, ingest accepts new items and the processor enforces
    the limit with dead letters.
    """

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
        """Whether new items of the person are to be refused, as of the last read."""
        return bool(self._people) and person_key(principal.tenant_id, principal.user_id) in self._people

    async def run(self) -> None:
        """Read the people over their quota periodically until cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(QUOTA_EVERY_SECONDS)
        finally:
            await self._redis.aclose()

    async def look(self) -> None:
        """Read the people over their quota once; none are known while Redis is unavailable."""
        try:
            async with asyncio.timeout(QUOTA_READ_SECONDS):
                found = await self._redis.zrange(
                    OVER_QUOTA,
                    "+inf",
                    f"({time.time():.0f}",
                    desc=True,
                    byscore=True,
                    offset=0,
                    num=QUOTA_MAX_PEOPLE,
                )
        except (RedisError, OSError) as error:
            if not self._is_away:
                _log.warning("redis: %s; the processor alone limits items", error or "no answer")
            self._people, self._is_away = frozenset(), True
        else:
            people = cast("list[bytes]", found)
            self._people, self._is_away = frozenset(each.decode() for each in people), False

    async def new_of(self, principal: Principal, items: Collection[ContentId]) -> set[ContentId]:
        """The items of which Redis has nothing of the person; none if it answers too late."""
        names = list(dict.fromkeys(items))
        key = progress_hash(person_key(principal.tenant_id, principal.user_id))
        try:
            async with asyncio.timeout(QUOTA_ASK_SECONDS):
                held = await cast("Awaitable[list[bytes | None]]", self._redis.hmget(key, [*names]))
        except (RedisError, OSError) as error:
            _log.debug("redis: %s; no item is taken to be new", error)
            return set()
        return {name for name, value in zip(names, held, strict=True) if value is None}

    async def has_mark(self, principal: Principal, item: ContentId) -> bool:
        """Whether a mark of the item stands in Redis, which knows before PostgreSQL; False if it is away."""
        key = progress_hash(person_key(principal.tenant_id, principal.user_id))
        try:
            async with asyncio.timeout(MARK_ASK_SECONDS):
                held = await cast("Awaitable[bytes | None]", self._redis.hget(key, item))
        except (RedisError, OSError) as error:
            _log.warning("redis: %s; a mark that is not stored yet is not known", cause_of(error))
            return False
        return held is not None and current_attempt(decode_progress(held)).mark is not None


class TopicCheck(Protocol):
    """The part of a publisher that `BrokerWatch` uses."""

    failing: bool

    async def unavailable_reason(self, topic: str, timeout_seconds: float) -> str | None:
        """See `Publisher.unavailable_reason`."""


class BrokerWatch:
    """Asks the broker once a second whether the topic can be written: for readiness, and to fail fast."""

    def __init__(self, publisher: TopicCheck, topic: str) -> None:
        self._publisher = publisher
        self._topic = topic
        self.unavailable_reason: str | None = "the broker was not asked yet"
        """Why the topic cannot be written, for a person to read; None if it can."""

    @property
    def is_away(self) -> bool:
        """Whether to refuse at once, so that players need not wait for the whole ack timeout.

        True only if acks fail *and* the broker does not answer: either alone may be a slow moment.
        """
        return self.unavailable_reason is not None and self._publisher.failing

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            reason = await self._publisher.unavailable_reason(self._topic, BROKER_ANSWER_SECONDS)
            if reason != self.unavailable_reason:
                level = logging.WARNING if reason else logging.INFO
                _log.log(level, "kafka: %s", reason or f"topic {self._topic} can be written")
            self.unavailable_reason = reason
            await asyncio.sleep(BROKER_EVERY_SECONDS)
