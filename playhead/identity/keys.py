"""The keys for verifying tokens: a shared secret, or the public keys of an issuer (JWKS)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Protocol

from jwt import PyJWK
from prometheus_client import Counter

from playhead.identity.errors import InvalidTokenError, KeysUnavailableError
from playhead.identity.key_set import KeySetError, PublishedKey, fetch_key_set
from playhead.retry import Backoff

REFRESH_SECONDS = 300.0
"""Between fetches of the key set: including the fetch itself, a withdrawn key is accepted for less than ten
minutes."""
FLOOR_SECONDS = 30.0
"""Between fetches caused by unknown key ids, so that forged ids cannot cause a flood of requests."""
RETRY = Backoff(1.0, 30.0)
"""Between fetches while the issuer is unavailable."""

FETCHES = Counter(
    "playhead_signing_keys_fetches_total", "Fetches of the token issuer's signing keys.", ["outcome"]
)

_log = logging.getLogger(__name__)


class Keys(Protocol):
    """Provides a verifier with the key for a token."""

    revision: int
    """Increases whenever a key is withdrawn or replaced: tokens verified before must be verified again."""

    async def key(self, kid: str | None) -> PyJWK | str:
        """The key with this id.

        Raises:
            InvalidTokenError: there is no such key.
            KeysUnavailableError: the issuer cannot be reached at the moment.
        """

    def are_honoured(self) -> bool:
        """Whether the known keys may still be trusted."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the keys up to date while the context lasts."""


class SharedSecret:
    """One secret for all tokens."""

    def __init__(self, secret: str) -> None:
        self.revision = 0
        self._secret = secret

    async def key(self, kid: str | None) -> str:
        """The secret."""
        del kid  # one secret for all tokens
        return self._secret

    def are_honoured(self) -> bool:
        """Always."""
        return True

    def running(self) -> AbstractAsyncContextManager[None]:
        """Nothing to do."""
        return nullcontext()


class PublishedKeys:
    """The key set of an issuer, fetched periodically, and when a token names a key that is not in it.

    While the issuer cannot be reached, the last set is trusted for `honoured_seconds`.
    """

    def __init__(
        self,
        url: str,
        algorithms: tuple[str, ...],
        *,
        honoured_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        refresh_seconds: float = REFRESH_SECONDS,
    ) -> None:
        self.revision = 0
        self._url = url
        self._algorithms = frozenset(algorithms)
        self._honoured_seconds = honoured_seconds
        self._clock = clock
        self._refresh_seconds = refresh_seconds
        self._keys: Mapping[str | None, PublishedKey] = {}
        self._fetched_at: float | None = None
        self._failed_at: float | None = None
        self._failures = 0
        self._refreshing: asyncio.Task[None] | None = None
        for outcome in ("ok", "failed"):
            FETCHES.labels(outcome)

    async def key(self, kid: str | None) -> PyJWK:
        """See `Keys.key`. Waits for the issuer only if no known key matches."""
        found = self._find(kid)
        if found is None and (self._refreshing is not None or self._may_fetch()):
            await self.refresh()
            found = self._find(kid)
        if found is None:
            raise self._missing_key_error()
        return found.key

    def are_honoured(self) -> bool:
        """Whether the last set is recent enough."""
        return self._since(self._fetched_at) < self._honoured_seconds

    async def refresh(self) -> None:
        """Fetch the set, or wait for a fetch in progress."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._fetch())
        await asyncio.shield(self._refreshing)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Refresh periodically while the context lasts."""
        tasks = [asyncio.create_task(self._keep_fresh())]
        try:
            yield
        finally:
            if self._refreshing is not None:
                tasks.append(self._refreshing)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _keep_fresh(self) -> None:
        while True:
            await self.refresh()
            await asyncio.sleep(RETRY.after(self._failures) if self._failures else self._refresh_seconds)

    def _find(self, kid: str | None) -> PublishedKey | None:
        if not self.are_honoured():
            return None
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    def _may_fetch(self) -> bool:
        return (
            self._since(self._failed_at) >= RETRY.first_seconds
            and self._since(self._fetched_at) >= FLOOR_SECONDS
        )

    def _since(self, then: float | None) -> float:
        return float("inf") if then is None else self._clock() - then

    def _missing_key_error(self) -> InvalidTokenError | KeysUnavailableError:
        if self._failures or not self.are_honoured():
            return KeysUnavailableError("the issuer's signing keys cannot be fetched just now")
        return InvalidTokenError("the token is signed with a key that the issuer does not publish")

    async def _fetch(self) -> None:
        try:
            keys = await fetch_key_set(self._url, self._algorithms)
        except KeySetError as error:
            self._failures += 1
            self._failed_at = self._clock()
            _log.warning("cannot fetch the issuer's signing keys: %s", error)
            FETCHES.labels("failed").inc()
        else:
            FETCHES.labels("ok").inc()
            # A different key under a known id withdraws the previous one.
            self.revision += any(keys.get(kid) != known for kid, known in self._keys.items())
            self._keys, self._fetched_at, self._failed_at, self._failures = keys, self._clock(), None, 0
        finally:
            self._refreshing = None
