"""The watchdog: measures the lag, and finds a partition that has records and does not move. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from playhead.wire.offsets import lag
from stream_processors.errors import StalledError


@dataclass(frozen=True, slots=True)
class WorkerSnapshot:
    """What can be seen of this process at one moment, by assigned partition."""

    published: Mapping[int, int]
    """Published offsets; negative while a partition is being located."""
    ends: Mapping[int, int] | None
    """Log ends; None if the broker does not answer."""
    excused: frozenset[int] = frozenset()
    """Partitions that wait for a store that answers no other client either: an outage is no stall.

    A failing step alone is no excuse: against a store that answers others it may fail for ever.
    """
    failing: Mapping[int, str] = field(default_factory=dict)
    """The failing step of those that are held, for a person to read."""

    @property
    def lag(self) -> int | None:
        """Heartbeats in the log that are not published; None if not known."""
        ends = self.ends
        if ends is None or any(offset < 0 for offset in self.published.values()):
            return None
        return sum(lag(ends.get(partition, 0), offset) for partition, offset in self.published.items())

    def has_no_work(self, partition: int) -> bool:
        """Whether the partition is known to have nothing left to publish."""
        return self.ends is not None and 0 <= self.ends.get(partition, 0) <= self.published[partition]


@dataclass(slots=True)
class Watchdog:
    """Checks one snapshot after another; the caller passes the time."""

    stall_seconds: float
    _since: dict[int, tuple[int, float]] = field(default_factory=dict, init=False)
    """The published offset of each partition, and since when it is that or is excused."""

    def check(self, snapshot: WorkerSnapshot, now: float) -> None:
        """Compare the snapshot with those before.

        Raises:
            StalledError: a partition has had work for `stall_seconds`, and did not move.
        """
        self._since = {
            partition: before
            if (before := self._since.get(partition)) is not None and _stands(snapshot, partition, before[0])
            else (published, now)
            for partition, published in snapshot.published.items()
        }
        for partition, (published, since) in self._since.items():
            if now - since > self.stall_seconds:
                raise StalledError(
                    f"partition {partition} has not moved from offset {published} for "
                    f"{self.stall_seconds:.0f} s, {_remaining(snapshot, partition)}: "
                    f"{snapshot.failing.get(partition, 'it waits for nothing')}"
                )


def _stands(snapshot: WorkerSnapshot, partition: int, before: int) -> bool:
    """Whether the partition should have moved since `before`, and did not."""
    has_moved = snapshot.published[partition] != before
    return not (has_moved or partition in snapshot.excused or snapshot.has_no_work(partition))


def _remaining(snapshot: WorkerSnapshot, partition: int) -> str:
    published = snapshot.published[partition]
    if snapshot.ends is None or published < 0:
        return "with an unknown number of heartbeats before it"
    return f"with {snapshot.ends.get(partition, 0) - published} heartbeats before it"
