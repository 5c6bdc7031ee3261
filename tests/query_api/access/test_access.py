"""Who may read whose progress: a table of the decisions, and the answers they lead to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import httpx
import psycopg
import pytest

from playhead.identity import Principal, mint_development_token
from playhead.progress import UserId
from playhead.settings import ByTenant, QuerySettings
from query_api.access import Person, is_admin, may_manage, own, require_admin, require_manager
from query_api.access.scopes import Scopes
from query_api.errors import RequestError
from query_api.http.problems import problem_of
from query_api.postgres import Database
from tests.query_api.reports.organisation import Organisation, organisation
from tests.query_api.world import World, headers, new_content, new_person, principal, watched

ME = new_person()
OTHER = UserId(str(uuid4()))
MANAGER, ADMIN, LEARNER = ("manager",), ("admin",), ("learner",)


@pytest.mark.parametrize(
    ("roles", "manages", "administers"),
    [
        ((), False, False),
        (LEARNER, False, False),
        (MANAGER, True, False),
        (ADMIN, True, True),
        (("manager", "admin"), True, True),
        (("Admin", "administrator", "managers"), False, False),
    ],
)
def test_what_the_roles_of_a_token_are_good_for(
    roles: tuple[str, ...],
    manages: bool,
    administers: bool,
) -> None:
    who = principal(ME, *roles)

    assert (may_manage(who), is_admin(who)) == (manages, administers)
    for require, passes in ((require_manager, manages), (require_admin, administers)):
        assert _status(lambda require=require: require(who)) == (200 if passes else 403)


def test_one_is_of_ones_own_tenant() -> None:
    assert own(principal(ME)) == ME


@pytest.fixture
async def scopes(world: World) -> AsyncIterator[Scopes]:
    database = Database(ByTenant.only(world.settings().postgres_reader_dsn), 2, 10.0)
    await database.open()
    yield Scopes(database)
    await database.close()


@pytest.mark.services
@pytest.mark.anyio
async def test_who_may_read_a_person(scopes: Scopes, world: World, ours: Organisation) -> None:
    theirs = organisation(world, "theirs")
    mona, nils, ada, abel = (ours.person(name) for name in ("mona", "nils", "ada", "abel"))
    table = [
        # Of Red, whose manager Mona is.
        (mona, MANAGER, "bob", 200),
        (mona, MANAGER, "dan", 200),
        # She is a member of Blue, which gives her no say in it.
        (mona, MANAGER, "eve", 403),
        (mona, MANAGER, "nils", 403),
        (mona, MANAGER, "flo", 403),
        (mona, MANAGER, "gus", 403),
        (mona, MANAGER, "mona", 200),
        # Nils manages Blue: Dan and Eve are of it, and so is Mona.
        (nils, MANAGER, "mona", 200),
        (nils, MANAGER, "dan", 200),
        (nils, MANAGER, "ada", 403),
        # Neither the directory alone nor the token alone makes a manager.
        (mona, LEARNER, "bob", 403),
        (mona, (), "bob", 403),
        (ada, MANAGER, "bob", 403),
        (abel, ADMIN, "bob", 200),
        (abel, ADMIN, "gus", 200),
        (mona, ("manager", "admin"), "flo", 200),
    ]
    for who, roles, subject, expected in table:
        found = await _person(scopes, principal(who, *roles), ours.person(subject).user_id)
        assert found == expected, (who, roles, subject)
    for roles, expected in ((LEARNER, 403), (MANAGER, 404), (ADMIN, 404)):
        for stranger in (theirs.person("bob").user_id, OTHER):
            assert await _person(scopes, principal(mona, *roles), stranger) == expected


@pytest.mark.services
@pytest.mark.anyio
async def test_which_team_one_may_read(scopes: Scopes, world: World, ours: Organisation) -> None:
    theirs = organisation(world, "theirs")
    mona, ada, abel = (ours.person(name) for name in ("mona", "ada", "abel"))
    table = [
        (mona, MANAGER, ours.team("Red"), 200),
        (mona, MANAGER, ours.team("Blue"), 403),  # a member
        (mona, MANAGER, ours.team("Green"), 403),
        (mona, LEARNER, ours.team("Red"), 403),
        (ada, MANAGER, ours.team("Red"), 403),  # a member
        (abel, ADMIN, ours.team("Green"), 200),
        (abel, ADMIN, theirs.team("Red"), 404),
        (abel, ADMIN, uuid4(), 404),
        (mona, MANAGER, theirs.team("Red"), 404),
        (mona, LEARNER, theirs.team("Red"), 403),
        (mona, LEARNER, uuid4(), 403),
    ]
    for who, roles, team, expected in table:
        try:
            await scopes.team(principal(who, *roles), team)
            found = 200
        except RequestError as error:
            found = problem_of(error).status
        assert found == expected, (who, roles, team)


@pytest.mark.services
@pytest.mark.anyio
async def test_a_scope_is_the_directorys_of_this_moment(
    scopes: Scopes, world: World, ours: Organisation
) -> None:
    mona, bob = principal(ours.person("mona"), "manager"), ours.person("bob").user_id
    assert await _person(scopes, mona, bob) == 200

    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute("UPDATE progress.team_members SET role = 'member' WHERE role = 'manager'")

    assert await _person(scopes, mona, bob) == 403


@pytest.mark.services
@pytest.mark.anyio
async def test_the_tenant_is_always_the_readers_own(scopes: Scopes, ours: Organisation) -> None:
    found = await scopes.person(principal(ours.admin, "admin"), ours.person("bob").user_id)

    assert found == ours.person("bob")
    assert await scopes.person(principal(ours.learner), None) == ours.learner


@pytest.mark.services
@pytest.mark.anyio
async def test_a_refusal_names_the_field(scopes: Scopes, ours: Organisation) -> None:
    for roles in (LEARNER, MANAGER, ADMIN):
        with pytest.raises(RequestError) as refused:
            await scopes.person(principal(ours.learner, *roles), OTHER)
        assert refused.value.field == "userId"


async def _person(scopes: Scopes, who: Principal, subject: UserId) -> int:
    try:
        await scopes.person(who, subject)
    except RequestError as error:
        return problem_of(error).status
    return 200


def _status(decide: Callable[[], None]) -> int:
    try:
        decide()
    except RequestError as error:
        return problem_of(error).status
    return 200


ROUTES = [
    ("GET", "/api/progress"),
    ("GET", "/api/progress/{item}"),
    ("GET", "/api/progress/continue-watching"),
    ("GET", "/api/progress/history"),
    ("GET", "/api/progress/days"),
    ("GET", "/api/progress/live"),
    ("PUT", "/api/progress/{item}/dismissal"),
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

    answer = await client.request(method, path.format(item=uuid4()), headers=sent, json=body)

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
async def test_two_authorization_headers_are_a_401(
    client: httpx.AsyncClient, settings: QuerySettings
) -> None:
    [sent] = headers(settings, ME).items()
    assert (await client.get("/api/progress", headers=[sent])).status_code == 200

    answer = await client.get("/api/progress", headers=[sent, sent])

    assert answer.status_code == 401
    assert "several Authorization headers" in answer.json()["detail"]


@pytest.mark.services
@pytest.mark.anyio
async def test_a_colleague_is_403_and_naming_oneself_is_not(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    me = new_person()
    colleague = new_person(me.tenant_id)
    world.hold(colleague, {new_content(): watched(300)})
    sent = headers(settings, me)

    for path in ("/api/progress", f"/api/progress/{new_content()}", "/api/progress/history"):
        refused = await client.get(f"{path}?userId={colleague.user_id}", headers=sent)
        allowed = await client.get(f"{path}?userId={me.user_id}", headers=sent)

        assert refused.status_code == 403
        assert refused.json()["errors"][0]["field"] == "userId"
        assert allowed.status_code == 200


@pytest.mark.services
@pytest.mark.anyio
async def test_who_may_read_a_person_sees_what_that_person_sees(
    client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation
) -> None:
    bob, intro = ours.person("bob"), ours.item("intro")
    for path in ("/api/progress", f"/api/progress/{intro}", "/api/progress/history"):
        mine = await client.get(path, headers=headers(settings, bob))
        for who, role in ((ours.manager, "manager"), (ours.admin, "admin")):
            sent = headers(settings, who, (role,))
            shown = await client.get(f"{path}?userId={bob.user_id}", headers=sent)
            assert shown.json() == mine.json(), path
        assert "300" in mine.text


@pytest.mark.services
@pytest.mark.anyio
@pytest.mark.parametrize("held", [True, False])
async def test_the_same_user_id_in_another_tenant_is_another_person(
    client: httpx.AsyncClient,
    world: World,
    settings: QuerySettings,
    held: bool,
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
