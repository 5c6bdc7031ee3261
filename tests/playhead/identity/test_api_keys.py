"""API keys: how they are written and sent, and that the store of keys is asked rarely, whoever guesses."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import pytest

from playhead.identity import (
    ApiCaller,
    ApiKey,
    Callers,
    KeyStoreAwayError,
    KeyVerifier,
    ScopeTooSmallError,
    TooManyFailuresError,
    UnknownKeyError,
    Verifier,
)
from playhead.identity.api_keys import KeyId, StoredKey, key_of, tenant_of
from playhead.identity.key_verifier import (
    AWAY_SECONDS,
    FRESH_SECONDS,
    HONOURED_SECONDS,
    MOST_KEYS,
    UNKNOWN_BURST,
    UNKNOWN_SECONDS,
)
from playhead.progress.identifiers import TenantId
from playhead.settings import TokenSettings
from tests.playhead.identity.test_addresses import scope
from tests.playhead.identity.test_verifier import Clock

pytestmark = pytest.mark.anyio

TENANT = TenantId("11111111-1111-4111-8111-111111111111")


@dataclass
class Keys:
    """A store in memory that counts what it is asked."""

    kept: dict[KeyId, StoredKey] = field(default_factory=dict)
    asked: int = 0
    used: list[KeyId] = field(default_factory=list)
    is_away: bool = False

    def add(self, key: ApiKey, *scopes: Any, is_revoked: bool = False) -> None:
        self.kept[key.key_id] = StoredKey(key.key_id, key.digest, frozenset(scopes), is_revoked)

    async def find(self, key_id: KeyId) -> StoredKey | None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise KeyStoreAwayError
        return self.kept.get(key_id)

    def note_use(self, key_id: KeyId) -> None:
        self.used.append(key_id)


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000.0)


@pytest.fixture
def verifier(keys: Keys, clock: Clock) -> KeyVerifier:
    return KeyVerifier(keys, clock=clock)


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


async def test_a_key_is_sent_by_bearer_or_basic() -> None:
    key = ApiKey.new(TENANT)
    assert key_of(f"Bearer {key.text}") == key_of(basic(key.key_id, key.secret)) == key
    assert key_of(f"bearer  {key.text} ") == key
    assert tenant_of(key.key_id) == TENANT
    assert key.secret not in repr(key)
    assert ApiKey.new(TENANT) != key
    assert [key_of(each) for each in (None, "", "Bearer header.claims.signature", "Digest pk_")] == [None] * 4


@pytest.mark.parametrize(
    "sent",
    [
        "Basic",
        "Basic ???",
        basic("moodle", "secret"),
        basic("", ""),
        "Bearer pk_",
        "Bearer pk_a.b",
        "Basic w6k6",
    ],
)
async def test_what_is_no_key_is_refused(sent: str) -> None:
    with pytest.raises(UnknownKeyError):
        key_of(sent)


async def test_a_key_is_looked_up_once_in_a_while(keys: Keys, clock: Clock, verifier: KeyVerifier) -> None:
    key = ApiKey.new(TENANT)
    keys.add(key, "write", "read")
    callers = await asyncio.gather(*(verifier.caller(key) for _ in range(20)))
    assert callers == [ApiCaller(TENANT, key.key_id, frozenset({"write", "read"}))] * 20
    assert (keys.asked, keys.used) == (1, [key.key_id])
    clock.now += FRESH_SECONDS
    await verifier.caller(key)
    assert (keys.asked, keys.used) == (2, [key.key_id])
    clock.now += FRESH_SECONDS
    await verifier.caller(key)
    assert (keys.asked, keys.used) == (3, [key.key_id, key.key_id])


async def test_the_scope_is_named(keys: Keys, verifier: KeyVerifier) -> None:
    key = ApiKey.new(TENANT)
    keys.add(key, "read")
    caller = await verifier.caller(key)
    caller.require("read")
    with pytest.raises(ScopeTooSmallError, match=r"scope `write`; the scopes of this one: `read`"):
        caller.require("write")


async def test_another_secret_is_refused_without_asking_again(keys: Keys, verifier: KeyVerifier) -> None:
    key = ApiKey.new(TENANT)
    keys.add(key, "read")
    await verifier.caller(key)
    for _ in range(3):
        with pytest.raises(UnknownKeyError):
            await verifier.caller(ApiKey(key.key_id, ApiKey.new(TENANT).secret))
    assert keys.asked == 1


async def test_a_revoked_key_lives_on_for_half_a_minute(
    keys: Keys, clock: Clock, verifier: KeyVerifier
) -> None:
    key = ApiKey.new(TENANT)
    keys.add(key, "read")
    await verifier.caller(key)
    keys.add(key, "read", is_revoked=True)
    clock.now += FRESH_SECONDS - 0.1
    await verifier.caller(key)
    clock.now += 0.1
    with pytest.raises(UnknownKeyError, match="revoked"):
        await verifier.caller(key)


async def test_without_the_store_known_keys_go_on_for_a_while(
    keys: Keys, clock: Clock, verifier: KeyVerifier
) -> None:
    key, other = ApiKey.new(TENANT), ApiKey.new(TENANT)
    keys.add(key, "read")
    keys.add(other, "read")
    await verifier.caller(key)
    keys.is_away = True
    with pytest.raises(KeyStoreAwayError):
        await verifier.caller(other)
    asked = keys.asked
    clock.now += FRESH_SECONDS
    await verifier.caller(key)
    await verifier.caller(key)
    assert keys.asked == asked + 1  # requests do not wait for it one after another
    clock.now += AWAY_SECONDS
    await verifier.caller(key)
    assert keys.asked == asked + 2
    clock.now += HONOURED_SECONDS
    with pytest.raises(KeyStoreAwayError):
        await verifier.caller(key)
    keys.is_away = False
    await verifier.caller(key)


async def test_one_unknown_id_is_looked_up_once_in_a_while(
    keys: Keys, clock: Clock, verifier: KeyVerifier
) -> None:
    key = ApiKey.new(TENANT)
    for _ in range(5):
        with pytest.raises(UnknownKeyError):
            await verifier.caller(key)
    assert keys.asked == 1
    keys.add(key, "read")
    clock.now += UNKNOWN_SECONDS
    await verifier.caller(key)


async def test_guessing_ids_neither_works_the_store_nor_drives_out_keys(
    keys: Keys, clock: Clock, verifier: KeyVerifier
) -> None:
    good = ApiKey.new(TENANT)
    keys.add(good, "read")
    await verifier.caller(good)
    refused = {UnknownKeyError: 0, KeyStoreAwayError: 0}
    for _ in range(MOST_KEYS + 10):
        with pytest.raises((UnknownKeyError, KeyStoreAwayError)) as error:
            await verifier.caller(ApiKey.new(TENANT))
        refused[error.type] += 1
    assert refused[UnknownKeyError] == UNKNOWN_BURST == keys.asked - 1
    clock.now += FRESH_SECONDS
    await verifier.caller(good)  # it is known, so it is looked up all the same


async def test_an_address_with_too_many_failures_has_no_key_looked_up(keys: Keys, clock: Clock) -> None:
    settings = TokenSettings(token_failures_per_second=1, token_failures_burst=3)
    callers = Callers(Verifier(settings), settings, None, KeyVerifier(keys, clock=clock), clock=clock)
    good = ApiKey.new(TENANT)
    keys.add(good, "write")

    def sent(key: ApiKey, address: str) -> dict[str, Any]:
        made = scope(address)
        made["headers"] += [(b"authorization", f"Bearer {key.text}".encode())]
        return made

    for _ in range(3):
        with pytest.raises(UnknownKeyError):
            await callers.caller(sent(ApiKey.new(TENANT), "192.0.2.1"))
    for _ in range(3):
        with pytest.raises(TooManyFailuresError):
            await callers.caller(sent(ApiKey.new(TENANT), "192.0.2.1"))
    assert keys.asked == 3
    assert isinstance(await callers.caller(sent(good, "192.0.2.2")), ApiCaller)
    assert isinstance(await callers.caller(sent(good, "192.0.2.1")), ApiCaller)
