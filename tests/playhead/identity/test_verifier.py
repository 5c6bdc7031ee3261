from __future__ import annotations

import base64
import contextlib
import hmac
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from playhead.identity import (
    ExpiredTokenError,
    IdentityError,
    InvalidTokenError,
    MintingRefusedError,
    MissingTokenError,
    Principal,
    Verifier,
    authorization_of,
    mint_development_token,
    verifier,
)
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import DEVELOPMENT_SECRET, TokenSettings

pytestmark = pytest.mark.anyio

TENANT = TenantId("11111111-1111-4111-8111-1111111111aa")
USER = UserId("22222222-2222-4222-8222-2222222222bb")
NOW = 1_800_000_000.0
CLAIMS = {"iss": "playhead", "aud": "playhead", "exp": NOW + 60, "sub": USER, "tenant": TENANT}


class Clock:
    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def bearer(claims: dict[str, Any], *, secret: str = DEVELOPMENT_SECRET, algorithm: str = "HS256") -> str:
    return f"Bearer {jwt.encode(claims, secret, algorithm=algorithm)}"


async def test_a_minted_token_names_its_principal() -> None:
    settings = TokenSettings()
    token = mint_development_token(settings, TENANT, USER, ("manager", "learner"))
    principal = await Verifier(settings).principal(f"Bearer {token}")
    assert principal == Principal(TENANT, USER, frozenset({"manager", "learner"}))


async def test_ids_come_out_in_lower_case_and_the_scheme_in_any() -> None:
    claims = CLAIMS | {"sub": USER.upper(), "tenant": TENANT.upper()}
    header = bearer(claims).replace("Bearer", "bEARER")
    assert await Verifier(TokenSettings(), clock=Clock()).principal(header) == Principal(TENANT, USER)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz"])
async def test_no_bearer_token_is_missing(header: str | None) -> None:
    with pytest.raises(MissingTokenError):
        await Verifier(TokenSettings()).principal(header)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Bearer nonsense", "not a signed token"),
        ("Bearer a.b.c", "not a signed token"),
        ("Bearer ünïcode", "not a signed token"),
        ("Bearer " + "x" * 10_000, "too long"),
        (bearer(CLAIMS, secret="x" * 40), "signature"),
        (bearer(CLAIMS, algorithm="HS384", secret="x" * 48), "algorithm"),
        (bearer(CLAIMS, algorithm="none", secret=""), "algorithm"),
        (bearer(CLAIMS | {"iss": "somebody"}), "issuer"),
        (bearer(CLAIMS | {"aud": "elsewhere"}), "audience"),
        (bearer(CLAIMS | {"nbf": 4_000_000_000}), "not valid yet"),
        (bearer({k: v for k, v in CLAIMS.items() if k != "exp"}), "required claim"),
        (bearer({k: v for k, v in CLAIMS.items() if k != "tenant"}), "no claim tenant"),
        (bearer({k: v for k, v in CLAIMS.items() if k != "sub"}), "no claim sub"),
        (bearer({k: v for k, v in CLAIMS.items() if k != "aud"}), "required claim"),
        (bearer(CLAIMS | {"exp": "soon"}), "exp"),
        (bearer(CLAIMS | {"exp": float("inf")}), "exp"),
        (bearer(CLAIMS | {"sub": " "}), "claim sub is no text"),
        (bearer(CLAIMS | {"tenant": 7}), "claim tenant is no text"),
        (bearer(CLAIMS | {"tenant": ["one", "two"]}), "claim tenant is no text"),
        (bearer(CLAIMS | {"roles": {"admin": True}}), "roles"),
        (bearer(CLAIMS | {"roles": [1]}), "roles"),
    ],
)
async def test_what_cannot_be_trusted_is_refused_and_says_why(header: str, reason: str) -> None:
    with pytest.raises(InvalidTokenError, match=reason):
        await Verifier(TokenSettings(), clock=Clock()).principal(header)


async def test_a_token_expires_after_the_leeway_though_it_was_remembered() -> None:
    clock = Clock()
    verifier_ = Verifier(TokenSettings(token_leeway_seconds=30), clock=clock)
    header = bearer(CLAIMS)
    assert await verifier_.principal(header) is await verifier_.principal(header)
    clock.now = NOW + 89
    assert (await verifier_.principal(header)).user_id == USER
    clock.now = NOW + 90
    for _ in range(2):
        with pytest.raises(ExpiredTokenError):
            await verifier_.principal(header)


