"""What the processor counts and measures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import Counter, Gauge, Histogram

HEARTBEATS = Counter("playhead_processor_heartbeats_total", "Heartbeats by what became of them", ["verdict"])
APPLIED, DUPLICATES, DEAD = (HEARTBEATS.labels(verdict) for verdict in ("applied", "duplicate", "dead"))
ERASED = Counter(
    "playhead_processor_erased_total", "Heartbeats of people who were erased, among the duplicates"
)
REFUSED_HEARTBEATS = Counter(
    "playhead_processor_refused_heartbeats_total",
    "Heartbeats refused as a whole, among the dead, by reason",
    ["reason"],
)
CATALOGUE_AGE = Gauge(
    "playhead_processor_catalogue_age_seconds", "Since the catalogue was last seen; -1 where it never was"
)
CATALOGUE_ITEMS = Gauge(
    "playhead_processor_catalogue_items", "Items that the catalogue has, as far as it was read"
)
STATES = Counter("playhead_processor_states_total", "States acknowledged by the broker")
LAG = Gauge("playhead_processor_lag_records", "Heartbeats in the log that are not through the stage")
PARTITIONS = Gauge("playhead_processor_partitions", "Partitions that this worker holds")
BATCH_SIZE = Histogram(
    "playhead_processor_run_records",
    "Records taken through the stage at once",
    buckets=(1, 10, 30, 100, 300, 1_000, 3_000, 5_000, 10_000),
)
STEP_SECONDS = Histogram(
    "playhead_processor_step_seconds",
    "Time a run spends in each step of the stage",
    ["step"],
    buckets=(0.0005, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
REBALANCES = Counter("playhead_processor_rebalances_total", "Assignments of partitions to this worker")
RELOCATIONS = Counter(
    "playhead_processor_relocations_total",
    "Runs refused by the hot store, after which the partition began anew",
)
RETRIES = Counter("playhead_processor_retries_total", "Attempts that met another process away", ["step"])
READ_THROUGH = Counter(
    "playhead_processor_read_through_people_total", "People whom Redis did not have, looked up in Postgres"
)
REFUSED = Counter(
    "playhead_processor_refused_total", "Records that Kafka will never take, told of in the dead letters"
)
SKIPPED = Counter(
    "playhead_processor_skipped_offsets_total", "Offsets that held no record any more when they were read"
)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Measure one step of the stage."""
    began = perf_counter()
    try:
        yield
    finally:
        STEP_SECONDS.labels(name).observe(perf_counter() - began)
