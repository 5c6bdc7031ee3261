"""Gives the topics more partitions, step by step; each step may be repeated.

1. Wait until the pipeline is through with what was accepted by now: it is not begun where that fails.
2. Set the mark. Every publisher sees it within `LOOK_HOLDS_SECONDS`, or publishes nothing more by itself.
3. Wait until everything that was accepted is stored. Up to here nothing has changed: what fails, or is
   interrupted, takes the mark away.
4. Add the partitions: dead letters, states, heartbeats.
5. In Redis, have nothing published again, and move each person to the keys of their new partition.
   Processors hold every partition that they are assigned until then.
6. Take the mark away. Publishers learn the number of partitions before they publish.

A run that was killed is continued by the next one, from the mark and from what the topics and Redis have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic, sleep

import psycopg

from operations.draining import BETWEEN_READS_SECONDS, drain, stored_heartbeats
from operations.repartition.hot_store import hot_partitions, is_taken_over, rekey, settle_published
from operations.repartition.plan import RepartitionError, RepartitionPlan, check, check_abort
from operations.repartition.topics import RepartitionedTopics
from operations.stores import stored_offsets
from playhead.kafka.repartition_mark import LOOK_HOLDS_SECONDS
from playhead.settings import RepartitionSettings
from playhead.wire.topics import Topics

MARGIN_SECONDS = 1.0
"""Beyond the time that a look holds: for what was accepted just before, to be acknowledged."""


@dataclass(frozen=True, slots=True)
class Repartitioner:
    """Repartitions, over a connection of `retention.exclusive` to each database."""

    settings: RepartitionSettings
    databases: Sequence[psycopg.Connection]
    target: int
    wait_seconds: float
    """How long the services may take, to store what was accepted and to take over new partitions."""
    say: Callable[[str], object]
    """Called with what begins."""
    hold_seconds: float = LOOK_HOLDS_SECONDS + MARGIN_SECONDS

    def plan(self) -> RepartitionPlan:
        """What there is; changes nothing.

        Raises:
            RepartitionError: the partitions may not become so many.
            StoreUnavailableError: a store does not answer.
        """
        plan = self._read()
        check(plan)
        return plan

    def abort(self) -> bool:
        """Take the mark of a killed run away; whether there was one.

        Raises:
            RepartitionError: partitions were added already.
            StoreUnavailableError: a store does not answer.
        """
        plan = self._read()
        if plan.is_marked:
            check_abort(plan)
            self._topics().lift()
        return plan.is_marked

    def run(self) -> int:
        """Repartition, or continue; how many people of Redis were moved.

        Raises:
            RepartitionError: it cannot go on; the message says whether saves do.
            StoreUnavailableError: a store does not answer; run it again.
        """
        plan = self.plan()
        if plan.is_done:
            return 0
        topics = self._topics()
        if not plan.is_marked:
            self.say("waiting until what was accepted is stored")
            self._drain("nothing was changed")
            self.say("saves are refused from here on, with Retry-After; waiting until every ingest knows")
        if not (plan.is_marked and plan.has_begun):  # else the run before this one has waited for it
            self._stop_saves(topics, plan)
        self.say(f"adding partitions, up to {self.target}")
        topics.add(self.target)
        self.say("moving people to their keys in Redis")
        settle_published(self.settings, self._stored())
        moved = rekey(self.settings, self.target)
        self.say("saves go on")
        topics.lift()
        return moved

    def _stop_saves(self, topics: RepartitionedTopics, plan: RepartitionPlan) -> None:
        """Set the mark, and wait until everything is stored; if that fails, take it away."""
        try:
            topics.mark()
            sleep(self.hold_seconds)
            self.say("waiting until everything that was accepted is stored")
            self._drain("no partition was added, and saves go on")
        except BaseException:
            if not plan.has_begun:
                topics.lift()
            raise

    def await_takeover(self) -> bool:
        """Whether processors and sinks have taken over every partition, in time."""
        self.say("waiting until processors and sinks have taken over the new partitions")
        deadline = monotonic() + self.wait_seconds
        while not self._is_taken_over():
            if monotonic() > deadline:
                return False
            sleep(BETWEEN_READS_SECONDS)
        return True

    def _is_taken_over(self) -> bool:
        states, wanted = Topics.named(self.settings.kafka_prefix).states.name, set(range(self.target))
        is_read = all(stored_offsets(each, states).keys() >= wanted for each in self.databases)
        return is_read and is_taken_over(self.settings, self.target)

    def _stored(self) -> dict[int, int]:
        states = Topics.named(self.settings.kafka_prefix).states.name
        found = [stored_heartbeats(each, states) for each in self.databases]
        return {each: min(one.get(each, 0) for one in found) for each in found[0]}

    def _read(self) -> RepartitionPlan:
        topics = self._topics()
        return RepartitionPlan(
            topics.counts(), hot_partitions(self.settings), topics.is_marked(), self.target
        )

    def _topics(self) -> RepartitionedTopics:
        return RepartitionedTopics(self.settings)

    def _drain(self, consequence: str) -> None:
        """Wait until everything that the log has now is stored."""
        if behind := drain(self.databases, self.settings, self.wait_seconds):
            raise RepartitionError(
                f"{behind:,} heartbeats were not stored within {self.wait_seconds:.0f} s: {consequence}. "
                "See that processors and sinks run (`playhead status`), and run the command again"
            )
