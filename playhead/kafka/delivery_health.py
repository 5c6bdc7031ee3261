"""Decides when to replace a producer: its records time out although the broker answers others. Pure.

An outage that only one client sees is not an outage. The evidence, in this order and for one partition: a
record times out; another connection asks the broker about the partition and gets an answer; a record sent
after that answer times out as well; the broker answers again, and has answered every time in between. A
broker that does not answer others either is unavailable, and waiting is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playhead.retry import Backoff

TopicPartition = tuple[str, int]
"""Topic and number."""
Verdict = Literal["keep", "replace"]

REPLACE_AGAIN = Backoff(first_seconds=10.0, longest_seconds=300.0)
"""Between replacements that did not help. A failure that a new producer does not resolve, such as too few
in-sync replicas, is an outage after all, and each replacement delays all other partitions by a second."""
FORGET_SECONDS = 60.0
"""A partition that receives no records any more is not known to fail."""


@dataclass(slots=True)
class _Failing:
    since: float
    last_at: float
    answered_at: float | None = None
    """When the broker first answered others, without a missing answer since."""
    is_ours_alone: bool = False
    """Whether a record sent after that timed out."""


@dataclass(slots=True)
class _Replaced:
    times: int
    at: float


class DeliveryHealth:
    """Judges delivery reports against the answers that another connection gets. Times are in seconds."""

    def __init__(self) -> None:
        self._failing: dict[TopicPartition, _Failing] = {}
        self._replaced: dict[TopicPartition, _Replaced] = {}

    @property
    def failing(self) -> dict[TopicPartition, float]:
        """Partitions whose records time out, and since when."""
        return {partition: each.since for partition, each in self._failing.items()}

    @property
    def stuck(self) -> dict[TopicPartition, float]:
        """The failing partitions for which the broker answers others, and since when they fail."""
        return {
            partition: each.since
            for partition, each in self._failing.items()
            if each.answered_at is not None and each.is_ours_alone
        }

    @property
    def is_well(self) -> bool:
        """Whether no partition fails, or failed when the producer was last replaced."""
        return not self._failing and not self._replaced

    def acknowledged(self, partition: TopicPartition) -> None:
        """Note that a record was acknowledged: the partition works."""
        self._failing.pop(partition, None)
        self._replaced.pop(partition, None)

    def timed_out(self, partition: TopicPartition, sent_at: float, now: float) -> None:
        """Note that a record sent at `sent_at` was not acknowledged in time."""
        failing = self._failing.setdefault(partition, _Failing(now, now))
        failing.last_at = now
        if failing.answered_at is not None and sent_at >= failing.answered_at:
            failing.is_ours_alone = True

    def asked(self, partition: TopicPartition, now: float, *, answered: bool) -> Verdict:
        """Judge a failing partition by whether the broker answered another connection about it."""
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
        """Note that the producer was replaced; a partition fails until one of its records is acknowledged."""
        for partition, failing in self._failing.items():
            if failing.is_ours_alone:
                before = self._replaced.get(partition)
                self._replaced[partition] = _Replaced(1 if before is None else before.times + 1, now)
            failing.answered_at, failing.is_ours_alone = None, False

    def _not_before(self, partition: TopicPartition) -> float:
        replaced = self._replaced.get(partition)
        return float("-inf") if replaced is None else replaced.at + REPLACE_AGAIN.after(replaced.times)
