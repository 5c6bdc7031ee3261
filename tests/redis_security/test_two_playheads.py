"""Two Playheads on one Redis: each has a prefix, and users who can reach nothing without it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.items import ItemsInRedis
from operations.audit.hot_store import _at_random
from operations.demo.sign_in_links import sign_in_link
from operations.erase.hot_store import clear_erased_flag, erase_hot_items, hot_items
from operations.erase.organisation_keys import clear_tenant_flag, count_keys, erase_keys
from operations.erase.subject import Organisation
from operations.merge.hot_store import delete_hot_items
from operations.repartition.hot_store import (
    count_moves,
    hot_partitions,
    is_taken_over,
    rekey,
    settle_published,
)
from operations.status.partitions import StatusSettings, _hot
from operations.stores import redis
from playhead.hot.partitions import HotPartitions
from playhead.identity import SignInCode
from playhead.progress.identifiers import TenantId
from playhead.redis.rights import RedisUser, rules
from playhead.settings import ProcessorSettings, RedisSettings
from playhead.wire.redis_keys import RedisKeys
from query_api.access import Person
from query_api.access.sign_ins import SignIns
from query_api.live.subscription import ChannelMessage, subscribed
from query_api.progress.redis_reader import RedisReader, connect
from stream_processors.apply.decision import KnownPerson
from stream_processors.partition.store_probe import StoreProbe
from stream_processors.stores.hot_store import HotStore, LostItems
from tests.redis_security.servers import PASSWORD, RedisServer
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.stores.test_publish import decision_of

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PREFIXES = ("acme:", "other:")
BEAT = heartbeat(user=1, until_ms=10_000)
OTHER_TENANT = "5c0e1b1e-3f55-4d0c-8a37-0d8d5d3f6a11"
PERSON = f"{BEAT.tenant_id}:{BEAT.user_id}"
USERS: tuple[RedisUser, ...] = ("ingest", "processor", "query", "commands")


def settings_of(server: RedisServer, prefix: str, user: RedisUser) -> RedisSettings:
    return RedisSettings.model_validate(
        {
            "redis_url": f"redis://127.0.0.1:{server.port}/0",
            "redis_user": f"{prefix}{user}",
            "redis_password": PASSWORD,
            "redis_key_prefix": prefix,
        }
    )


@pytest.fixture
def shared(plain: RedisServer) -> Iterator[RedisServer]:
    with plain.client() as client:
        client.flushall()
        for prefix in PREFIXES:
            for user in USERS:
                granted = rules(user, settings_of(plain, prefix, user).redis_keys).split()
                name = f"{prefix}{user}"
                client.execute_command("ACL", "SETUSER", name, "reset", "on", f">{PASSWORD}", *granted)
        yield plain


def test_the_documented_rights_are_these() -> None:
    page = Path("docs/operations/redis.md").read_text(encoding="utf-8").replace("\\|", "|")
    for user in USERS:
        assert f"`{rules(user, RedisKeys())}`" in page


def keys(server: RedisServer) -> set[str]:
    with server.client(decode_responses=True) as client:
        return set(client.scan_iter("*"))


async def test_every_service_works_within_its_prefix_and_rights(shared: RedisServer) -> None:
    for prefix in PREFIXES:
        await _process(settings_of(shared, prefix, "processor"))
        assert await _ask_as_ingest(settings_of(shared, prefix, "ingest"))
        await _read_as_query(shared, prefix)
    assert all(each.startswith(PREFIXES) for each in keys(shared))
    others = {each for each in keys(shared) if each.startswith("other:")}
    _operate(settings_of(shared, "acme:", "commands"))
    assert {each for each in keys(shared) if each.startswith("other:")} == others
    assert all(each.startswith(PREFIXES) for each in keys(shared))


async def _process(settings: RedisSettings) -> None:
    store = HotStore(settings)
    await store.memory.require_noeviction(0)
    await store.require_partitions(1)
    assert await store.claim(0, 1) is None
    assert await store.load(0, {PERSON: [BEAT.content_id]}) == {PERSON: None}
    await store.write(decision_of(1), generation=1, expected=None, published=0)
    assert await store.items_of(0, PERSON) == [BEAT.content_id]
    other = f"{BEAT.tenant_id}:{BEAT.content_id}"
    lost = [LostItems(other, [(BEAT.content_id, b"{}")], 1)]
    await store.restore(lost, partition=0, generation=1, expected=1)
    assert await store.load_older(0, {other: [BEAT.content_id]}, 1_000) == {other: {BEAT.content_id: None}}
    for with_tenant in (False, True):
        erased = KnownPerson({}, erased_at=1, with_tenant=with_tenant)
        await store.set_erased_flags(0, {f"{OTHER_TENANT}:{BEAT.user_id}": erased})
    await store.note_over_quota([PERSON], int(time.time()) + 100)
    assert not await store.memory.has_evicted(0)
    await store.close()
    probe = StoreProbe(ProcessorSettings.model_validate(settings.model_dump()))
    assert await probe._without_redis({0}) == frozenset()


async def _ask_as_ingest(settings: RedisSettings) -> bool:
    items = ItemsInRedis(settings)
    await items.look()
    known = bool(items._people)
    await items._redis.aclose()
    return known


async def _read_as_query(server: RedisServer, prefix: str) -> None:
    settings = settings_of(server, prefix, "query")
    client, clock = connect(settings, 5.0), asyncio.get_running_loop().time
    partitions = HotPartitions(settings.redis_keys, clock)
    reader = RedisReader(client, 5.0, clock, partitions)
    assert list(await reader.items(Person(BEAT.tenant_id, BEAT.user_id))) == [BEAT.content_id]
    await reader.ping()
    link = sign_in_link(settings_of(server, prefix, "commands"), "http://page", "a token", 60)
    code = SignInCode(link.partition("#code=")[2])
    assert await SignIns(client, settings.redis_keys).exchange(code) == "a token"
    channel = (await partitions.read(client)).channel_of(PERSON)
    async with subscribed(settings) as subscription, asyncio.timeout(20):
        await subscription.send("SUBSCRIBE", [channel])
        await subscription.receive()
        store = HotStore(settings_of(server, prefix, "processor"))
        await store.write(decision_of(1, after=1), generation=1, expected=1, published=0)
        await store.close()
        received = await subscription.receive()
        assert isinstance(received, ChannelMessage)
        assert received.channel == channel
    await client.aclose()


def _operate(settings: RedisSettings) -> None:
    assert list(_hot(StatusSettings.model_validate(settings.model_dump()), range(2))) == [0]
    organisation = Organisation(TenantId(BEAT.tenant_id))
    assert hot_items(settings, PERSON).items == {BEAT.content_id}
    with redis(settings, "audit") as client:
        assert _at_random(client, settings.redis_keys, 5)
    assert hot_partitions(settings) == 1
    settle_published(settings, {0: 2})
    assert is_taken_over(settings, 1)
    assert count_moves(settings, 4) <= 3
    rekey(settings, 4)
    assert erase_hot_items(settings, PERSON, 1) == 1
    assert clear_erased_flag(settings, PERSON)
    delete_hot_items(settings, PERSON)
    assert count_keys(settings, organisation) >= 0
    erase_keys(settings, organisation, 1)
    assert clear_tenant_flag(settings, organisation)
