"""The design's goals, and whether results meet them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

TIMES = "\N{MULTIPLICATION SIGN}"

Results = Mapping[str, Mapping[str, Any]]
"""Benchmark -> its result."""


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "≤": operator.le,
    "≥": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and its bound."""

    what: str
    benchmark: str
    path: tuple[str, ...]
    """Of the figure, within the benchmark's result."""
    relation: Literal["<", "≤", "≥"]
    bound: float
    unit: str = ""

    def measured(self, results: Results) -> float | None:
        """The figure; None where it was not measured."""
        found: Any = results.get(self.benchmark)
        for step in self.path:
            if not isinstance(found, Mapping):
                return None
            found = found.get(step)
        return found if isinstance(found, int | float) else None

    def is_met(self, measured: float) -> bool:
        """Whether the figure keeps to the bound."""
        return _COMPARISONS[self.relation](measured, self.bound)


GOALS = (
    Goal("the largest item there can be, apply and summarize", "kernel", ("slowest_item_ms",), "≤", 5, "ms"),
    Goal("a new session among 2,000", "kernel", ("slowest_of_2000_sessions_ms",), "≤", 5, "ms"),
    Goal("save at 3,000 heartbeats/s, ingest alone, p50", "ingest", ("p50_ms",), "<", 15, "ms"),
    Goal("save at 3,000 heartbeats/s, ingest alone, p99", "ingest", ("p99_ms",), "<", 100, "ms"),
    Goal(
        "save at 3,000 heartbeats/s, whole pipeline running, p50",
        "end_to_end",
        ("saving", "3,000/s", "p50_ms"),
        "<",
        10,
        "ms",
    ),
    Goal(
        "save at 3,000 heartbeats/s, whole pipeline running, p99",
        "end_to_end",
        ("saving", "3,000/s", "p99_ms"),
        "<",
        40,
        "ms",
    ),
    Goal(
        "acked saves against the same server answering nothing",
        "ingest",
        ("acked_to_silent",),
        "≥",
        0.85,
        TIMES,
    ),
    Goal("acked saves against upserts into PostgreSQL", "ingest", ("acked_to_upsert",), "≥", 4, TIMES),
    Goal(
        "ingest, processor time of a heartbeat saved alone",
        "end_to_end",
        ("cpu_us_per_heartbeat", "single", "ingest"),
        "≤",
        110,
        "µs",
    ),
    Goal(
        "the same in a batch of 10",
        "end_to_end",
        ("cpu_us_per_heartbeat", "batches of 10", "ingest"),
        "≤",
        15,
        "µs",
    ),
    Goal(
        "end to end, sustained, against upserts straight into PostgreSQL, single",
        "end_to_end",
        ("ratio_to_upsert", "single", "median"),
        "≥",
        3,
        TIMES,
    ),
    Goal(
        "the same, in batches of 10",
        "end_to_end",
        ("ratio_to_upsert", "batches of 10", "median"),
        "≥",
        3.5,
        TIMES,
    ),
    Goal(
        "processor, whole stage, one core",
        "processor",
        ("heartbeats_per_core_second", "playhead", "median"),
        "≥",
        36_000,
        "heartbeats/s",
    ),
    Goal(
        "processor against a stock per-event Faust agent",
        "processor",
        ("ratio_of_rates", "faust", "median"),
        "≥",
        20,
        TIMES,
    ),
    Goal(
        "processor against quixstreams",
        "processor",
        ("ratio_of_rates", "quixstreams", "median"),
        "≥",
        9,
        TIMES,
    ),
    Goal("sink into 1,000,000 rows", "sink", ("states_per_second",), "≥", 25_000, "states/s"),
    Goal("heartbeat to Redis, p99", "end_to_end", ("seen_after", "in Redis", "p99_ms"), "<", 500, "ms"),
    Goal(
        "heartbeat to PostgreSQL, p99",
        "end_to_end",
        ("seen_after", "in PostgreSQL", "p99_ms"),
        "<",
        3_000,
        "ms",
    ),
    Goal(
        "the slowest report of 1,000,000 rows, p99",
        "reports",
        ("slowest_report", "alone", "p99_ms"),
        "<",
        200,
        "ms",
    ),
    Goal(
        "the same among 9,000,000 others",
        "reports",
        ("slowest_report", "among_others", "p99_ms"),
        "<",
        200,
        "ms",
    ),
    Goal(
        "processor time of a heartbeat at a trickle of 300/s, against saturation",
        "trickle",
        ("trickle_to_saturated",),
        "≤",
        2,
        TIMES,
    ),
    Goal("resume lookup, p99", "query", ("from_redis", "resume", "p99_ms"), "<", 5, "ms"),
    Goal(
        "a person's full progress (300 items), p99",
        "query",
        ("from_redis", "full_list", "p99_ms"),
        "<",
        50,
        "ms",
    ),
    Goal(
        "1,000 live streams on one process, memory",
        "live",
        ("memory_MiB", "after the load"),
        "<",
        300,
        "MiB",
    ),
    Goal("change to live streams, p99", "live", ("seen_after", "all read", "p99_ms"), "<", 1_000, "ms"),
    Goal(
        "processor time of a heartbeat, everything, with two processors against one",
        "scaling",
        ("ratio_to_one", "two processors, everything", "median"),
        "≤",
        1.18,
        TIMES,
    ),
    Goal(
        "the same with two sinks",
        "scaling",
        ("ratio_to_one", "two sinks, everything", "median"),
        "≤",
        1.18,
        TIMES,
    ),
)
