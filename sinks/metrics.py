"""The sink's metrics."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from playhead.metrics.partitions import PartitionGauges

STATES = Counter("playhead_sink_states", "Records of the states topic that were stored.")
DEAD = Counter("playhead_sink_dead", "Records that went to the dead-letter topic.", ["reason"])
ERASED = Counter(
    "playhead_sink_erased",
    "States of erased people and organisations, dropped and answered with a tombstone.",
)
REDERIVED = Counter("playhead_sink_rederived", "Rows derived again, since the catalogue changed.")
REFRESHED = Counter(
    "playhead_sink_people_refreshed", "People whose requirements and counters were computed again."
)
AUDIT_AT = Gauge(
    "playhead_sink_audit_timestamp_seconds",
    "When `playhead audit` last ended, of this sink's database; 0 if it never did.",
)
AUDIT_FINDINGS = Gauge("playhead_sink_audit_findings", "What `playhead audit` found then.")
APART = Gauge(
    "playhead_sink_people_apart",
    "People whose records are stored by themselves, since one was refused lately.",
)
HELD = Gauge("playhead_sink_held", "1 while nothing is stored, since the records of many people are refused.")
LAG = Gauge("playhead_sink_lag_records", "Records in the assigned partitions that are not stored yet.")
PLACES = PartitionGauges("playhead_sink")
BATCH_RECORDS = Histogram(
    "playhead_sink_batch_records",
    "Records stored in one transaction.",
    buckets=(1, 10, 100, 500, 1_000, 2_500, 5_000, 7_500, 10_000, 20_000),
)
BATCH_SECONDS = Histogram(
    "playhead_sink_batch_seconds",
    "Time that a transaction took.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STEPS = Histogram(
    "playhead_sink_step_seconds",
    "Time that a part of a batch took.",
    ["step"],
    buckets=(0.0001, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
RETRIES = Counter(
    "playhead_sink_retries", "Batches begun again, because of an outage or another sink.", ["reason"]
)
