"""The processor's metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import Counter, Gauge, Histogram

from playhead.metrics.partitions import PartitionGauges
from playhead.wire.ledger import Ledger
from stream_processors.apply.decision import Decision

HEARTBEATS = Counter("playhead_processor_heartbeats_total", "Heartbeats by what became of them", ["verdict"])
ERASED = Counter(
    "playhead_processor_erased_total",
    "Heartbeats of people and organisations that were erased, among the duplicates",
)
REFUSED_HEARTBEATS = Counter(
    "playhead_processor_refused_heartbeats_total",
    "Heartbeats refused as a whole, among the dead, by reason",
    ["reason"],
)
CATALOGUE_AGE = Gauge(
    "playhead_processor_catalogue_age_seconds", "Since the catalogue was last read; -1 if it never was"
)
CATALOGUE_ITEMS = Gauge(
    "playhead_processor_catalogue_items", "Items that the catalogue has, as far as it was read"
)
STATES = Counter("playhead_processor_states_total", "States acknowledged by the broker")
LAG = Gauge("playhead_processor_lag_records", "Heartbeats in the log that are not published yet")
PLACES = PartitionGauges("playhead_processor")
PARTITIONS = Gauge("playhead_processor_partitions", "Partitions assigned to this process")
BATCH_SIZE = Histogram(
    "playhead_processor_run_records",
    "Records processed at once",
    buckets=(1, 10, 30, 100, 300, 1_000, 3_000, 5_000, 10_000),
)
STEP_SECONDS = Histogram(
    "playhead_processor_step_seconds",
    "Time that a batch spends in each step",
    ["step"],
    buckets=(0.0005, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
REBALANCES = Counter("playhead_processor_rebalances_total", "Assignments of partitions to this process")
RELOCATIONS = Counter(
    "playhead_processor_relocations_total",
    "Partitions located again because Redis had another applied offset than expected",
)
RETRIES = Counter(
    "playhead_processor_retries_total", "Attempts that failed because a store was unavailable", ["step"]
)
READ_THROUGH = Counter(
    "playhead_processor_read_through_people_total", "People whom Redis did not have, looked up in Postgres"
)
READ_OLDER = Counter(
    "playhead_processor_read_older_items_total", "Items of which a batch read the older sessions as well"
)
REFUSED = Counter(
    "playhead_processor_refused_total",
    "Records that Kafka will never take, published as dead letters without their value",
)
SKIPPED = Counter(
    "playhead_processor_skipped_offsets_total", "Offsets that held no record any more when they were read"
)
REDIS_MEMORY = Gauge("playhead_processor_redis_memory_bytes", "Memory that Redis uses, as it says itself")
REDIS_MAX_MEMORY = Gauge(
    "playhead_processor_redis_max_memory_bytes", "Memory that Redis may use; 0 if it has no limit"
)
REDIS_EVICTED = Gauge(
    "playhead_processor_redis_evicted_keys",
    "Keys that Redis has evicted since it started; it must evict none",
)
PENDING = Gauge(
    "playhead_processor_producer_pending_records", "States and dead letters that await the broker's ack"
)

_APPLIED, _DUPLICATES, _DEAD = (HEARTBEATS.labels(each) for each in ("applied", "duplicate", "dead"))


@contextmanager
def step(name: str) -> Iterator[None]:
    """Measure one step of a batch."""
    began = perf_counter()
    try:
        yield
    finally:
        STEP_SECONDS.labels(name).observe(perf_counter() - began)


def count_decision(before: Ledger, decision: Decision) -> None:
    """Count what a batch added to the ledger as it was before."""
    after = decision.ledger
    _APPLIED.inc(after.applied - before.applied)
    _DUPLICATES.inc(after.duplicates - before.duplicates)
    _DEAD.inc(after.dead_lettered - before.dead_lettered)
    ERASED.inc(decision.erased)
    for each in decision.refused:
        if each.record.offset >= before.next_offset:
            REFUSED_HEARTBEATS.labels(each.refusal.reason).inc()
    SKIPPED.inc(after.first_offset - before.first_offset)
    STATES.inc(len(decision.states))
