"""Requests without a good token are limited by address, and those with one are not."""

from __future__ import annotations

from typing import Any

import pytest

from playhead.identity import (
    Callers,
    ExpiredTokenError,
    InvalidTokenError,
    MissingTokenError,
    Principal,
    TooManyFailuresError,
    Verifier,
)
from playhead.settings import TokenSettings
from tests.playhead.identity.test_addresses import scope
from tests.playhead.identity.test_verifier import CLAIMS, NOW, USER, Clock, bearer

pytestmark = pytest.mark.anyio

ATTACKER, NEIGHBOUR = "192.0.2.1", "192.0.2.2"


def sent(address: str, *authorization: str) -> dict[str, Any]:
    made = scope(address)
    made["headers"] += [(b"authorization", each.encode()) for each in authorization]
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock(0.0)


@pytest.fixture
def callers(clock: Clock) -> Callers:
    settings = TokenSettings(token_failures_per_second=1, token_failures_burst=3)
    return Callers(Verifier(settings, clock=Clock(NOW)), settings, clock=clock)


async def test_an_address_that_fails_too_often_waits_others_do_not(callers: Callers, clock: Clock) -> None:
    forged = bearer(CLAIMS, secret="x" * 40)
    failing = [sent(ATTACKER, forged), sent(ATTACKER), sent(ATTACKER, forged, forged)]
    for each, error in zip(failing, (InvalidTokenError, MissingTokenError, InvalidTokenError), strict=True):
        with pytest.raises(error):
            await callers.caller(each)
    for each in failing:
        with pytest.raises(TooManyFailuresError) as refused:
            await callers.caller(each)
        assert refused.value.wait_seconds == pytest.approx(1.0)

    with pytest.raises(InvalidTokenError):
        await callers.caller(sent(NEIGHBOUR, forged))
    assert isinstance(found := await callers.caller(sent(ATTACKER, bearer(CLAIMS))), Principal)
    assert found.user_id == USER
    clock.now += 1.0
    with pytest.raises(InvalidTokenError):
        await callers.caller(sent(ATTACKER, forged))


async def test_an_expired_token_costs_its_address_nothing(callers: Callers) -> None:
    expired = sent(ATTACKER, bearer(CLAIMS | {"exp": NOW - 3_600}))
    for _ in range(10):
        with pytest.raises(ExpiredTokenError):
            await callers.caller(expired)
    with pytest.raises(MissingTokenError):
        await callers.caller(sent(ATTACKER))


async def test_a_beacons_token_stands_in_where_there_is_no_header(callers: Callers) -> None:
    token = bearer(CLAIMS).removeprefix("Bearer ")
    assert isinstance(found := await callers.caller(sent(ATTACKER), token), Principal)
    assert found.user_id == USER
    with pytest.raises(InvalidTokenError):
        await callers.caller(sent(ATTACKER, "Bearer nonsense"), token)
