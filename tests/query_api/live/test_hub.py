"""The hub on a real Redis, with listeners of many channels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urlsplit

import pytest
from msgspec import Raw
from redis import Redis

from operations.local import ports
from playhead.policies import PolicyResolvers, TenantPolicies
from playhead.progress import NOTHING, Policy, TenantId
from playhead.retry import Backoff
from playhead.settings import RedisSettings
from playhead.wire.codec import encode
from playhead.wire.live import LiveChange
from query_api.live.channels import TOGETHER, ChannelCommand, together
from query_api.live.events import Attached, Changed, MemberChanged, change_decoder
from query_api.live.hub import CHANNELS, FullError, Hub
from query_api.live.listener import Listener, TeamListener
from query_api.live.sharded import LiveRedis
from tests.hot import KEYS
from tests.query_api.live.subscribing import attached
from tests.query_api.serving import soon
from tests.query_api.world import new_content, new_person

MEMBERS = 5_000
OVERFLOWING_DOUBLINGS = 1_100

decode = change_decoder(lambda _: TenantPolicies(PolicyResolvers(Policy())))


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        yield redis


class CountedPauses(Backoff):
    """Pauses so short that an hour's failures take a second, and how many there have been."""

    failures = 0

    def after(self, failures: int) -> float:
        CountedPauses.failures = failures
        return super().after(failures)


def at(url: str) -> LiveRedis:
    return LiveRedis(RedisSettings(redis_url=url))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
    writer.close()
    await writer.wait_closed()


class Relay:
    """Redis on another port, from `open` on. What connects to it leaves before it does."""

    def __init__(self, redis_url: str) -> None:
        self._address = urlsplit(redis_url)
        self._relays: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, port: int) -> None:
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", port)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._relays.add(asyncio.create_task(self._relay(reader, writer)))

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._address.hostname, self._address.port)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            await asyncio.gather(*self._relays)


