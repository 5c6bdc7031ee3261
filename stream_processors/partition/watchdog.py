"""The watchdog: measures the lag, and ends a worker of which a partition has work and does not move. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stream_processors.errors import StalledError


@dataclass(frozen=True, slots=True)
class WorkerSnapshot:
    """What is to be seen of a worker at one moment, by partition held."""

    told: Mapping[int, int]
    """How far each is through the stage; -1 while it looks for its place."""
    ends: Mapping[int, int] | None
    """Where the log ends; None: the broker does not say."""
    excused: frozenset[int] = frozenset()
    """Those that wait for a store which answers nobody else either: an outage is no stall.

    Retries alone excuse nothing: against a store that answers others they may go on for ever.
    """
    waiting: Mapping[int, str] = field(default_factory=dict)
    """What those that wait are waiting for, for a person to read."""

    @property
    def lag(self) -> int | None:
        """Heartbeats in the log that are not through the stage; None: not known."""
        if self.ends is None or any(offset < 0 for offset in self.told.values()):
            return None
        return sum(max(0, self.ends.get(partition, 0) - offset) for partition, offset in self.told.items())

    def is_through(self, partition: int) -> bool:
        """Whether the partition is known to have no work."""
        told = self.told[partition]
        return self.ends is not None and 0 <= self.ends.get(partition, 0) <= told


@dataclass(slots=True)
class Watchdog:
    """Judges one sign after another; the clock is the caller's."""

    stall_seconds: float
    _moved: dict[int, tuple[int, float]] = field(default_factory=dict, init=False)
    """How far each partition was, and since when."""

    def look(self, sign: WorkerSnapshot, now: float) -> None:
        """Take the sign into account.

        Raises:
            StalledError: a partition has had work for so long, and did not move.
        """
        self._moved = {
            partition: before
            if (before := self._moved.get(partition)) is not None and self._stands(sign, partition, before)
            else (told, now)
            for partition, told in sign.told.items()
        }
        for partition, (told, since) in self._moved.items():
            if now - since > self.stall_seconds:
                raise StalledError(
                    f"partition {partition} has not moved from offset {told} for {self.stall_seconds:.0f} s, "
                    f"{_behind(sign, partition)}: {sign.waiting.get(partition, 'it waits for nothing')}"
                )

    @staticmethod
    def _stands(sign: WorkerSnapshot, partition: int, before: tuple[int, float]) -> bool:
        moved = sign.told[partition] != before[0]
        return not (moved or partition in sign.excused or sign.is_through(partition))


def _behind(sign: WorkerSnapshot, partition: int) -> str:
    if sign.ends is None or sign.told[partition] < 0:
        return "with an unknown number of heartbeats before it"
    return f"with {sign.ends.get(partition, 0) - sign.told[partition]} heartbeats before it"
