"""Who may read whose progress: a table of the decisions, and the answers they lead to."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from playhead.identity import mint_development_token
from playhead.progress import UserId
from playhead.services.problems import Problem
from playhead.settings import QuerySettings
from query_api.access import Person, may_read, own, readable
from tests.query_api.world import World, headers, new_content, new_person, principal, watched

ME = new_person()
OTHER = UserId(str(uuid4()))


@pytest.mark.parametrize(
    ("roles", "subject", "allowed"),
    [
        ((), ME.user_id, True),
        ((), OTHER, False),
        (("learner",), ME.user_id, True),
        (("learner",), OTHER, False),
        # Managers and administrators get their say with teams and assignments, not before.
        (("manager",), ME.user_id, True),
        (("manager",), OTHER, False),
        (("admin",), OTHER, False),
        (("manager", "admin"), OTHER, False),
    ],
)
def test_may_read(roles: tuple[str, ...], subject: UserId, allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    assert may_read(principal(ME, *roles), subject) is allowed


def test_one_reads_ones_own_by_default() -> None:
    assert readable(principal(ME), None) == own(principal(ME)) == ME


def test_the_tenant_is_the_readers_own_whoever_is_named() -> None:
    assert readable(principal(ME), ME.user_id).tenant_id == ME.tenant_id


def test_somebody_else_is_a_403_that_names_the_field() -> None:
    with pytest.raises(Problem) as refused:
        readable(principal(ME), OTHER)
    assert (refused.value.status, refused.value.field) == (403, "userId")


ROUTES = [
    ("GET", "/api/progress"),
    ("GET", f"/api/progress/{uuid4()}"),
    ("GET", "/api/progress/continue-watching"),
    ("GET", "/api/progress/history"),
    ("GET", "/api/progress/live"),
    ("PUT", f"/api/progress/{uuid4()}/dismissal"),
]


@pytest.mark.services
@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("token", [None, "Bearer nonsense", "Basic dTpw"])
async def test_no_good_token_is_a_401_with_a_challenge(
    client: httpx.AsyncClient, method: str, path: str, token: str | None
) -> None:
    sent = {} if token is None else {"Authorization": token}
    body = {"dismissed": True} if method == "PUT" else None

    answer = await client.request(method, path, headers=sent, json=body)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.services
@pytest.mark.anyio
async def test_who_is_not_identified_learns_nothing_about_the_parameters(client: httpx.AsyncClient) -> None:
    for path in ("/api/progress/nonsense", "/api/progress?limit=0", "/api/progress/history?cursor=x"):
        assert (await client.get(path)).status_code == 401
    assert (await client.put("/api/progress/nonsense/dismissal", content=b"{")).status_code == 401


@pytest.mark.services
@pytest.mark.anyio
async def test_an_expired_token_is_a_401(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    token = mint_development_token(settings, ME.tenant_id, ME.user_id, lifetime_seconds=-3_600)

    answer = await client.get("/api/progress", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["www-authenticate"]


@pytest.mark.services
@pytest.mark.anyio
async def test_a_colleague_is_403_and_naming_oneself_is_not(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    me = new_person()
    colleague = new_person(me.tenant_id)
    world.hold(colleague, {new_content(): watched(300)})

    refused = await client.get(
        f"/api/progress?userId={colleague.user_id}", headers=headers(settings, me, ("admin",))
    )
    allowed = await client.get(f"/api/progress?userId={me.user_id}", headers=headers(settings, me))

    assert refused.status_code == 403
    assert refused.json()["errors"][0]["field"] == "userId"
    assert allowed.status_code == 200


@pytest.mark.services
@pytest.mark.anyio
@pytest.mark.parametrize("held", [True, False])
async def test_the_same_user_id_in_another_tenant_is_somebody_else(
    client: httpx.AsyncClient,
    world: World,
    settings: QuerySettings,
    held: bool,  # noqa: FBT001 - a column of the table
) -> None:
    me, content = new_person(), new_content()
    namesake = Person(new_person().tenant_id, me.user_id)
    if held:
        world.hold(namesake, {content: watched(300)})
    world.store(namesake, {content: watched(300)})

    sent = headers(settings, me)
    listed = (await client.get("/api/progress", headers=sent)).json()
    item = (await client.get(f"/api/progress/{content}", headers=sent)).json()
    history = (await client.get("/api/progress/history", headers=sent)).json()

    assert listed["items"] == history["items"] == []
    assert item["status"] == "not_started"
