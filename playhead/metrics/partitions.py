"""The progress of each partition assigned to a process, as metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import Gauge

from playhead.metrics.lag import LagAge
from playhead.wire.offsets import lag


@dataclass(frozen=True, slots=True)
class PartitionPlace:
    """How far a partition is."""

    position: int
    """Up to it, all is done; negative if that is not known yet."""
    end: int | None
    """The log's end; None if it is not known now."""
    written_at: float | None = None
    """When the last record before the position was written, in seconds since 1970; None if not known."""


@dataclass(slots=True)
class _Partition:
    age: LagAge
    position: int
    end: int
    moved_at: float


class PartitionGauges:
    """Lag in records and seconds, and the time of the last progress, of each assigned partition.

    A partition that is revoked is no longer shown: the process that has it now shows it.
    """

    def __init__(self, prefix: str) -> None:
        """`prefix` is what the names of the metrics begin with, `playhead_sink`."""
        self._records = Gauge(
            f"{prefix}_partition_lag_records", "Records of the partition that wait.", ["partition"]
        )
        self._seconds = Gauge(
            f"{prefix}_partition_lag_seconds",
            "How long the oldest record of the partition that waits has waited; 0 if none does.",
            ["partition"],
        )
        self._progress = Gauge(
            f"{prefix}_partition_progress_timestamp_seconds",
            "When the partition last moved, or had nothing to do.",
            ["partition"],
        )
        self._longest = Gauge(
            f"{prefix}_lag_seconds", "The longest that a record has waited, of all assigned partitions."
        )
        self._last = Gauge(
            f"{prefix}_progress_timestamp_seconds",
            "When any of the assigned partitions last moved, or had nothing to do.",
        )
        self._partitions: dict[int, _Partition] = {}

    def show(self, places: Mapping[int, PartitionPlace], now: float) -> None:
        """Show the partitions as they are now, in seconds since 1970; to be called every second."""
        for gone in self._partitions.keys() - places.keys():
            del self._partitions[gone]
            for gauge in (self._records, self._seconds, self._progress):
                gauge.remove(str(gone))
        longest = 0.0
        for number, place in places.items():
            longest = max(longest, self._show(number, place, now))
        self._longest.set(longest)
        if self._partitions:
            self._last.set(max(each.moved_at for each in self._partitions.values()))

    def _show(self, number: int, place: PartitionPlace, now: float) -> float:
        held = self._partitions.setdefault(number, _Partition(LagAge(), place.position, 0, now))
        if place.end is not None:
            held.end = place.end
        if place.written_at is not None:
            held.age.processed(place.written_at)
        waiting = lag(held.end, max(place.position, 0))
        if place.position != held.position or (place.position >= 0 and not waiting):
            held.position, held.moved_at = place.position, now
        seconds = held.age.age(max(place.position, 0), held.end, now)
        label = str(number)
        self._records.labels(label).set(waiting)
        self._seconds.labels(label).set(seconds)
        self._progress.labels(label).set(held.moved_at)
        return seconds
