"""The metrics of ingest."""

from __future__ import annotations

from typing import Literal, get_args

from prometheus_client import Counter, Gauge, Histogram

RefusalReason = Literal[
    "malformed",
    "invalid",
    "unidentified",
    "keys_unavailable",
    "too_large",
    "too_slow",
    "media_type",
    "rate",
    "quota",
    "in_flight",
    "broker",
    "repartition",
    "forbidden",
    "directory",
    "failure",
]
"""Why a heartbeat was not accepted. `in_flight`, `broker`, `repartition`, `directory`,
`keys_unavailable` and `failure` (a fault of the service) are our fault."""

ACCEPTED = Counter("playhead_ingest_accepted_total", "Heartbeats acknowledged by the broker")
REJECTED = Counter(
    "playhead_ingest_rejected_total", "Requests, or heartbeats of a batch, refused", labelnames=("reason",)
)
STATEMENTS = Counter(
    "playhead_ingest_statements_total",
    "xAPI statements accepted, by what they are about",
    labelnames=("about",),
)
"""`playing` becomes heartbeats; `other` is accepted, and nothing is kept of it."""
SAVE_SECONDS = Histogram(
    "playhead_ingest_save_seconds",
    "From a request's arrival to the broker's ack",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
IN_FLIGHT = Gauge(
    "playhead_ingest_in_flight", "Heartbeats awaiting the broker's ack", multiprocess_mode="livesum"
)

for _each in get_args(RefusalReason):
    REJECTED.labels(_each)  # shown from the start, so that a first refusal is an increase


for _about in ("playing", "other"):
    STATEMENTS.labels(_about)


def reject(reason: RefusalReason, count: int = 1) -> None:
    """Count refused requests or heartbeats."""
    REJECTED.labels(reason).inc(count)
