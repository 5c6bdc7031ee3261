"""What holds of every `ProgressReader`, run on Redis, on Postgres, and on both together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

import pytest

from benchmarks.kernel_worst import largest
from playhead.hot.partitions import HotPartitions
from playhead.progress import NOTHING, ContentId, Progress
from playhead.settings import ByTenant, RedisSettings
from playhead.wire.codec import encode
from playhead.wire.errors import WireError
from playhead.wire.redis_keys import ERASED, FENCE
from query_api.access import Person
from query_api.errors import NotHeldError
from query_api.postgres import Database
from query_api.progress.postgres_reader import PostgresReader
from query_api.progress.reader import FallbackReader, ProgressReader, decoded
from query_api.progress.redis_reader import RedisReader, connect
from tests.hot import KEYS, hash_of
from tests.query_api.world import World, new_content, new_person, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@pytest.fixture
async def hot(world: World) -> AsyncIterator[RedisReader]:
    client = connect(RedisSettings(redis_url=world.redis_url), 2.0)
    clock = asyncio.get_running_loop().time
    yield RedisReader(client, 2.0, clock, HotPartitions(KEYS, clock))
    await client.aclose()


@pytest.fixture
async def durable(world: World) -> AsyncIterator[PostgresReader]:
    database = Database(ByTenant.only(world.database.reader_dsn), 2, 10.0)
    await database.open()
    yield PostgresReader(database)
    await database.close()


@dataclass
class Subject:
    reader: ProgressReader
    put: Callable[[Person, Mapping[ContentId, Progress]], None]


@pytest.fixture
def outcomes() -> list[str]:
    return []


@pytest.fixture
def both(hot: RedisReader, durable: PostgresReader, outcomes: list[str]) -> FallbackReader:
    return FallbackReader(hot, durable, outcomes.append)


@pytest.fixture(params=["redis", "postgres", "both, held", "both, not held"])
def subject(
    request: pytest.FixtureRequest,
    world: World,
    hot: RedisReader,
    durable: PostgresReader,
    both: FallbackReader,
) -> Subject:
    return {
        "redis": Subject(hot, world.hold),
        "postgres": Subject(durable, world.store),
        "both, held": Subject(both, world.hold),
        "both, not held": Subject(both, world.store),
    }[request.param]


async def test_an_item_is_given_as_it_was_put(subject: Subject) -> None:
    person, content, progress = new_person(), new_content(), watched(450)
    subject.put(person, {content: progress, new_content(): watched(30)})

    assert await subject.reader.item(person, content) == progress


async def test_all_items_are_given(subject: Subject) -> None:
    person = new_person()
    items = {new_content(): watched(seconds) for seconds in (10, 300, 600)}
    subject.put(person, items)

    assert dict(await subject.reader.items(person)) == items


async def test_an_item_never_opened_is_nothing(subject: Subject) -> None:
    person = new_person()
    subject.put(person, {new_content(): watched(10)})

    assert await subject.reader.item(person, new_content()) == NOTHING


async def test_no_other_person_is_given(subject: Subject) -> None:
    person, content = new_person(), new_content()
    colleague, namesake = new_person(person.tenant_id), Person(new_person().tenant_id, person.user_id)
    for each, seconds in ((person, 10), (colleague, 20), (namesake, 30)):
        subject.put(each, {content: watched(seconds, session="s")})

    assert await subject.reader.item(person, content) == watched(10, session="s")
    assert dict(await subject.reader.items(person)) == {content: watched(10, session="s")}


async def test_redis_does_not_claim_to_know_a_person_it_does_not_hold(hot: RedisReader) -> None:
    with pytest.raises(NotHeldError):
        await hot.item(new_person(), new_content())
    with pytest.raises(NotHeldError):
        await hot.items(new_person())


async def test_a_hash_without_its_fence_is_not_whole(hot: RedisReader, world: World) -> None:
    person, content = new_person(), new_content()
    world.hold(person, {content: watched(10)})
    world.redis.hdel(hash_of(person.key), FENCE)

    with pytest.raises(NotHeldError):
        await hot.item(person, content)
    with pytest.raises(NotHeldError):
        await hot.items(person)


async def test_an_erased_person_has_nothing_and_postgres_is_not_asked(
    both: FallbackReader, world: World, outcomes: list[str]
) -> None:
    person, content = new_person(), new_content()
    world.store(person, {content: watched(10)})  # as if the rows were still on their way out
    world.redis.hset(hash_of(person.key), ERASED, 1_763_800_000_000)

    assert await both.item(person, content) == NOTHING
    assert await both.items(person) == {}
    assert outcomes == ["redis", "redis"]


async def test_a_person_of_no_store_has_nothing(both: FallbackReader, outcomes: list[str]) -> None:
    assert await both.items(new_person()) == {}
    assert outcomes == ["not_held", "postgres"]


async def test_redis_is_believed_before_postgres_which_lags(
    both: FallbackReader, world: World, outcomes: list[str]
) -> None:
    person, content = new_person(), new_content()
    world.store(person, {content: watched(10, session="s")})
    world.hold(person, {content: watched(20, session="s")})

    assert await both.item(person, content) == watched(20, session="s")
    assert outcomes == ["redis"]


async def test_what_redis_holds_and_cannot_be_decoded_comes_from_postgres(
    both: FallbackReader, world: World, outcomes: list[str]
) -> None:
    person, content = new_person(), new_content()
    world.store(person, {content: watched(10, session="s")})
    world.redis.hset(hash_of(person.key), mapping={FENCE: "0:1", content: "{broken"})

    assert await both.item(person, content) == watched(10, session="s")
    assert outcomes == ["unreadable", "postgres"]


async def test_what_postgres_holds_and_cannot_be_decoded_is_an_error(
    durable: PostgresReader, world: World
) -> None:
    person, content = new_person(), new_content()
    world.store(person, {content: watched(10)})
    world.spoil(person)

    with pytest.raises(WireError):
        await durable.item(person, content)


async def test_postgres_shows_no_row_without_a_tenant(world: World) -> None:
    person = new_person()
    world.store(person, {new_content(): watched(10)})

    assert world.visible_without_tenant() == 0
    assert world.visible_without_tenant(admin=True) == 1


async def test_a_process_that_was_delayed_itself_does_not_blame_redis(world: World) -> None:
    person, content = new_person(), new_content()
    world.hold(person, {content: watched(10, session="s")})
    client = connect(RedisSettings(redis_url=world.redis_url), 5.0)
    clock, partitions = asyncio.get_running_loop().time, HotPartitions(KEYS)
    patient = RedisReader(client, 5.0, clock, partitions)
    assert await patient.item(person, content) == watched(10, session="s")  # connects
    hasty = RedisReader(client, 0.05, clock, partitions)

    asking = asyncio.create_task(hasty.item(person, content))
    for _ in range(3):
        await asyncio.sleep(0)  # until the question is sent
    time.sleep(0.3)  # noqa: ASYNC251 - holds up the event loop, as a garbage collection or a busy machine does

    assert await asking == watched(10, session="s")
    assert hasty.breaker.failures == 0
    await client.aclose()


async def test_decoding_the_largest_items_leaves_others_their_turns() -> None:
    state, count = encode(largest()), 20
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    others = asyncio.create_task(take_turns())
    try:
        assert len(await decoded((new_content(), state, None) for _ in range(count))) == count
    finally:
        others.cancel()
    assert turns >= count
