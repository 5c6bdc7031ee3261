"""When a producer is to be replaced: its records time out although the broker answers others. Pure.

An outage that only one client sees is not an outage. The evidence is taken in this order, for one partition:
a record times out; another connection asks the broker about the partition, and is answered; a record that was
sent after that answer times out as well; the broker answers again, and answered every time in between. A
broker that does not answer others either is away, and waiting is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playhead.retry import Backoff

Partition = tuple[str, int]
"""Topic and number."""
Verdict = Literal["keep", "replace"]

REPLACE_AGAIN = Backoff(first_seconds=10.0, longest_seconds=300.0)
"""Between replacements that did not help. What a new producer does not mend, such as too few in-sync
replicas, is an outage after all, and each replacement delays every other partition by a second."""
FORGET_SECONDS = 60.0
"""A partition to which nothing is sent any more is not known to fail."""


@dataclass(slots=True)
class _Failing:
    since: float
    last_at: float
    answered_at: float | None = None
    """When the broker was first found to answer others, without a miss since."""
    is_ours_alone: bool = False
    """Whether a record that was sent after that timed out."""


@dataclass(slots=True)
class _Replaced:
    times: int
    at: float


class DeliveryHealth:
    """Weighs delivery reports against what another connection is answered. Times are in seconds."""

    def __init__(self) -> None:
        self._failing: dict[Partition, _Failing] = {}
        self._replaced: dict[Partition, _Replaced] = {}

    @property
    def failing(self) -> dict[Partition, float]:
        """Partitions whose records time out, and since when."""
        return {partition: each.since for partition, each in self._failing.items()}

    @property
    def stuck(self) -> dict[Partition, float]:
        """Of those, the ones for which the broker answers others."""
        return {
            partition: each.since
            for partition, each in self._failing.items()
            if each.answered_at is not None and each.is_ours_alone
        }

    @property
    def is_well(self) -> bool:
        """Whether no partition fails or was failing when the producer was last replaced."""
        return not self._failing and not self._replaced

    def acknowledged(self, partition: Partition) -> None:
        """Note that a record was acknowledged: the partition is well."""
        self._failing.pop(partition, None)
        self._replaced.pop(partition, None)

    def timed_out(self, partition: Partition, sent_at: float, now: float) -> None:
        """Note that a record, sent at the time given, was not acknowledged in time."""
        failing = self._failing.setdefault(partition, _Failing(now, now))
        failing.last_at = now
        if failing.answered_at is not None and sent_at >= failing.answered_at:
            failing.is_ours_alone = True

    def asked(self, partition: Partition, now: float, *, answered: bool) -> Verdict:
        """Take into account whether the broker answers another connection for a partition that fails."""
        failing = self._failing.get(partition)
        if failing is None:
            return "keep"
        if not answered:
            failing.answered_at, failing.is_ours_alone = None, False
            return "keep"
        if failing.answered_at is None:
            failing.answered_at = now
        if failing.is_ours_alone and now >= self._not_before(partition):
            return "replace"
        if now - failing.last_at > FORGET_SECONDS:
            del self._failing[partition]
        return "keep"

    def replaced(self, now: float) -> None:
        """Begin again with a new producer; what failed fails until a record of it is acknowledged."""
        for partition, failing in self._failing.items():
            if failing.is_ours_alone:
                before = self._replaced.get(partition)
                self._replaced[partition] = _Replaced(1 if before is None else before.times + 1, now)
            failing.answered_at, failing.is_ours_alone = None, False

    def _not_before(self, partition: Partition) -> float:
        replaced = self._replaced.get(partition)
        return float("-inf") if replaced is None else replaced.at + REPLACE_AGAIN.after(replaced.times)
