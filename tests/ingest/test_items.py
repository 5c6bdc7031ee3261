"""What Redis knows of people's items: who may begin no more, by the processor's word, and what is marked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from redis import Redis

from ingest import items
from playhead.identity import Principal
from playhead.progress import Heartbeat, HeartbeatEvent, HeartbeatId
from playhead.progress.absorb import absorb
from playhead.progress.identifiers import ContentId, Instant
from playhead.progress.progress import NOTHING
from playhead.wire.keys import person_key
from playhead.wire.progress import encode_progress
from playhead.wire.redis_keys import FENCE
from tests.hot import KEYS, hash_of
from tests.ingest.client import CONTENT, TENANT, USER, Client
from tests.services import PARTITIONS

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PERSON = person_key(TENANT, USER)
OTHER = "33333333-3333-4333-8333-333333333333"
HELD = {"contentId": CONTENT}


def new() -> dict[str, str]:
    return {"contentId": str(uuid4())}


@pytest.fixture
def redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    monkeypatch.setattr(items, "ITEMS_SECONDS", 10.0)  # a busy machine answers late
    with Redis.from_url(redis_url) as redis:
        redis.set(KEYS.partitions, PARTITIONS)
        redis.hset(hash_of(PERSON), mapping={FENCE: "0:1", CONTENT: "{}"})
        redis.zadd(KEYS.over_quota, {PERSON: time.time() + 60})
        yield redis


async def test_new_items_are_refused_and_those_held_go_on(client: Client, redis: Redis) -> None:
    await client.ingest.items.look()
    refused = await client.post("/api/progress", new())
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert "too many items of one person" in refused.json()["detail"]
    marked = await client.post(f"/api/progress/{uuid4()}/completion", b"")
    assert marked.status_code == 429
    assert (await client.post("/api/progress", HELD)).status_code == 202
    assert (await client.post("/api/progress", new(), user=OTHER)).status_code == 202
    assert redis.hlen(hash_of(PERSON)) == 2


async def test_a_batch_of_both_saves_what_the_person_has_and_names_the_rest(
    client: Client, redis: Redis
) -> None:
    await client.ingest.items.look()
    answer = await client.post("/api/progress/batch", {"heartbeats": [new(), HELD, {"contentId": 7}, new()]})
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1
    assert [(each["index"], each["field"]) for each in answer.json()["rejected"]] == [
        (0, "contentId"),
        (2, "contentId"),
        (3, "contentId"),
    ]
    assert (await client.post("/api/progress/batch", {"heartbeats": [new(), new()]})).status_code == 429
    assert [each.content_id for each in client.logged()] == [CONTENT]
    assert redis.zcard(KEYS.over_quota) == 1


async def test_a_note_that_lapses_lets_the_processor_judge_again(client: Client, redis: Redis) -> None:
    redis.zadd(KEYS.over_quota, {PERSON: time.time() - 1})
    await client.ingest.items.look()
    assert (await client.post("/api/progress", new())).status_code == 202


async def test_while_redis_is_away_or_slow_everything_is_accepted(
    client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.ingest.items.look()
    monkeypatch.setattr(items, "ITEMS_SECONDS", 0.01)
    redis.client_pause(300)
    began = time.monotonic()
    assert (await client.post("/api/progress", new())).status_code == 202
    monkeypatch.setattr(items, "QUOTA_READ_SECONDS", 0.01)
    redis.client_pause(300)
    await client.ingest.items.look()
    assert (await client.post("/api/progress", new())).status_code == 202
    assert time.monotonic() - began < 10


async def test_only_so_many_people_are_kept_in_mind(
    client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "QUOTA_MAX_PEOPLE", 3)
    redis.zadd(KEYS.over_quota, {f"{TENANT}:{uuid4()}": time.time() + 100 + n for n in range(10)})
    await client.ingest.items.look()
    assert (await client.post("/api/progress", new())).status_code == 202  # three were noted later


async def test_whether_an_item_is_marked_is_known_unless_redis_is_away(
    client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, item = Principal(TENANT, USER), ContentId(CONTENT)
    key = hash_of(PERSON)
    for events, expected in (("complete",), True), (("complete", "reopen"), False), (("play",), False):
        progress = NOTHING
        for second, event in enumerate(events):
            progress = absorb(progress, act(item, event, second))
        redis.hset(key, item, encode_progress(progress))
        assert await client.ingest.items.has_mark(person, item) is expected
    redis.hdel(key, item)
    assert not await client.ingest.items.has_mark(person, item)

    redis.hset(key, item, encode_progress(absorb(NOTHING, act(item, "complete", 0))))
    monkeypatch.setattr(items, "MARK_SECONDS", 0.01)
    redis.client_pause(300)
    assert not await client.ingest.items.has_mark(person, item)


def act(item: ContentId, event: HeartbeatEvent, second: int) -> Heartbeat:
    at = Instant(1_790_000_000_000 + second * 1000)
    return Heartbeat(
        heartbeat_id=HeartbeatId(str(uuid4())),
        tenant_id=TENANT,
        user_id=USER,
        content_id=item,
        occurred_at=at,
        received_at=at,
        event=event,
    )
