from __future__ import annotations

from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from playhead.identity import (
    ExpiredTokenError,
    InvalidTokenError,
    MintingRefusedError,
    MissingTokenError,
    Principal,
    Verifier,
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
    ("header", "told"),
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
        (bearer({k: v for k, v in CLAIMS.items() if k != "tenant"}), "required claim"),
        (bearer({k: v for k, v in CLAIMS.items() if k != "aud"}), "required claim"),
        (bearer(CLAIMS | {"exp": "soon"}), "exp"),
        (bearer(CLAIMS | {"exp": float("inf")}), "exp"),
        (bearer(CLAIMS | {"sub": "somebody"}), "sub is not a UUID"),
        (bearer(CLAIMS | {"tenant": 7}), "tenant is not a UUID"),
        (bearer(CLAIMS | {"roles": "admin"}), "roles"),
        (bearer(CLAIMS | {"roles": [1]}), "roles"),
    ],
)
async def test_what_cannot_be_trusted_is_refused_and_says_why(header: str, told: str) -> None:
    with pytest.raises(InvalidTokenError, match=told):
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


async def test_remembers_no_more_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "REMEMBERED", 3)
    verifier_ = Verifier(TokenSettings(), clock=Clock())
    headers = [bearer(CLAIMS | {"exp": NOW + 60 + number}) for number in range(5)]
    first = [await verifier_.principal(header) for header in headers]
    again = [await verifier_.principal(header) for header in reversed(headers)]
    same = [one is other for one, other in zip(first, reversed(again), strict=True)]
    assert same == [False, False, True, True, True]


def test_minting_is_refused_in_production() -> None:
    settings = TokenSettings(environment="production", token_secret=SecretStr("s" * 32))
    with pytest.raises(MintingRefusedError):
        mint_development_token(settings, TENANT, USER)


def test_a_weak_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        TokenSettings(token_secret=SecretStr("short"))
