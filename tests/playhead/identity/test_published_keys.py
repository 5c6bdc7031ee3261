"""Tokens signed by an issuer with a private key, its public keys fetched from a real HTTP server."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import anyio
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from playhead.identity import InvalidTokenError, KeysUnavailableError, Verifier, key_set
from playhead.identity.key_set import FETCH_SECONDS, KEY_SET_BYTES
from playhead.identity.keys import FLOOR_SECONDS, REFRESH_SECONDS, RETRY, PublishedKeys, SharedSecret
from playhead.identity.verifier import keys_of
from playhead.settings import TokenSettings
from tests.playhead.identity.test_verifier import CLAIMS, USER, Clock

pytestmark = pytest.mark.anyio

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
HONOURED_SECONDS = 3_600
EC_KEY = ec.generate_private_key(ec.SECP256R1())


class Issuer:
    """Publishes the given keys, and counts the requests."""

    def __init__(self) -> None:
        self.document: Any = {"keys": []}
        self.status = 200
        self.asked = 0
        self.pause_seconds = 0.0
        """Between two bytes."""
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                self.send_response(issuer.status)
                self.end_headers()
                document = json.dumps(issuer.document).encode()
                if not issuer.pause_seconds:
                    self.wfile.write(document)
                    return
                with contextlib.suppress(ConnectionError):  # the client has gone
                    for byte in document:
                        self.wfile.write(bytes([byte]))
                        time.sleep(issuer.pause_seconds)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def publish(self, *published: dict[str, Any]) -> None:
        self.document = {"keys": list(published)}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.close()


def jwk(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, kid: str) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid}
    return ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid}


def signed(key: Any, kid: str | None, *, algorithm: str = "RS256", exp: float = 60) -> str:
    headers = None if kid is None else {"kid": kid}
    claims = CLAIMS | {"exp": CLAIMS["exp"] + exp}  # type: ignore[operator]
    return f"Bearer {jwt.encode(claims, key, algorithm=algorithm, headers=headers)}"


def keys_at(issuer: Issuer, clock: Clock, algorithms: tuple[str, ...] = ("RS256",)) -> PublishedKeys:
    return PublishedKeys(issuer.url, algorithms, honoured_seconds=HONOURED_SECONDS, clock=clock)


def verifying(issuer: Issuer, *algorithms: str) -> TokenSettings:
    listed = ",".join(algorithms or ("RS256",))
    return TokenSettings.model_validate({"token_algorithms": listed, "token_jwks_url": issuer.url})


def verifier_of(issuer: Issuer, clock: Clock, *algorithms: str) -> Verifier:
    settings = verifying(issuer, *algorithms)
    keys = keys_at(issuer, clock, settings.token_algorithms)
    return Verifier(settings, keys=keys, clock=clock)


@pytest.mark.parametrize(("key", "algorithm"), [(RSA_KEY, "RS256"), (EC_KEY, "ES256")])
async def test_a_published_key_verifies(issuer: Issuer, key: Any, algorithm: str) -> None:
    issuer.publish(jwk(key, "k1"))
    verifier = verifier_of(issuer, Clock(), algorithm)
    for kid in ("k1", None):
        assert (await verifier.principal(signed(key, kid, algorithm=algorithm))).user_id == USER
    assert issuer.asked == 1


async def test_the_public_key_as_a_shared_secret_is_refused(issuer: Issuer) -> None:
    issuer.publish(jwk(RSA_KEY, "k1"))
    modulus = RSA_KEY.public_key().public_numbers().n.to_bytes(256, "big")
    with pytest.raises(InvalidTokenError, match="algorithm"):
        await verifier_of(issuer, Clock()).principal(signed(modulus, "k1", algorithm="HS256"))
    assert issuer.asked == 0


async def test_a_published_shared_secret_is_no_key(issuer: Issuer) -> None:
    secret = {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXM", "kid": "k1"}
    issuer.publish(secret, jwk(RSA_KEY, "k2"))
    forged = signed(OTHER_KEY, "k1")
    with pytest.raises(InvalidTokenError, match="does not publish"):
        await verifier_of(issuer, Clock()).principal(forged)


async def test_a_new_key_is_fetched_when_a_token_names_it_but_not_too_often(issuer: Issuer) -> None:
    clock = Clock()
    issuer.publish(jwk(RSA_KEY, "k1"))
    verifier = verifier_of(issuer, clock)
    await verifier.principal(signed(RSA_KEY, "k1"))
    issuer.publish(jwk(RSA_KEY, "k1"), jwk(OTHER_KEY, "k2"))
    for _ in range(3):
        with pytest.raises(InvalidTokenError, match="does not publish"):
            await verifier.principal(signed(OTHER_KEY, "k2"))
    assert issuer.asked == 1
    clock.now += FLOOR_SECONDS
    assert (await verifier.principal(signed(OTHER_KEY, "k2"))).user_id == USER
    assert issuer.asked == 2


async def test_with_the_issuer_away_known_keys_go_on_and_others_must_wait(issuer: Issuer) -> None:
    clock = Clock()
    issuer.publish(jwk(RSA_KEY, "k1"))
    verifier = verifier_of(issuer, clock)
    await verifier.principal(signed(RSA_KEY, "k1"))
    issuer.status = 500
    clock.now += FLOOR_SECONDS
    with pytest.raises(KeysUnavailableError):
        await verifier.principal(signed(OTHER_KEY, "k2"))
    assert (await verifier.principal(signed(RSA_KEY, "k1", exp=61))).user_id == USER
    issuer.status = 200
    issuer.publish(jwk(OTHER_KEY, "k2"))
    with pytest.raises(KeysUnavailableError):
        await verifier.principal(signed(OTHER_KEY, "k2"))
    clock.now += RETRY.first_seconds
    assert (await verifier.principal(signed(OTHER_KEY, "k2"))).user_id == USER


@pytest.mark.parametrize("document", [[], {}, {"keys": []}, {"keys": 7}, {"keys": [7]}, "text"])
async def test_a_key_set_that_is_none_counts_as_away(issuer: Issuer, document: Any) -> None:
    issuer.document = document
    with pytest.raises(KeysUnavailableError):
        await verifier_of(issuer, Clock()).principal(signed(RSA_KEY, "k1"))


@pytest.mark.parametrize("left", [{"k2": OTHER_KEY}, {"k1": OTHER_KEY, "k2": OTHER_KEY}])
async def test_a_key_withdrawn_or_replaced_under_its_id_is_honoured_until_the_next_fetch(
    issuer: Issuer, left: dict[str, rsa.RSAPrivateKey]
) -> None:
    issuer.publish(jwk(RSA_KEY, "k1"), jwk(OTHER_KEY, "k2"))
    keys = keys_at(issuer, Clock())
    verifier = Verifier(verifying(issuer), keys=keys, clock=Clock())
    remembered, other = signed(RSA_KEY, "k1"), signed(OTHER_KEY, "k2")
    for token in (remembered, other):
        await verifier.principal(token)
    issuer.publish(*(jwk(key, kid) for kid, key in left.items()))
    await keys.refresh()
    with pytest.raises(InvalidTokenError):
        await verifier.principal(remembered)
    assert (await verifier.principal(other)).user_id == USER


async def test_keys_are_fetched_on_a_timer_though_every_token_is_remembered(issuer: Issuer) -> None:
    issuer.publish(jwk(RSA_KEY, "k1"), jwk(OTHER_KEY, "k2"))
    keys = PublishedKeys(issuer.url, ("RS256",), honoured_seconds=HONOURED_SECONDS, refresh_seconds=0.01)
    verifier = Verifier(verifying(issuer), keys=keys, clock=Clock())
    remembered = signed(RSA_KEY, "k1")
    async with verifier.running():
        await verifier.principal(remembered)
        issuer.publish(jwk(OTHER_KEY, "k2"))
        with anyio.fail_after(60):
            while keys.revision == 0:
                await anyio.sleep(0.01)
        with pytest.raises(InvalidTokenError, match="does not publish"):
            await verifier.principal(remembered)


def test_the_timer_is_well_within_ten_minutes() -> None:
    assert REFRESH_SECONDS + RETRY.longest_seconds + 2 * FETCH_SECONDS < 600


async def test_the_last_keys_of_an_issuer_that_is_away_are_honoured_for_a_time(issuer: Issuer) -> None:
    clock, still = Clock(), Clock()
    issuer.publish(jwk(RSA_KEY, "k1"))
    verifier = Verifier(verifying(issuer), keys=keys_at(issuer, clock), clock=still)
    await verifier.principal(signed(RSA_KEY, "k1"))
    issuer.status = 500
    clock.now += HONOURED_SECONDS - 1
    for exp in (60, 61):  # remembered, and not
        assert (await verifier.principal(signed(RSA_KEY, "k1", exp=exp))).user_id == USER
    clock.now += 1
    for exp in (60, 62):
        with pytest.raises(KeysUnavailableError):
            await verifier.principal(signed(RSA_KEY, "k1", exp=exp))
    issuer.status = 200
    clock.now += RETRY.first_seconds
    assert (await verifier.principal(signed(RSA_KEY, "k1"))).user_id == USER


async def test_a_key_set_that_is_too_large_is_not_read(issuer: Issuer) -> None:
    issuer.document = {"keys": [jwk(RSA_KEY, "k1")], "padding": "x" * KEY_SET_BYTES}
    with pytest.raises(KeysUnavailableError):
        await verifier_of(issuer, Clock()).principal(signed(RSA_KEY, "k1"))


async def test_a_key_set_that_comes_in_drops_is_not_waited_for(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_set, "FETCH_SECONDS", 0.3)
    issuer.publish(jwk(RSA_KEY, "k1"))
    issuer.pause_seconds = 0.05  # between bytes, of which there are hundreds: each comes in good time
    began = anyio.current_time()
    with pytest.raises(KeysUnavailableError):
        await verifier_of(issuer, Clock()).principal(signed(RSA_KEY, "k1"))
    assert anyio.current_time() - began < 10


UNREADABLE: list[dict[str, Any]] = [
    {"kty": "RSA", "kid": "k0", "n": "!", "e": 7},
    {"kty": ["RSA"], "kid": "k0"},
    {"kty": "EC", "kid": "k0", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kid": "k0"},
]


@pytest.mark.parametrize("unreadable", UNREADABLE)
async def test_a_key_that_cannot_be_read_does_not_take_the_others_along(
    issuer: Issuer, unreadable: dict[str, Any]
) -> None:
    issuer.publish(unreadable, jwk(RSA_KEY, "k1"), jwk(RSA_KEY, "k1") | {"kid": ["k2"]})
    verifier = verifier_of(issuer, Clock())
    assert (await verifier.principal(signed(RSA_KEY, "k1"))).user_id == USER
    with pytest.raises(InvalidTokenError, match="does not publish"):
        await verifier.principal(signed(RSA_KEY, "k0"))


@pytest.mark.parametrize(
    "url", ["http://issuer.example/jwks", "HTTP://127.0.0.1/jwks", "file:///keys", "keys"]
)
def test_keys_come_over_tls_in_production(url: str) -> None:
    asked = {"environment": "production", "token_algorithms": "ES256", "token_jwks_url": url}
    with pytest.raises(ValueError, match="PLAYHEAD_TOKEN_JWKS_URL must begin with https://"):
        TokenSettings.model_validate(asked)


async def test_many_at_once_cause_one_fetch(issuer: Issuer) -> None:
    issuer.publish(jwk(RSA_KEY, "k1"))
    verifier = verifier_of(issuer, Clock())
    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(verifier.principal, signed(RSA_KEY, "k1", exp=60 + number))
    assert issuer.asked == 1


def test_the_settings_choose_the_keys() -> None:
    settings = TokenSettings(token_algorithms=("ES256",), token_jwks_url="https://issuer.example/jwks")
    assert isinstance(keys_of(settings), PublishedKeys)
    assert isinstance(keys_of(TokenSettings()), SharedSecret)
