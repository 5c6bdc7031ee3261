"""Verifies API keys by a store, which is asked rarely, however many keys are sent or guessed."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from playhead.identity.api_keys import ApiCaller, ApiKey, KeyId, StoredKey
from playhead.identity.errors import KeyStoreAwayError, UnknownKeyError
from playhead.rate import Buckets

FRESH_SECONDS = 30.0
"""How long a key is used before it is looked up again: so long a revoked key still works."""
UNKNOWN_SECONDS = 10.0
"""How long an id that the store did not have is refused without being looked up again."""
HONOURED_SECONDS = 600.0
"""How long after its last look-up a key is used while the store is away; so long a key that is revoked
meanwhile, in a store that this process cannot reach, still works."""
AWAY_SECONDS = 2.0
"""How long the store is not asked again about a key after it did not answer."""
MOST_KEYS = 10_000
"""Keys, and as many unknown ids, that one process remembers, about 5 MB; the least recently used go."""
UNKNOWN_PER_SECOND = 10.0
UNKNOWN_BURST = 100
"""Look-ups of one process that found no key. Beyond them, ids that it does not remember are not looked up but
answered 503: the keys in use go on."""
_USE_SECONDS = 60.0
_ALL = "all"


class KeyStore(Protocol):
    """Where keys are stored."""

    async def find(self, key_id: KeyId) -> StoredKey | None:
        """The key, revoked or not; None if there is none.

        Raises:
            KeyStoreAwayError: the store does not answer.
        """
        ...

    def note_use(self, key_id: KeyId) -> None:
        """Note in the background that the key was used, where that was not noted within a minute."""
        ...


@dataclass(slots=True)
class _Known:
    stored: StoredKey | None
    fresh_until: float
    honoured_until: float
    use_noted_at: float = float("-inf")


class KeyVerifier:
    """Turns API keys into callers; for the thread of one event loop."""

    def __init__(self, store: KeyStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._found: OrderedDict[KeyId, _Known] = OrderedDict()
        self._unknown: OrderedDict[KeyId, _Known] = OrderedDict()
        self._looking: dict[KeyId, asyncio.Future[_Known]] = {}
        self._misses = Buckets(UNKNOWN_PER_SECOND, UNKNOWN_BURST)

    def knows(self, key: ApiKey) -> bool:
        """Whether the key can be verified without asking the store."""
        known = self._known(key.key_id)
        return known is not None and self._clock() < known.fresh_until

    async def caller(self, key: ApiKey) -> ApiCaller:
        """Who sends the key.

        Raises:
            UnknownKeyError: there is no such key, or it was revoked.
            KeyStoreAwayError: whether there is cannot be said now.
        """
        known = self._known(key.key_id)
        if known is None or self._clock() >= known.fresh_until:
            known = await self._looked_up(key.key_id)
        if known.stored is None:
            raise UnknownKeyError
        caller = known.stored.caller(key)
        self._note_use(key.key_id, known)
        return caller

    def _known(self, key_id: KeyId) -> _Known | None:
        for kept in (self._found, self._unknown):
            if key_id in kept:
                kept.move_to_end(key_id)
                return kept[key_id]
        return None

    async def _looked_up(self, key_id: KeyId) -> _Known:
        """What the store says; requests that send one key at a time ask once."""
        if (looking := self._looking.get(key_id)) is None:
            looking = self._looking[key_id] = asyncio.ensure_future(self._look_up(key_id))
            looking.add_done_callback(lambda _: self._looking.pop(key_id))
        return await asyncio.shield(looking)

    async def _look_up(self, key_id: KeyId) -> _Known:
        before = self._known(key_id)
        if before is None and self._misses.is_empty(_ALL, self._clock()):
            raise KeyStoreAwayError("too many unknown API keys are sent here; try again")
        try:
            stored = await self._store.find(key_id)
        except KeyStoreAwayError:
            now = self._clock()
            if before is None or now >= before.honoured_until:
                raise
            before.fresh_until = min(now + AWAY_SECONDS, before.honoured_until)
            return before
        return self._remember(key_id, stored, before)

    def _remember(self, key_id: KeyId, stored: StoredKey | None, before: _Known | None) -> _Known:
        now = self._clock()
        fresh = UNKNOWN_SECONDS if stored is None else FRESH_SECONDS
        known = _Known(stored, now + fresh, now + (fresh if stored is None else HONOURED_SECONDS))
        if before is not None:
            known.use_noted_at = before.use_noted_at
        if stored is None:
            self._misses.take(_ALL, now)
        kept, other = (self._unknown, self._found) if stored is None else (self._found, self._unknown)
        other.pop(key_id, None)
        kept[key_id] = known
        if len(kept) > MOST_KEYS:
            kept.popitem(last=False)
        return known

    def _note_use(self, key_id: KeyId, known: _Known) -> None:
        now = self._clock()
        if now - known.use_noted_at >= _USE_SECONDS:
            known.use_noted_at = now
            self._store.note_use(key_id)


class NoKeys:
    """The store of a service without keys."""

    async def find(self, key_id: KeyId) -> StoredKey | None:
        """None: there is no key."""
        del key_id
        return None

    def note_use(self, key_id: KeyId) -> None:
        """Nothing is ever used."""