@asynccontextmanager
async def running(hub: Hub) -> AsyncIterator[None]:
    task = asyncio.create_task(hub.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def calls(redis: Redis, command: str) -> int:
    counted = redis.info("commandstats").get(f"cmdstat_{command}", {"calls": 0})
    return int(counted["calls"])


def heard_by(redis: Redis) -> int:
    return len(redis.pubsub_channels("live:*"))


def subscribed_to(redis: Redis) -> set[str]:
    return {KEYS.person_of_channel(name) for name in redis.pubsub_channels("live:*")}


def people(number: int) -> list[str]:
    tenant = TenantId(new_person().tenant_id)
    return [new_person(tenant).key for _ in range(number)]


@pytest.mark.services
@pytest.mark.anyio
async def test_a_large_team_is_subscribed_in_few_commands_and_once(redis_url: str, redis: Redis) -> None:
    hub, team = (
        Hub(at(redis_url), decode, max_streams=3),
        people(MEMBERS),
    )
    one, other, person = TeamListener(team), TeamListener(team[100:]), Listener(team[:1])
    before = calls(redis, "subscribe"), calls(redis, "unsubscribe")
    async with running(hub):
        hub.join(one)
        await attached(one)
        hub.join(other)
        hub.join(person)
        assert isinstance(await other.next(0), Attached)
        assert isinstance(await person.next(0), Attached)
        assert heard_by(redis) == MEMBERS
        # One more may have been written before all of them were there to be taken together.
        assert calls(redis, "subscribe") - before[0] <= MEMBERS / TOGETHER + 1

        hub.leave(one)
        await soon(lambda: heard_by(redis) == MEMBERS - 100 + 1, 10, "the others' channels are kept")
        hub.leave(other)
        hub.leave(person)
        await soon(lambda: heard_by(redis) == 0, 10, "no channel is kept")
        assert calls(redis, "unsubscribe") - before[1] <= MEMBERS / TOGETHER + 3


@pytest.mark.services
@pytest.mark.anyio
async def test_a_message_is_read_once_however_many_hear_it(redis_url: str, redis: Redis) -> None:
    reads: list[str] = []

    def counted(channel: str, message: bytes) -> Changed:
        reads.append(channel)
        return decode(channel, message)

    hub, [channel, other] = (
        Hub(at(redis_url), counted, max_streams=20),
        people(2),
    )
    teams, person = [TeamListener([channel, other]) for _ in range(10)], Listener([channel])
    async with running(hub):
        for listener in (*teams, person):
            hub.join(listener)
            await attached(listener)
        redis.publish(
            KEYS.former_live_channel(channel), encode(LiveChange(new_content(), Raw(encode(NOTHING))))
        )
        received = [await listener.next(10) for listener in (*teams, person)]

    assert reads == [channel]
    assert isinstance(received[-1], Changed)
    assert received[:-1] == [received[-1].of_member] * 10
    assert isinstance(received[0], MemberChanged)


@pytest.mark.services
@pytest.mark.anyio
async def test_who_moves_hears_of_the_new_and_no_more_of_the_old(redis_url: str, redis: Redis) -> None:
    hub, [old, kept, new] = (
        Hub(at(redis_url), decode, max_streams=1),
        people(3),
    )
    listener = TeamListener([old, kept])
    async with running(hub):
        hub.join(listener)
        await attached(listener)
        assert not hub.move(listener, frozenset([old, kept]))
        assert hub.move(listener, frozenset([kept, new]))
        await attached(listener)
        assert subscribed_to(redis) >= {kept, new}
        for channel in (old, new):
            redis.publish(
                KEYS.former_live_channel(channel), encode(LiveChange(new_content(), Raw(encode(NOTHING))))
            )
        change = await listener.next(10)
        assert isinstance(change, MemberChanged)
        assert change.user in new
        await soon(lambda: subscribed_to(redis) == {kept, new}, 10, "the old one is given up")


def test_there_is_room_for_so_many_streams_and_channels() -> None:
    hub = Hub(at("redis://nowhere"), decode, max_streams=3)
    channels = [f"live:{{{number}}}" for number in range(CHANNELS)]
    hub.join(large := TeamListener(channels[1:]))
    hub.join(small := TeamListener(channels[:1]))
    with pytest.raises(FullError):
        hub.join(TeamListener(["live:{one more}"]))
    with pytest.raises(FullError):
        hub.move(small, frozenset(["live:{one more}", channels[0]]))
    assert small.channels == {channels[0]}

    hub.join(Listener(channels[:1]))  # a listener has them already
    with pytest.raises(FullError):
        hub.join(Listener(channels[:1]))  # the fourth
    hub.leave(large)
    hub.join(TeamListener(["live:{one more}"]))


def test_commands_are_put_together_by_what_they_do() -> None:
    commands = [
        ChannelCommand("SUBSCRIBE" if number % 3 else "UNSUBSCRIBE", f"{number}")
        for number in range(3 * TOGETHER)
    ]

    sent = list(together(commands))

    assert [(verb, len(channels)) for verb, channels in sent] == [
        ("UNSUBSCRIBE", TOGETHER),
        ("SUBSCRIBE", TOGETHER),
        ("SUBSCRIBE", TOGETHER),
    ]
    assert {ChannelCommand(verb, channel) for verb, channels in sent for channel in channels} == set(commands)


@pytest.mark.services
@pytest.mark.anyio
async def test_the_hub_comes_back_after_an_outage_of_any_length(redis_url: str, redis: Redis) -> None:
    """More failures in a row than a float can double: 85 minutes of them at the hub's own pace."""
    port = ports.choose()
    retry = CountedPauses(0.0001, 0.0001)
    hub, [channel] = (
        Hub(
            at(f"redis://127.0.0.1:{port}/0"),
            decode,
            max_streams=1,
            retry=retry,
        ),
        people(1),
    )
    listener = Listener([channel])
    hub.join(listener)
    async with Relay(redis_url) as relay, running(hub):
        await soon(lambda: CountedPauses.failures > OVERFLOWING_DOUBLINGS, 120, "failures in a row")
        await relay.open(port)
        await attached(listener)
        assert heard_by(redis) == 1
