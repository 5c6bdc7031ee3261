"""One item at every bound, and thousands of heartbeats for it: everybody else's are applied meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource
from msgspec.structs import replace

from operations.audit.hot_store import audit_hot, hot_sample_faults
from playhead.progress import Intervals, SessionId, TenantId
from playhead.progress.advance import MAX_SPANS, span_count
from playhead.settings import HotAuditSettings
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import person_key
from tests.hot import hash_of
from tests.services import Database
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.process import eventually
from tests.stream_processors.world import World

pytestmark = pytest.mark.services

REQUESTS, SMALL = 120, 2_000
STEP_MS, SPAN_MS = 20_000, 19_000
WITHIN_SECONDS = 2.0


def attack() -> Iterator[HeartbeatRecord]:
    """120 heartbeats of 35 kB for four sessions in excess of their budgets, and thousands of small ones."""
    each = MAX_SPANS // 4
    for number in range(REQUESTS):
        first = number * each * STEP_MS // 4
        bounds = [first + n * STEP_MS + side for n in range(each) for side in (0, SPAN_MS)]
        yield _of_session(number % 4, number, watched=Intervals(tuple(bounds)), duration_ms=bounds[-1])
    for number in range(SMALL):
        yield _of_session(number % 4, REQUESTS + number, watch_ms=number)


def _of_session(session: int, number: int, **more: object) -> HeartbeatRecord:
    known = replace(heartbeat(sequence=number), watched=None, duration_ms=None, playback_rate=1.0)
    return replace(known, session_id=SessionId(str(UUID(int=session + 1))), **more)


def others() -> list[HeartbeatRecord]:
    """Of another tenant, people in every partition."""
    tenant = TenantId(str(UUID(int=77)))
    return [replace(heartbeat(user=user), tenant_id=tenant) for user in range(1, 17)]


@pytest.mark.watches_the_clock
def test_one_heavy_item_holds_up_nobody_else(world: World) -> None:
    with world.worker(), world.redis() as redis:
        world.send([heartbeat(user=99)])
        world.settled()
        world.send(attack())
        saved = others()
        began = time.monotonic()
        world.send(saved)
        keys = [hash_of(person_key(each.tenant_id, each.user_id)) for each in saved]
        eventually(lambda: redis.exists(*keys) == len(keys), "another tenant's saves in Redis")
        took = time.monotonic() - began
        dead = sum(at["dead"] for at in world.settled().values())
        records = world.records(world.topics.dead_letters.name)
        (heavy,) = (item for item in world.hot().values() if span_count(item) > 100)
    assert took < WITHIN_SECONDS
    assert span_count(heavy) <= MAX_SPANS
    assert {DeadLetter.of(each.headers() or []).reason for each in records} == {"quota"}
    assert len(records) == dead > REQUESTS / 2


def test_a_state_that_the_broker_refuses_is_told_of_and_named_by_the_audit(
    world: World, fresh_database: Database
) -> None:
    """It blocks no one else, and does not count as stored."""
    states = world.topics.states.name
    admin = AdminClient({"bootstrap.servers": world.servers})
    largest = ConfigEntry("max.message.bytes", "4000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ConfigResource.Type.TOPIC, states, incremental_configs=[largest])
    admin.incremental_alter_configs([resource])[resource].result(30)
    bounds = [n * STEP_MS + side for n in range(500) for side in (0, SPAN_MS)]
    large = replace(heartbeat(user=1), watched=Intervals(tuple(bounds)))
    with world.worker():
        world.send([large, heartbeat(user=2)])
        world.settled()
        (dead_letter,) = world.records(world.topics.dead_letters.name)
    dead = DeadLetter.of(dead_letter.headers() or [])
    assert (dead.topic, dead.reason) == (states, "refused_by_store")
    world.store_published(fresh_database.writer_dsn)
    with psycopg.connect(fresh_database.writer_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.positions (topic, partition, next_offset, source_next_offset)"
            " SELECT topic, partition, next_offset, next_offset FROM progress.ledger"
        )
    settings = HotAuditSettings(
        kafka_prefix=world.environment["PLAYHEAD_KAFKA_PREFIX"],
        redis_url=world.environment["PLAYHEAD_REDIS_URL"],
        postgres_dsn=fresh_database.writer_dsn,
    )
    (finding,) = audit_hot(settings)
    assert finding.subject == f"{person_key(large.tenant_id, large.user_id)}:{large.content_id}"
    (said,) = hot_sample_faults(settings)
    assert finding.subject in said
