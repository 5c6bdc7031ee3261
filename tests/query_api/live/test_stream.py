from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from query_api.access import Person
from tests.hot import channel_of
from tests.query_api.serving import Service, listening, serving, soon
from tests.query_api.world import World, headers, new_content, new_person, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@pytest.fixture
def service(world: World, tmp_path: Path) -> Iterator[Service]:
    with serving(world.settings(query_live_max_streams=3), tmp_path) as service:
        yield service


def subscribers(world: World, person: Person) -> int:
    [(_, count)] = world.redis.pubsub_numsub(channel_of(person.key))
    return int(count)


def open_streams(service: Service) -> Callable[[int], Callable[[], bool]]:
    def are(number: int) -> Callable[[], bool]:
        line = f'playhead_query_live_streams{{kind="person"}} {number}.0'
        return lambda: line in httpx.get(f"{service.url}/metrics").text

    return are


@pytest.mark.watches_the_clock
async def test_another_devices_save_shows_within_a_second(service: Service, world: World) -> None:
    person, content, other = new_person(), new_content(), new_content()
    world.hold(person, {content: watched(60, session="s")})
    async with listening(service, headers(service.settings, person)) as stream:
        snapshot = await stream.expect("snapshot")
        assert [(item["contentId"], item["progress"]) for item in snapshot["items"]] == [(content, 10)]

        for item, seconds, percentage in ((content, 120, 20), (other, 300, 50)):
            saved = time.monotonic()
            world.change(person, item, watched(seconds, session="s"))
            change = await stream.expect("change")
            assert time.monotonic() - saved < 1
            assert (change["contentId"], change["progress"]) == (item, percentage)


async def test_nobody_hears_of_anybody_else(service: Service, world: World) -> None:
    me = new_person()
    colleague, namesake = new_person(me.tenant_id), Person(new_person().tenant_id, me.user_id)
    async with listening(service, headers(service.settings, me)) as stream:
        await stream.expect("snapshot")
        for person in (colleague, namesake):
            async with listening(service, headers(service.settings, person)) as theirs:
                await theirs.expect("snapshot")
                world.change(person, new_content(), watched(60))
                await theirs.expect("change")
        mine = new_content()
        world.change(me, mine, watched(60))

        assert (await stream.expect("change"))["contentId"] == mine


async def test_streams_of_one_person_share_a_subscription_given_up_with_the_last(
    service: Service, world: World
) -> None:
    person, content = new_person(), new_content()
    sent = headers(service.settings, person)
    async with listening(service, sent) as one:
        async with listening(service, sent) as other:
            await one.expect("snapshot")
            await other.expect("snapshot")
            # On a slow machine the first snapshot does not wait for the subscription.
            await soon(lambda: subscribers(world, person) == 1, 5, "the subscription")
            world.change(person, content, watched(60))
            assert await one.expect("change") == await other.expect("change")
        world.change(person, content, watched(120))
        await one.expect("change")
        assert subscribers(world, person) == 1

    await soon(lambda: subscribers(world, person) == 0, 5, "the subscription is given up")


async def test_connecting_anew_at_once_misses_nothing(service: Service, world: World) -> None:
    person, content = new_person(), new_content()
    for number in range(1, 21):
        async with listening(service, headers(service.settings, person)) as stream:
            await stream.expect("snapshot")
            world.change(person, content, watched(6 * number, session="s"))
            assert (await stream.expect("change"))["progress"] == number


async def test_no_change_is_lost_between_connecting_and_the_snapshot(service: Service, world: World) -> None:
    person, content = new_person(), new_content()
    writing = True

    async def write() -> int:
        seconds = 0
        while writing:
            seconds += 1
            await asyncio.to_thread(world.change, person, content, watched(seconds, of=100_000, session="s"))
        return seconds

    task = asyncio.create_task(write())
    shown: list[float] = []
    async with listening(service, headers(service.settings, person)) as stream:
        shown += [item["watchTimeSeconds"] for item in (await stream.expect("snapshot"))["items"]]
        while len(shown) < 50:
            shown.append((await stream.expect("change"))["watchTimeSeconds"])
        writing = False
        last = await task
        while shown[-1] < last:
            shown.append((await stream.expect("change"))["watchTimeSeconds"])

    # Never backwards, and without a gap after the first thing shown.
    assert shown == [shown[0] + number for number in range(len(shown))]


async def test_more_streams_than_allowed_are_told_to_come_later(service: Service) -> None:
    sent = headers(service.settings, new_person())
    are = open_streams(service)
    async with listening(service, sent), listening(service, sent), listening(service, sent):
        async with httpx.AsyncClient(base_url=service.url) as client:
            refused = await client.get("/api/progress/live", headers=sent)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "10"
        assert refused.headers["content-type"] == "application/problem+json"

    await soon(are(0), 5, "the places are free again")
    async with listening(service, sent) as stream:
        await stream.expect("snapshot")


async def test_a_client_that_does_not_read_is_dropped_and_the_others_hear_on(
    service: Service, world: World
) -> None:
    person, content = new_person(), new_content()
    sent = headers(service.settings, person)
    are = open_streams(service)
    with _connection_that_never_reads(service, sent):
        async with listening(service, sent) as reading:
            await reading.expect("snapshot")
            await soon(are(2), 5, "both are open")
            for number in range(100_000):
                if number % 100 == 0 and are(1)():
                    break
                await asyncio.to_thread(world.change, person, content, watched(number % 600, session="s"))
                assert (await reading.expect("change"))["contentId"] == content

            assert are(1)()


@pytest.mark.watches_the_clock
async def test_a_stream_ends_promptly_when_the_service_does(service: Service) -> None:
    async with listening(service, headers(service.settings, new_person())) as stream:
        await stream.expect("snapshot")
        began = time.monotonic()

        code = await asyncio.to_thread(service.terminate, 10)

        assert code == 0
        assert time.monotonic() - began < 3
        assert await stream.next() is None
    assert "Traceback" not in service.log.read_text()


async def test_a_message_that_cannot_be_read_costs_itself_only(service: Service, world: World) -> None:
    person, content = new_person(), new_content()
    async with listening(service, headers(service.settings, person)) as stream:
        await stream.expect("snapshot")
        world.redis.publish(channel_of(person.key), b"{broken")
        world.change(person, content, watched(60))

        assert (await stream.expect("change"))["contentId"] == content


def _connection_that_never_reads(service: Service, sent: dict[str, str]) -> socket.socket:
    address = urlsplit(service.url)
    connection = socket.socket()
    # A small window, so that little is buffered before the sender has to wait.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.connect((address.hostname, address.port))
    lines = ["GET /api/progress/live HTTP/1.1", f"Host: {address.netloc}"]
    lines += [f"{name}: {value}" for name, value in sent.items()]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return connection
