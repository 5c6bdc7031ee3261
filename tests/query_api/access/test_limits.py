"""What one person and one organisation may ask of the query API, and that others are served meanwhile."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from asgi_lifespan import LifespanManager

from playhead.http.shares import Shares, ShareUsedUpError
from playhead.identity import Principal
from query_api.access import Person
from query_api.app import create_app
from tests.query_api.exports.asgi import Asking
from tests.query_api.exports.tables import PATH, add_crowd, app_of
from tests.query_api.serving import listening, serving, soon
from tests.query_api.world import World, headers, new_person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playhead.settings import QuerySettings

pytestmark = [pytest.mark.services, pytest.mark.anyio]


MANY = 20_000


def someone(person: Person) -> Principal:
    return Principal(person.tenant_id, person.user_id)


def test_shares_are_of_a_person_and_of_an_organisation_and_end_with_what_they_are_of() -> None:
    shares, me = Shares(of_person=2, of_tenant=3), new_person()
    colleague, stranger = new_person(me.tenant_id), new_person()
    shares.take(someone(me), 2)
    with pytest.raises(ShareUsedUpError, match="one person may have 2"):
        shares.take(someone(me))
    shares.take(someone(colleague))
    with pytest.raises(ShareUsedUpError, match="one organisation may have 3"):
        shares.take(someone(colleague))
    shares.take(someone(stranger))
    for each, amount in ((me, 2), (colleague, 1), (stranger, 1)):
        shares.give_back(someone(each), amount)
    assert len(shares) == 0


async def test_one_person_asks_too_often_and_others_are_answered(world: World) -> None:
    settings = world.settings(query_rate_per_second=0.01, query_rate_burst=5)
    me = new_person()
    async with asking(settings) as client:
        sent = headers(settings, me)
        answers = [await client.get("/api/progress", headers=sent) for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert_limited(answers[-1], "requests of one person")
        assert 90 <= int(answers[-1].headers["retry-after"]) <= 100
        for other in (new_person(me.tenant_id), new_person()):
            assert (await client.get("/api/progress", headers=headers(settings, other))).status_code == 200


async def test_one_organisation_asks_too_often_and_others_are_answered(world: World) -> None:
    settings = world.settings(query_tenant_rate_per_second=0.01, query_tenant_rate_burst=5)
    me = new_person()
    async with asking(settings) as client:
        sent = [headers(settings, new_person(me.tenant_id)) for _ in range(6)]
        answers = [await client.get("/api/progress", headers=each) for each in sent]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert_limited(answers[-1], "requests of one organisation")
        answer = await client.get("/api/progress", headers=headers(settings, new_person()))
        assert answer.status_code == 200


async def test_live_streams_have_a_share_and_places_are_free_again(world: World, tmp_path: Path) -> None:
    settings = world.settings(query_live_person_streams=2, query_live_tenant_streams=3)
    me = new_person()
    colleague, stranger = new_person(me.tenant_id), new_person()
    mine, theirs = headers(settings, me), headers(settings, colleague)
    with serving(settings, tmp_path) as service:
        async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
            async with listening(service, mine), listening(service, mine):
                refused = await client.get("/api/progress/live", headers=mine)
                assert_limited(refused, "live streams of one person")
                assert refused.headers["retry-after"] == "10"
                async with listening(service, theirs):
                    refused = await client.get("/api/progress/live", headers=theirs)
                    assert_limited(refused, "live streams of one organisation")
                    async with listening(service, headers(settings, stranger)) as stream:
                        await stream.expect("snapshot")

            async def open_again() -> bool:
                async with client.stream("GET", "/api/progress/live", headers=mine) as response:
                    return response.status_code == 200

            for _ in range(100):
                if await open_again():
                    break
            else:
                pytest.fail("the places were not given back")


async def test_exports_have_a_share_and_places_are_free_again(world: World) -> None:
    settings = world.settings(query_person_exports=1, query_tenant_exports=2)
    me = new_person()
    colleague, stranger = new_person(me.tenant_id), new_person()
    mine, theirs = headers(settings, me), headers(settings, colleague)
    for tenant in (me.tenant_id, stranger.tenant_id):
        add_crowd(world, tenant, MANY)
    path = f"{PATH}?format=csv"
    app = app_of(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30), client_of(app) as client:
        under_way = [Asking(app, path, sent, reads=2) for sent in (mine, theirs)]
        for each in under_way:
            await each.stopped_reading()
        assert_limited(await client.get(path, headers=mine), "exports of one person")
        third = headers(settings, new_person(me.tenant_id))
        assert_limited(await client.get(path, headers=third), "exports of one organisation")
        answer = await client.get(path, headers=headers(settings, stranger))
        assert answer.status_code == 200
        for each in under_way:
            await each.leave()
        shares: Shares = app.state.context.exports._shares
        await soon(lambda: len(shares) == 0, 60, "the places are free again")
        assert (await client.get(path, headers=mine)).status_code == 200


async def test_an_address_without_a_good_token_waits_and_its_neighbours_do_not(world: World) -> None:
    settings = world.settings(
        token_failures_per_second=0.01, token_failures_burst=3, trusted_proxies="127.0.0.1/32"
    )
    async with asking(settings) as client:

        async def ask(address: str, **sent: str) -> httpx.Response:
            return await client.get("/api/progress", headers={"X-Forwarded-For": address, **sent})

        forged = {"Authorization": "Bearer nonsense"}
        answers = [await ask("192.0.2.1", **forged) for _ in range(4)]
        assert [each.status_code for each in answers] == [401] * 3 + [429]
        assert 90 <= int(answers[-1].headers["retry-after"]) <= 100
        assert (await ask("192.0.2.2", **forged)).status_code == 401
        assert (await ask("192.0.2.1", **headers(settings, new_person()))).status_code == 200


@asynccontextmanager
async def asking(settings: QuerySettings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30), client_of(app) as client:
        yield client


def client_of(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://query")


def assert_limited(answer: httpx.Response, limit: str) -> None:
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:playhead:problem:too-many-requests"
    assert answer.json()["detail"].startswith(f"too many {limit}: ")
