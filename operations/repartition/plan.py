"""What a repartition has to do, from what Kafka and Redis have. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class RepartitionError(Exception):
    """The repartition is refused, or cannot go on; the message names the way out."""


@dataclass(frozen=True, slots=True)
class RepartitionPlan:
    """The present numbers of partitions, and the one that is wanted."""

    counts: Mapping[str, int]
    """Of each topic, the heartbeats first."""
    hot: int | None
    """The number that the keys of Redis follow; None if Redis holds nothing."""
    is_marked: bool
    """Whether a run is under way, or was killed."""
    target: int

    @property
    def has_begun(self) -> bool:
        """Whether partitions were added, so that there is no way back."""
        return len({*self.counts.values(), *({self.hot} - {None})}) > 1

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return not self.is_marked and {*self.counts.values(), self.hot or self.target} == {self.target}


def check(plan: RepartitionPlan) -> None:
    """Check that the partitions may become so many.

    A person then stays, or moves to a higher partition: states of several partitions are ordered by that.

    Raises:
        RepartitionError: they may not.
    """
    most, present = max(plan.counts.values()), next(iter(plan.counts.values()))
    if plan.target < most:
        raise RepartitionError(
            f"the topics have up to {most} partitions, and Kafka takes none away: "
            f"give --partitions {most} or a multiple of it"
        )
    if plan.target % present or (plan.hot and plan.target % plan.hot):
        raise RepartitionError(
            f"the topic of heartbeats has {present} partitions: give a multiple, such as {present * 2}. "
            "Only then does each person stay, or move to a higher partition"
        )


def check_abort(plan: RepartitionPlan) -> None:
    """Check that nothing was changed yet.

    Raises:
        RepartitionError: partitions were added.
    """
    if plan.has_begun:
        most = max(plan.counts.values())
        raise RepartitionError(
            "partitions were added, and Kafka takes none away: "
            f"run `playhead repartition --partitions {most}`, which completes it"
        )
