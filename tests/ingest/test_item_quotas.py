"""People who may begin no more items: refused here by the processor's word, as long as Redis gives it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from redis import Redis

from ingest import admission as module
from playhead.wire.keys import FENCE, OVER_QUOTA, person_key, progress_hash
from tests.ingest.client import CONTENT, TENANT, USER, Client

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PERSON = person_key(TENANT, USER)
OTHER = "33333333-3333-4333-8333-333333333333"
HELD = {"contentId": CONTENT}


def new() -> dict[str, str]:
    return {"contentId": str(uuid4())}


@pytest.fixture
def redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    monkeypatch.setattr(module, "QUOTA_ASK_SECONDS", 10.0)  # a busy machine answers late
    with Redis.from_url(redis_url) as redis:
        redis.hset(progress_hash(PERSON), mapping={FENCE: "0:1", CONTENT: "{}"})
        redis.zadd(OVER_QUOTA, {PERSON: time.time() + 60})
        yield redis


async def test_new_items_are_refused_and_those_held_go_on(client: Client, redis: Redis) -> None:
    await client.ingest.quotas.look()
    refused = await client.post("/api/progress", new())
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert "too many items of one person" in refused.json()["detail"]
    marked = await client.post(f"/api/progress/{uuid4()}/completion", b"")
    assert marked.status_code == 429
    assert (await client.post("/api/progress", HELD)).status_code == 202
    assert (await client.post("/api/progress", new(), user=OTHER)).status_code == 202
    assert redis.hlen(progress_hash(PERSON)) == 2


async def test_a_batch_of_both_saves_what_the_person_has_and_names_the_rest(
    client: Client, redis: Redis
) -> None:
    await client.ingest.quotas.look()
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
    assert redis.zcard(OVER_QUOTA) == 1


async def test_a_note_that_lapses_lets_the_processor_judge_again(client: Client, redis: Redis) -> None:
    redis.zadd(OVER_QUOTA, {PERSON: time.time() - 1})
    await client.ingest.quotas.look()
    assert (await client.post("/api/progress", new())).status_code == 202


async def test_while_redis_is_away_or_slow_everything_is_accepted(
    client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.ingest.quotas.look()
    monkeypatch.setattr(module, "QUOTA_ASK_SECONDS", 0.01)
    redis.client_pause(300)
    began = time.monotonic()
    assert (await client.post("/api/progress", new())).status_code == 202
    monkeypatch.setattr(module, "QUOTA_READ_SECONDS", 0.01)
    redis.client_pause(300)
    await client.ingest.quotas.look()
    assert (await client.post("/api/progress", new())).status_code == 202
    assert time.monotonic() - began < 10


async def test_only_so_many_people_are_kept_in_mind(
    client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUOTA_MAX_PEOPLE", 3)
    redis.zadd(OVER_QUOTA, {f"{TENANT}:{uuid4()}": time.time() + 100 + n for n in range(10)})
    await client.ingest.quotas.look()
    assert (await client.post("/api/progress", new())).status_code == 202  # three were noted later
