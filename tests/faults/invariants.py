"""The invariants of design section 9, checked against the log itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg
from confluent_kafka import Consumer, TopicPartition
from msgspec.structs import replace
from redis import Redis

from operations.audit.database import audit
from operations.audit.hot_store import audit_hot
from playhead.progress import NOTHING, Heartbeat, Policy, Progress, apply, summarize
from playhead.wire.errors import WireError
from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.keys import is_older_name
from playhead.wire.progress import decode_progress
from playhead.wire.redis_keys import ERASED, FENCE
from playhead.wire.states import State, decode_state
from playhead.wire.topics import Topics
from query_api.progress.reader import whole_of
from tests.faults.pipeline import HEALED_S, Pipeline, until
from tests.hot import KEYS

Item = tuple[str, str, str]
"""Tenant, person, content."""
POLICY = Policy()
_ROWS = """
    SELECT p.*, watched::text AS spans, o.state AS older
    FROM progress.user_progress AS p
    LEFT JOIN progress.older_sessions AS o USING (tenant_id, user_id, content_id)
"""
IN_STEP_S = 5
"""I5: how soon Redis equals Postgres once the pipeline is through."""


def check(pipeline: Pipeline, acknowledged: Iterable[str] = (), healed_s: float = HEALED_S) -> None:
    """All of them. The pipeline is to be left alone meanwhile."""
    pipeline.healed(healed_s)
    accepted = heartbeats(pipeline)
    lost = set(acknowledged) - {heartbeat.heartbeat_id for _, heartbeat in accepted}
    assert not lost, f"I1, I7: {len(lost)} heartbeats were acknowledged and are not in the log"
    refused = dead_lettered(pipeline)
    expected = folded(each for each in accepted if each[1].heartbeat_id not in refused)
    rows = durable(pipeline)
    assert rows.keys() == expected.keys(), "I1, I6: other people's items, or none"
    for item, progress in expected.items():
        older = rows[item]["older"]
        stored = whole_of(rows[item]["state"].encode(), older and older.encode())
        assert known(stored) == known(progress), f"I2: {item}"
        _check_row(item, rows[item])
    _check_summaries(pipeline, rows)
    findings = [str(each) for each in audit(pipeline.audit_settings)]
    assert findings == [], "\n".join(findings)
    until(lambda: None if _out_of_step(pipeline, rows) else True, IN_STEP_S, "I5: Redis equals Postgres")
    findings = [str(each) for each in audit_hot(pipeline.settings)]
    assert findings == [], "\n".join(findings)
    _check_completion_is_sticky(pipeline, rows)


def known(progress: Progress) -> Progress:
    """Everything but when it was completed, which may depend on the order of the log."""
    return replace(progress, completions=())


def records(pipeline: Pipeline, topic: str) -> list[tuple[int, bytes, bytes]]:
    """A topic from its beginning to its end as of now: partition, key, value; a tombstone's is empty."""
    consumer = Consumer(
        {
            "bootstrap.servers": pipeline.settings.kafka_servers,
            "group.id": "check",
            "enable.auto.commit": False,
        }
    )
    partitions = range(pipeline.settings.kafka_partitions)
    ends = {n: consumer.get_watermark_offsets(TopicPartition(topic, n), timeout=10) for n in partitions}
    consumer.assign([TopicPartition(topic, n, low) for n, (low, high) in ends.items() if low < high])
    left = sum(high - low for low, high in ends.values())
    found = []
    while left > 0:
        # A compacted topic has gaps: what counts is how far it was read.
        for message in consumer.consume(10_000, timeout=1):
            assert message.error() is None, message.error()
            found.append((message.partition(), message.key(), message.value() or b""))
        positions = consumer.position([TopicPartition(topic, n) for n in partitions])
        left = sum(
            max(0, ends[each.partition][1] - max(each.offset, ends[each.partition][0])) for each in positions
        )
    consumer.close()
    return found


def heartbeats(pipeline: Pipeline) -> list[tuple[int, Heartbeat]]:
    """Every heartbeat in the log that can be read, with its partition, in order."""
    found: list[tuple[int, Heartbeat]] = []
    for partition, _, value in records(pipeline, Topics.named().heartbeats.name):
        try:
            found.append((partition, decode_heartbeat(value)))
        except WireError:
            continue  # poison; that it was dead-lettered is another test's business
    return found


