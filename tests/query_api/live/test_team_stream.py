"""`GET /api/teams/{teamId}/live`, by a service of its own."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import httpx
import pytest

from query_api.access import Person
from tests.hot import channel_of
from tests.query_api.live.conftest import REVIEW_SECONDS
from tests.query_api.live.directory import dismiss, enrol, set_threshold
from tests.query_api.reports.counters import recount
from tests.query_api.reports.organisation import Organisation, names_of, organisation
from tests.query_api.serving import Event, Service, Stream, listening, soon
from tests.query_api.world import World, headers, new_content, new_person, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]

LATER = 4 * REVIEW_SECONDS + 5
"""Within which the directory has been looked up again, on a busy machine too."""


def live(made: Organisation, team: str) -> str:
    return f"/api/teams/{made.team(team)}/live"


def sent(service: Service, person: Person, *roles: str) -> dict[str, str]:
    return headers(service.settings, person, roles)


def subscribers(world: World, person: Person) -> int:
    [(_, count)] = world.redis.pubsub_numsub(channel_of(person.key))
    return int(count)


async def next_of(stream: Stream, name: str) -> Event:
    """The next event of this name, past others."""
    while (event := await stream.next(LATER)) is not None:
        if event.name == name:
            return event
    raise AssertionError(f"the stream ended, where {name} was expected")


@pytest.mark.watches_the_clock
async def test_a_manager_sees_the_report_and_then_members_saves_within_a_second(
    service: Service, world: World, ours: Organisation
) -> None:
    manager = sent(service, ours.manager, "manager")
    ada, content = ours.person("ada"), new_content()
    async with listening(service, manager, live(ours, "Red")) as stream:
        snapshot = await stream.expect("snapshot")
        async with httpx.AsyncClient(base_url=service.url) as client:
            report = await client.get(f"/api/teams/{ours.team('Red')}/progress", headers=manager)
        assert snapshot["items"] == report.json()["items"]
        assert names_of(ours, [row["userId"] for row in snapshot["items"]]) == ["ada", "bob", "cleo", "dan"]

        began = time.monotonic()
        world.change(ada, content, watched(450))
        change = await stream.expect("change")
        assert time.monotonic() - began < 1
    async with listening(service, sent(service, ada)) as own:
        [item] = [each for each in (await own.expect("snapshot"))["items"] if each["contentId"] == content]
    assert change == {"userId": ada.user_id, **item}
    assert (change["progress"], change["status"]) == (75, "in_progress")


async def test_nobody_is_heard_of_but_the_members(service: Service, world: World, ours: Organisation) -> None:
    theirs = organisation(world, "theirs")
    namesake = Person(theirs.tenant, ours.person("bob").user_id)
    others = [ours.person("eve"), ours.manager, theirs.person("ada"), namesake, new_person(ours.tenant)]
    async with listening(service, sent(service, ours.manager, "manager"), live(ours, "Red")) as stream:
        await stream.expect("snapshot")
        for other in others:
            world.change(other, new_content(), watched(60))
        world.change(ours.person("bob"), content := new_content(), watched(60))

        assert (await stream.expect("change"))["contentId"] == content


async def test_who_may_not_see_the_team_gets_no_stream(
    service: Service, world: World, ours: Organisation
) -> None:
    theirs = organisation(world, "theirs")
    red = live(ours, "Red")
    asked = [
        (ours.learner, (), red, 403),
        (ours.learner, (), f"/api/teams/{uuid4()}/live", 403),
        (ours.person("nils"), ("manager",), red, 403),
        (ours.manager, (), red, 403),  # in the directory, but not by the token
        (ours.manager, ("manager",), f"/api/teams/{uuid4()}/live", 404),
        (theirs.manager, ("manager",), red, 404),
        (theirs.admin, ("admin",), red, 404),
        (ours.manager, ("manager",), "/api/teams/red/live", 422),
    ]
    async with httpx.AsyncClient(base_url=service.url) as client:
        for person, roles, path, status in asked:
            answer = await client.get(path, headers=sent(service, person, *roles))
            assert answer.status_code == status, (person, roles, path)
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await client.get(red)).status_code == 401


async def test_streams_share_their_subscriptions(service: Service, world: World, ours: Organisation) -> None:
    dan, eve, ada = ours.person("dan"), ours.person("eve"), ours.person("ada")
    admin = sent(service, ours.admin, "admin")
    async with listening(service, admin, live(ours, "Red")) as red:
        await red.expect("snapshot")
        async with (
            listening(service, sent(service, dan)) as own,
            listening(service, admin, live(ours, "Blue")) as blue,
        ):
            await own.expect("snapshot")
            await blue.expect("snapshot")
            assert [subscribers(world, person) for person in (dan, eve, ada)] == [1, 1, 1]
            world.change(dan, new_content(), watched(60))
            received = [await stream.expect("change") for stream in (red, blue, own)]
            assert received[0] == received[1] == {"userId": dan.user_id, **received[2]}
        await soon(lambda: subscribers(world, eve) == 0, 5, "no stream listens to Eve")
        assert [subscribers(world, person) for person in (dan, ada)] == [1, 1]
    await soon(lambda: subscribers(world, dan) + subscribers(world, ada) == 0, 5, "no stream listens")


async def test_a_stream_follows_the_directory(service: Service, world: World, ours: Organisation) -> None:
    ada, flo, bob = ours.person("ada"), ours.person("flo"), ours.person("bob")
    async with listening(service, sent(service, ours.manager, "manager"), live(ours, "Red")) as stream:
        await stream.expect("snapshot")

        enrol(world, ours, "Red", flo)
        snapshot = (await next_of(stream, "snapshot")).data
        assert "flo" in names_of(ours, [row["userId"] for row in snapshot["items"]])
        world.change(flo, content := new_content(), watched(60))
        assert (await next_of(stream, "change")).data["contentId"] == content

        dismiss(world, ours, "Red", ada)
        while "ada" in names_of(ours, [row["userId"] for row in snapshot["items"]]):
            snapshot = (await next_of(stream, "snapshot")).data
        assert subscribers(world, ada) == 0
        world.change(ada, new_content(), watched(60))
        world.change(bob, content := new_content(), watched(60))
        assert (await next_of(stream, "change")).data["contentId"] == content


async def test_a_manager_who_loses_the_team_loses_the_stream(
    service: Service, world: World, ours: Organisation
) -> None:
    manager = sent(service, ours.manager, "manager")
    async with (
        listening(service, manager, live(ours, "Red")) as stream,
        listening(service, sent(service, ours.admin, "admin"), live(ours, "Red")) as admins,
    ):
        await stream.expect("snapshot")
        await admins.expect("snapshot")

        dismiss(world, ours, "Red", ours.manager)

        assert await stream.next(LATER) is None
        world.change(ours.person("ada"), content := new_content(), watched(60))
        assert (await admins.expect("change"))["contentId"] == content
    async with httpx.AsyncClient(base_url=service.url) as client:
        assert (await client.get(live(ours, "Red"), headers=manager)).status_code == 403
    assert "Traceback" not in service.log.read_text()


async def test_a_team_without_members_has_a_stream_all_the_same(
    service: Service, world: World, ours: Organisation
) -> None:
    async with listening(service, sent(service, ours.admin, "admin"), live(ours, "Green")) as stream:
        assert await stream.expect("snapshot") == {"items": []}
        enrol(world, ours, "Green", ours.person("flo"))
        [row] = (await next_of(stream, "snapshot")).data["items"]
        assert row["userId"] == ours.person("flo").user_id


async def test_a_change_is_judged_by_the_items_own_policy(
    service: Service, world: World, ours: Organisation
) -> None:
    eve, extra = ours.person("eve"), ours.item("extra")
    set_threshold(world, ours, extra, 0.5)
    async with listening(service, sent(service, ours.admin, "admin"), live(ours, "Blue")) as stream:
        await stream.expect("snapshot")
        # What is not known of a tenant is looked up when the first change is read.
        async with asyncio.timeout(60):
            status = None
            while status != "completed":
                world.change(eve, extra, watched(330))
                change = (await next_of(stream, "change")).data
                status = change["status"]
        assert (change["progress"], change["coveragePercentage"]) == (100, 55)


async def test_figures_are_told_anew_when_members_have_been_at_work(
    service: Service, world: World, ours: Organisation
) -> None:
    bob, content = ours.person("bob"), new_content()
    async with listening(service, sent(service, ours.manager, "manager"), live(ours, "Red")) as stream:
        before = {row["userId"]: row for row in (await stream.expect("snapshot"))["items"]}
        world.store(bob, {content: watched(600)})
        recount(world)
        world.change(bob, content, watched(600))
        await stream.expect("change")

        after = {row["userId"]: row for row in (await next_of(stream, "snapshot")).data["items"]}

    changed = {user for user, row in after.items() if row != before[user]}
    assert changed == {bob.user_id}
    assert after[bob.user_id]["optionalCompletedItems"] == before[bob.user_id]["optionalCompletedItems"] + 1
