"""The keys that tokens are verified with: one shared secret, or an issuer's public keys by JWKS."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

import httpx
import msgspec
from jwt import PyJWK, PyJWKSet, PyJWTError

from playhead.identity.errors import InvalidTokenError, KeysUnavailableError

FETCH_SECONDS = 5.0
"""For one fetch of the key set, connection included."""
STALE_SECONDS = 600.0
"""A key set this old is fetched anew, in the background: a withdrawn key is honoured no longer than this."""
FLOOR_SECONDS = 30.0
"""Between fetches that unknown key ids cause, so that forged ids cannot make us hammer the issuer."""
RETRY_SECONDS = 1.0
"""Between fetches while the issuer is away."""

_log = logging.getLogger(__name__)


class Keys(Protocol):
    """Where a verifier gets the key for a token."""

    revision: int
    """Grows whenever a key was withdrawn: what was verified before must be verified again."""

    async def key(self, kid: str | None) -> PyJWK | str:
        """The key with this id.

        Raises:
            InvalidTokenError: there is no such key.
            KeysUnavailableError: nobody can tell at the moment.
        """


class SharedSecret:
    """One secret for all tokens."""

    def __init__(self, secret: str) -> None:
        self.revision = 0
        self._secret = secret

    async def key(self, kid: str | None) -> str:  # noqa: ARG002 - one secret, whatever the id
        """The secret."""
        return self._secret


class PublishedKeys:
    """An issuer's key set, fetched on a thread, kept, and fetched anew when it is stale or lacks a key."""

    def __init__(
        self, url: str, algorithms: tuple[str, ...], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.revision = 0
        self._url = url
        self._algorithms = frozenset(algorithms)
        self._clock = clock
        self._keys: dict[str | None, PyJWK] = {}
        self._fetched_at: float | None = None
        self._failed_at: float | None = None
        self._refreshing: asyncio.Task[None] | None = None

    async def key(self, kid: str | None) -> PyJWK:
        """See `Keys.key`. Waits for the issuer only where no key at hand fits."""
        found = self._find(kid)
        if found is not None:
            if self._since(self._fetched_at) > STALE_SECONDS and self._may_fetch():
                self._refresh()
            return found
        if self._refreshing is not None or self._may_fetch():
            await asyncio.shield(self._refresh())
            found = self._find(kid)
        if found is None:
            raise self._why_not()
        return found

    def _find(self, kid: str | None) -> PyJWK | None:
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    def _may_fetch(self) -> bool:
        return (
            self._since(self._failed_at) >= RETRY_SECONDS and self._since(self._fetched_at) >= FLOOR_SECONDS
        )

    def _since(self, then: float | None) -> float:
        return float("inf") if then is None else self._clock() - then

    def _why_not(self) -> InvalidTokenError | KeysUnavailableError:
        if self._failed_at is not None:
            return KeysUnavailableError("the issuer's signing keys cannot be fetched just now")
        return InvalidTokenError("the token is signed with a key that the issuer does not publish")

    def _refresh(self) -> asyncio.Task[None]:
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._fetch())
        return self._refreshing

    async def _fetch(self) -> None:
        try:
            keys = await asyncio.to_thread(_fetch_keys, self._url, self._algorithms)
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError, PyJWTError) as error:
            self._failed_at = self._clock()
            _log.warning("cannot fetch the signing keys from %s: %s", self._url, error)
        else:
            self.revision += any(kid not in keys for kid in self._keys)
            self._keys, self._fetched_at, self._failed_at = keys, self._clock(), None
        finally:
            self._refreshing = None


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


def _fetch_keys(url: str, algorithms: frozenset[str]) -> dict[str | None, PyJWK]:
    response = httpx.get(url, timeout=FETCH_SECONDS).raise_for_status()
    published = msgspec.json.decode(response.content, type=_KeySet)
    # Only keys of a pinned algorithm: a key's own word must not bring in another, HS256 least of all.
    keys = [key for key in PyJWKSet(published.keys).keys if key.algorithm_name in algorithms]
    return {key.key_id: key for key in keys}
