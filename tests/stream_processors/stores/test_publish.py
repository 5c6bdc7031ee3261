"""What a write publishes to subscribers, and what it costs Redis when there are many."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from redis import Redis
from redis.client import PubSub

from playhead.settings import RedisSettings
from playhead.wire.keys import person_key
from playhead.wire.ledger import Ledger
from stream_processors.apply.decide import decide
from stream_processors.apply.decision import Decision, KnownPerson
from stream_processors.apply.decode import decode
from stream_processors.stores.hot_store import HotStore
from tests.hot import KEYS
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.machine import RULES, batch_of

pytestmark = [pytest.mark.services, pytest.mark.anyio]

OPEN = 20_000
"""Channels, as after half an hour of a popular course."""
BLOCKED_MS = 5.0
"""For a write of one person, of which Redis needs 0.1 ms; listing 20,000 channels takes it 30 to 60 ms."""


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[HotStore]:
    store = HotStore(RedisSettings(redis_url=redis_url))
    yield store
    await store.close()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as redis:
        yield redis


def decision_of(*users: int, after: int = 0) -> Decision:
    beats = [heartbeat(user=user, until_ms=10_000) for user in users]
    people = [person_key(beat.tenant_id, beat.user_id) for beat in beats]
    known = {person: KnownPerson({}, is_new=True) for person in people}
    return decide(decode(batch_of(*beats, start=after)), known, Ledger.starting_at(after), RULES)


@contextmanager
def subscribed(redis: Redis, *channels: str) -> Iterator[PubSub]:
    with redis.pubsub() as subscriber:
        subscriber.subscribe(*channels)
        for _ in channels:
            assert subscriber.get_message(timeout=30) is not None
        yield subscriber


def channels_heard(subscriber: PubSub) -> list[str]:
    channels = []
    while (message := subscriber.get_message(timeout=0.2)) is not None:
        channels.append(message["channel"].decode())
    return channels


@pytest.mark.watches_the_clock
async def test_a_write_asks_for_its_own_channels_only_however_many_are_open(
    store: HotStore, redis: Redis
) -> None:
    others = [KEYS.live_channel(0, f"{uuid4()}:{uuid4()}") for _ in range(OPEN)]
    took_ms = []
    await store.claim(0, 1)
    with subscribed(redis, *others):
        for after in range(5):
            redis.config_resetstat()
            decision = decision_of(1, after=after)
            expected = after or None
            await store.write(decision, generation=1, expected=expected, published=0)
            took_ms.append(redis.info("commandstats")["cmdstat_evalsha"]["usec_per_call"] / 1000)
    assert min(took_ms) < BLOCKED_MS, took_ms


@pytest.mark.parametrize("people", [3, 2_500])
async def test_subscribers_get_their_persons_changes_and_no_others(
    store: HotStore, redis: Redis, people: int
) -> None:
    """Of more people than one call to Redis can hold, too."""
    first, last, absent = (heartbeat(user=user) for user in (1, people, people + 1))
    channels = [
        KEYS.live_channel(0, person_key(each.tenant_id, each.user_id)) for each in (first, last, absent)
    ]
    await store.claim(0, 1)
    with subscribed(redis, *channels) as subscriber:
        decision = decision_of(*range(1, people + 1))
        await store.write(decision, generation=1, expected=None, published=0)
        assert channels_heard(subscriber) == channels[:2]


async def test_subscribers_of_a_pattern_get_everything(store: HotStore, redis: Redis) -> None:
    await store.claim(0, 1)
    with redis.pubsub() as subscriber:
        subscriber.psubscribe("live:*")
        assert subscriber.get_message(timeout=30) is not None
        await store.write(decision_of(1, 2), generation=1, expected=None, published=0)
        assert len(channels_heard(subscriber)) == 2
    assert redis.hget(KEYS.applied_hash(0), "next") == b"2"
