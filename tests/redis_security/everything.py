"""What every service and command does in Redis, each as a user of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from ingest.items import ItemsInRedis
from operations.audit.hot_store import _at_random
from operations.check.redis import redis_checks
from operations.demo.sign_in_links import sign_in_link
from operations.erase.hot_store import clear_erased_flag, erase_hot_items, hot_items
from operations.erase.organisation_keys import clear_tenant_flag, count_keys, erase_keys
from operations.erase.subject import Organisation
from operations.merge.hot_store import delete_hot_items
from operations.rebase.hot_store import forget_applied, forget_people, people, read_places
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
from playhead.redis.rights import RedisUser
from playhead.settings import ProcessorSettings, RedisSettings
from query_api.access import Person
from query_api.access.sign_ins import SignIns
from query_api.live.sharded import LiveRedis
from query_api.live.subscription import ChannelMessage, CommandConfirmed
from query_api.progress.redis_reader import RedisReader, connect
from stream_processors.apply.decision import KnownPerson
from stream_processors.partition.store_probe import StoreProbe
from stream_processors.stores.hot_store import HotStore, LostItems
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.stores.test_publish import decision_of

BEAT = heartbeat(user=1, until_ms=10_000)
OTHER_TENANT = "5c0e1b1e-3f55-4d0c-8a37-0d8d5d3f6a11"
PERSON = f"{BEAT.tenant_id}:{BEAT.user_id}"
SERVICES: tuple[RedisUser, ...] = ("ingest", "processor", "query")
USERS: tuple[RedisUser, ...] = (*SERVICES, "commands")
SettingsOf = Callable[[RedisUser], RedisSettings]
"""The settings of a user, with exactly the rights that are documented."""


async def work(settings_of: SettingsOf) -> None:
    """Save as the processor, ask as ingest, read and listen as the query API."""
    await _process(settings_of("processor"))
    assert await _ask_as_ingest(settings_of("ingest"))
    await _read_as_query(settings_of)


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


async def _read_as_query(settings_of: SettingsOf) -> None:
    settings = settings_of("query")
    nodes, clock = connect(settings, 5.0), asyncio.get_running_loop().time
    partitions = HotPartitions(settings.redis_keys, clock)
    reader = RedisReader(nodes, 5.0, clock, partitions)
    assert list(await reader.items(Person(BEAT.tenant_id, BEAT.user_id))) == [BEAT.content_id]
    await reader.ping()
    link = sign_in_link(settings_of("commands"), "http://page", "a token", 60)
    code = SignInCode(link.partition("#code=")[2])
    assert await SignIns(nodes, settings.redis_keys).exchange(code) == "a token"
    channel = (await partitions.read(nodes)).channel_of(PERSON)
    async with LiveRedis(settings, nodes).subscribed() as subscription, asyncio.timeout(20):
        await subscription.send("SUBSCRIBE", [channel])
        assert isinstance(await subscription.receive(), CommandConfirmed)
        store = HotStore(settings_of("processor"))
        await store.write(decision_of(1, after=1), generation=1, expected=1, published=0)
        await store.close()
        received = await subscription.receive()
        assert isinstance(received, ChannelMessage)
        assert received.channel == channel
        await subscription.send("UNSUBSCRIBE", [channel])
        assert isinstance(await subscription.receive(), CommandConfirmed)
    await nodes.aclose()


def operate(settings: RedisSettings) -> None:
    """Everything that the operators' commands do, the deletion of what is there included."""
    assert list(_hot(StatusSettings.model_validate(settings.model_dump()), range(2))) == [0]
    organisation = Organisation(TenantId(BEAT.tenant_id))
    assert hot_items(settings, PERSON).items == {BEAT.content_id}
    with redis(settings, "audit") as client:
        assert _at_random(client, settings.redis_keys, 500)
    assert list(read_places(settings).heartbeats) == [0]
    assert [each.person for some in people(settings) for each in some]
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
    forget_applied(settings, range(4))
    assert forget_people(settings) >= 0


def complaints(settings_of: SettingsOf) -> list[str]:
    """What `playhead check` finds wrong with the services' users."""
    found = (each for user in SERVICES for each in redis_checks(settings_of(user), user))
    return [f"{each.name}: {each.detail}" for each in found if not each.ok]