async def test_a_changed_signature_is_not_taken_for_a_remembered_token() -> None:
    verifier_ = Verifier(TokenSettings(), clock=Clock())
    header = bearer(CLAIMS)
    await verifier_.principal(header)
    forged = header[:-2] + ("AA" if header[-2:] != "AA" else "BA")
    with pytest.raises(InvalidTokenError):
        await verifier_.principal(forged)


async def test_remembers_no_more_than_its_bound_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "CACHE_BYTES", 6_000)
    verifier_ = Verifier(TokenSettings(), clock=Clock())
    headers = [bearer(CLAIMS | {"exp": NOW + 60 + number}) for number in range(9)]
    first = [await verifier_.principal(header) for header in headers]
    again = [await verifier_.principal(header) for header in reversed(headers)]
    same = [one is other for one, other in zip(first, reversed(again), strict=True)]
    assert same == [False] * 4 + [True] * 5
    many = bearer(CLAIMS | {"roles": [f"{number}" for number in range(100, 300)]})
    await verifier_.principal(many)
    assert await verifier_.principal(headers[0]) is not again[-1]


async def test_one_token_is_remembered_once_however_its_header_is_written() -> None:
    verifier_ = Verifier(TokenSettings(), clock=Clock())
    token = bearer(CLAIMS).removeprefix("Bearer ")
    written = [f"Bearer {token}", f"bearer   {token} ", f"BEARER {token}"]
    principals = [await verifier_.principal(each) for each in written]
    assert principals[0] is principals[1] is principals[2]


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 10**400},
        {"exp": -(10**400)},
        {"nbf": 10**400},
        {"nbf": float("inf")},
        {"iat": float("inf")},
        {"iat": float("nan")},
        {"iss": ["playhead"]},
        {"iss": {}},
        {"aud": {"playhead": 1}},
        {"aud": [[]]},
        {"sub": [USER]},
        {"jti": 7},
        {"roles": [["admin"]]},
    ],
)
async def test_claims_of_any_kind_are_refused_not_failed_over(changed: dict[str, Any]) -> None:
    with pytest.raises(IdentityError):
        await Verifier(TokenSettings(), clock=Clock()).principal(_forged({}, CLAIMS | changed))


@pytest.mark.parametrize("kid", [["k"], {}, 7, 1.5, True])
async def test_a_kid_that_is_no_text_is_refused(kid: object) -> None:
    with pytest.raises(InvalidTokenError, match=r"signed token|kid"):
        await Verifier(TokenSettings(), clock=Clock()).principal(_forged({"kid": kid}, CLAIMS))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
HEADERS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("alg", "kid", "typ", "crit", "b64", "cty", "jwk", "x5c"), VALUES)
)
CHANGES = st.fixed_dictionaries({}, optional=dict.fromkeys((*CLAIMS, "nbf", "iat", "jti", "roles"), VALUES))
SEGMENTS = st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode())


@given(HEADERS, CHANGES)
async def test_any_header_and_any_claims_of_a_signed_token_name_a_principal_or_are_refused(
    header: dict[str, Any], changed: dict[str, Any]
) -> None:
    with contextlib.suppress(IdentityError):
        found = await Verifier(TokenSettings(), clock=Clock()).principal(_forged(header, CLAIMS | changed))
        assert isinstance(found, Principal)


@given(st.text(max_size=80) | st.lists(SEGMENTS, min_size=3, max_size=3).map(".".join))
async def test_any_text_in_place_of_a_token_is_refused(text: str) -> None:
    with pytest.raises(IdentityError):
        await Verifier(TokenSettings(), clock=Clock()).principal(f"Bearer {text}")


def test_several_authorization_headers_are_refused() -> None:
    one, other = (b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")
    assert authorization_of([(b"accept", b"*/*")]) is None
    assert authorization_of([(b"accept", b"*/*"), one]) == "Bearer a"
    for headers in ([one, other], [one, one]):
        with pytest.raises(InvalidTokenError, match="several Authorization headers"):
            authorization_of(headers)


def _forged(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token with a good signature over whatever is given, which a library would refuse to encode."""
    parts = [json.dumps(each).encode() for each in ({"alg": "HS256", "typ": "JWT"} | header, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.digest(DEVELOPMENT_SECRET.encode(), signed, "sha256")
    return f"Bearer {(signed + b'.' + base64.urlsafe_b64encode(signature).rstrip(b'=')).decode()}"


def test_minting_is_refused_in_production() -> None:
    settings = TokenSettings(environment="production", token_secret=SecretStr("s" * 32))
    with pytest.raises(MintingRefusedError):
        mint_development_token(settings, TENANT, USER)


def test_a_weak_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        TokenSettings(token_secret=SecretStr("short"))
