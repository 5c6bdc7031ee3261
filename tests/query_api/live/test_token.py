"""A stream lasts no longer than the token that opened it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest

from playhead.identity import Verifier, mint_development_token
from playhead.identity.keys import PublishedKeys
from query_api.live.listener import Listener
from query_api.live.streams import end_with_token
from tests.playhead.identity.test_published_keys import (
    OTHER_KEY,
    RSA_KEY,
    Issuer,
    issuer,
    jwk,
    signed,
    verifying,
)
from tests.playhead.identity.test_verifier import Clock
from tests.query_api.serving import listening, serving
from tests.query_api.world import World, headers, new_content, new_person, watched

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["issuer"]

pytestmark = pytest.mark.anyio
LIFETIME_SECONDS = 5


@pytest.mark.services
async def test_a_stream_ends_when_its_token_expires(world: World, tmp_path: Path) -> None:
    person = new_person()
    settings = world.settings(token_leeway_seconds=0)
    with serving(settings, tmp_path) as service:
        expiring = mint_development_token(
            settings, person.tenant_id, person.user_id, lifetime_seconds=LIFETIME_SECONDS
        )
        minted = time.time()
        async with (
            listening(service, {"Authorization": f"Bearer {expiring}"}) as stream,
            listening(service, headers(settings, person)) as lasting,
        ):
            await stream.expect("snapshot")
            assert await stream.next(within_seconds=60) is None
            # The claim is in whole seconds, rounded down.
            assert time.time() - minted >= LIFETIME_SECONDS - 1
            await lasting.expect("snapshot")
            world.change(person, new_content(), watched(60))
            await lasting.expect("change")
        async with httpx.AsyncClient() as client:
            metrics = (await client.get(f"{service.url}/metrics")).text
        assert 'playhead_query_live_streams_ended_total{kind="person",reason="token"} 1.0' in metrics


async def test_a_stream_ends_when_the_key_of_its_token_is_withdrawn(issuer: Issuer) -> None:
    issuer.publish(jwk(RSA_KEY, "k1"), jwk(OTHER_KEY, "k2"))
    keys = PublishedKeys(issuer.url, ("RS256",), honoured_seconds=600)
    verifier = Verifier(verifying(issuer), keys=keys, clock=Clock())
    listener, other = Listener(["one"]), Listener(["other"])
    async with anyio.create_task_group() as group:
        for each, token in ((listener, signed(RSA_KEY, "k1")), (other, signed(OTHER_KEY, "k2"))):
            await verifier.principal(token)
            group.start_soon(end_with_token, each, lambda token=token: verifier.principal(token), 0.01)
        issuer.publish(jwk(OTHER_KEY, "k2"))
        await keys.refresh()
        with anyio.fail_after(30):
            await listener.ended()
        assert (listener.reason, other.reason) == ("token", None)
        group.cancel_scope.cancel()