def dead_lettered(pipeline: Pipeline) -> set[str]:
    """The ids of the heartbeats that can be read and were refused all the same."""
    found = set()
    for _, _, value in records(pipeline, Topics.named().dead_letters.name):
        try:
            found.add(decode_heartbeat(value).heartbeat_id)
        except WireError:
            continue  # poison
    return found


def folded(accepted: Iterable[tuple[int, Heartbeat]]) -> dict[Item, Progress]:
    """The model: what the kernel makes of the log."""
    people: dict[Item, Progress] = defaultdict(lambda: NOTHING)
    for _, heartbeat in accepted:
        item = (heartbeat.tenant_id, heartbeat.user_id, heartbeat.content_id)
        people[item] = apply(people[item], heartbeat, POLICY)
    return dict(people)


def durable(pipeline: Pipeline) -> dict[Item, dict[str, Any]]:
    """Every row of `user_progress`, by item."""
    with psycopg.connect(
        pipeline.settings.postgres_admin_dsn, row_factory=psycopg.rows.dict_row
    ) as connection:
        rows = connection.execute(_ROWS).fetchall()
    return {(str(row["tenant_id"]), str(row["user_id"]), str(row["content_id"])): row for row in rows}


def hot(pipeline: Pipeline) -> dict[Item, str]:
    """Every encoded `Progress` in Redis, by item."""
    found: dict[Item, str] = {}
    with Redis.from_url(pipeline.settings.redis_url, decode_responses=True) as redis:
        for key in redis.scan_iter(KEYS.progress_hashes):
            tenant, user = KEYS.person_of_hash(key).split(":")
            found |= {
                (tenant, user, content): value
                for content, value in redis.hgetall(key).items()
                if content not in {FENCE, ERASED} and not is_older_name(content)
            }
    return found


def _check_row(item: Item, row: dict[str, Any]) -> None:
    """I2 for the columns: they are what the state amounts to."""
    summary = summarize(decode_progress(row["state"].encode()), POLICY)
    spans = "{" + ",".join(f"[{start},{end})" for start, end in summary.watched.spans) + "}"
    shown = (
        row["progress_percentage"],
        row["status"],
        row["completion_count"],
        row["total_sessions"],
        row["spans"],
    )
    assert shown == (
        summary.percentage,
        summary.status,
        summary.completion_count,
        summary.total_sessions,
        spans,
    ), item
    completed_ms = None if row["completed_at"] is None else round(row["completed_at"].timestamp() * 1000)
    assert completed_ms == summary.completed_at, item


def _out_of_step(pipeline: Pipeline, rows: dict[Item, dict[str, Any]]) -> set[Item]:
    """I5: items that Redis has otherwise than Postgres.

    Once Redis has lost everything, people come back as they appear: each one whole, and the others not yet.
    """
    in_redis = hot(pipeline)
    people = {item[:2] for item in in_redis}
    states = {
        item: row["state"]
        for item, row in rows.items()
        if not pipeline.redis_was_emptied or item[:2] in people
    }
    return {item for item in states.keys() | in_redis.keys() if states.get(item) != in_redis.get(item)}


def _check_summaries(pipeline: Pipeline, rows: dict[Item, dict[str, Any]]) -> None:
    """I3: the counters kept along the way are those of the rows."""
    counted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (tenant, user, _), row in rows.items():
        total = counted[tenant, user]
        total[0] += 1
        total[1] += row["status"] == "completed"
        total[2] += row["content_ms"]
    with psycopg.connect(pipeline.settings.postgres_admin_dsn) as connection:
        kept = connection.execute(
            "select tenant_id::text, user_id::text, total_items, completed_items, content_ms"
            " from progress.user_summary"
        ).fetchall()
    assert {(tenant, user): list(counts) for tenant, user, *counts in kept} == dict(counted), "I3"


def _check_completion_is_sticky(pipeline: Pipeline, rows: dict[Item, dict[str, Any]]) -> None:
    """I4: whatever was ever shown as completed stays so; the audience reopens nothing."""
    for _, _, value in records(pipeline, Topics.named().states.name):
        state = decode_state(value) if value else None
        if isinstance(state, State) and state.summary.status == "completed":
            item = (state.tenant_id, state.user_id, state.content_id)
            assert rows[item]["status"] == "completed", f"I4: {item}"
