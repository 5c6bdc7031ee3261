"""Asks the broker once a second whether heartbeats may be published, and can be."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from confluent_kafka import KafkaException

from playhead.causes import cause_of
from playhead.kafka.errors import BrokerUnavailableError, RepartitioningError
from playhead.kafka.repartition_mark import LOOK_HOLDS_SECONDS

BROKER_EVERY_SECONDS = 1.0
BROKER_ANSWER_SECONDS = 2.0
"""For a broker to describe the topic, which takes even a busy one milliseconds."""
REPARTITION = "a repartition is under way: saves are answered 503 until it is over"

_log = logging.getLogger(__name__)


class TopicCheck(Protocol):
    """The part of a publisher that `BrokerWatch` uses."""

    failing: bool

    async def unavailable_reason(self, topic: str, timeout_seconds: float) -> str | None:
        """See `Publisher.unavailable_reason`."""


class MarkCheck(Protocol):
    """The part of `RepartitionMark` that `BrokerWatch` uses."""

    def exists(self) -> bool:
        """See `RepartitionMark.exists`."""


class BrokerWatch:
    """For readiness, to fail fast, and to publish nothing during a repartition.

    After a repartition the producer must know the new number of partitions before it publishes again: a
    heartbeat in the former partition of a person would not keep the person's order. Describing the topic by
    that same producer has it learn the number at once.
    """

    def __init__(
        self,
        publisher: TopicCheck,
        topic: str,
        mark: MarkCheck,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._publisher = publisher
        self._topic = topic
        self._mark = mark
        self._clock = clock
        self._open_until = float("-inf")
        self.unavailable_reason: str | None = "the broker was not asked yet"
        """Why the topic cannot be written, for a person to read; None if it can."""
        self.repartition: str | None = None
        """That a repartition is under way, for a person to read; None if none is known."""

    @property
    def is_away(self) -> bool:
        """Whether to refuse at once, so that players need not wait for the whole ack timeout.

        True only if acks fail *and* the broker does not answer: either alone may be a slow moment.
        """
        return self.unavailable_reason is not None and self._publisher.failing

    def require_open(self) -> None:
        """Check that heartbeats may be published now.

        Raises:
            RepartitioningError: a repartition is under way.
            BrokerUnavailableError: no broker has said for a while whether one is.
        """
        if self._clock() < self._open_until:
            return
        if self.repartition is not None:
            raise RepartitioningError
        raise BrokerUnavailableError("no broker says whether a repartition is under way")

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(BROKER_EVERY_SECONDS)

    async def look(self) -> None:
        """Ask once."""
        began = self._clock()
        try:
            is_marked = await asyncio.to_thread(self._mark.exists)
        except KafkaException as error:
            _log.debug("kafka: %s; whether a repartition is under way is not known", cause_of(error))
            is_marked = None
        if is_marked:
            self._close()
        reason = await self._publisher.unavailable_reason(self._topic, BROKER_ANSWER_SECONDS)
        if reason != self.unavailable_reason:
            level = logging.WARNING if reason else logging.INFO
            _log.log(level, "kafka: %s", reason or f"topic {self._topic} can be written")
        self.unavailable_reason = reason
        # Where the number of partitions may have changed, the topic was described: the producer knows it.
        if is_marked is False and (self.repartition is None or reason is None):
            self._open(began + LOOK_HOLDS_SECONDS)

    def _close(self) -> None:
        if self.repartition is None:
            _log.warning("kafka: %s", REPARTITION)
        self.repartition, self._open_until = REPARTITION, float("-inf")

    def _open(self, until: float) -> None:
        if self.repartition is not None:
            _log.warning("kafka: the repartition is over")
        self.repartition, self._open_until = None, until
