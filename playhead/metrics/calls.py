"""How long stores take to answer, and how often they do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Literal

from prometheus_client import Counter, Histogram

MeasuredStore = Literal["postgres", "redis"]

SECONDS = Histogram(
    "playhead_store_call_seconds",
    "Time of a call or transaction of a store, connecting included; only of those that succeeded.",
    ["store"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FAILED = Counter(
    "playhead_store_calls_failed_total",
    "Calls and transactions of a store that failed or were given up.",
    ["store"],
)


@contextmanager
def measured(store: MeasuredStore, *failures: type[Exception]) -> Iterator[None]:
    """Measure one call or transaction.

    `failures` are the errors of the store, every error if none are given; what ends otherwise, as by being
    cancelled, counts as neither.
    """
    began = perf_counter()
    try:
        yield
    except Exception as error:
        if not failures or isinstance(error, failures):
            FAILED.labels(store).inc()
        raise
    SECONDS.labels(store).observe(perf_counter() - began)


def expect(*stores: MeasuredStore) -> None:
    """Show these stores from the start, so that a first failure is an increase."""
    for each in stores:
        SECONDS.labels(each)
        FAILED.labels(each)
