"""Watching the broker: readiness, and failing fast while it is away."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

EVERY_SECONDS = 1.0
ANSWER_SECONDS = 2.0
"""For a broker to tell of the topic; a busy one takes milliseconds."""

_log = logging.getLogger(__name__)


class Watched(Protocol):
    """What is asked of a publisher."""

    failing: bool

    async def trouble(self, topic: str, timeout_seconds: float) -> str | None:
        """See `Publisher.trouble`."""


class BrokerWatch:
    """Asks the broker once a second whether the topic can be written."""

    def __init__(self, publisher: Watched, topic: str) -> None:
        self._publisher = publisher
        self._topic = topic
        self.trouble: str | None = "the broker was not asked yet"
        """Why the topic cannot be written, for a person to read."""

    @property
    def is_away(self) -> bool:
        """Whether to refuse at once, rather than let every player wait for the whole timeout.

        Only when acks fail *and* the broker does not answer: either alone may be a slow moment.
        """
        return self.trouble is not None and self._publisher.failing

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            trouble = await self._publisher.trouble(self._topic, ANSWER_SECONDS)
            if trouble != self.trouble:
                level = logging.WARNING if trouble else logging.INFO
                _log.log(level, "kafka: %s", trouble or f"topic {self._topic} can be written")
            self.trouble = trouble
            await asyncio.sleep(EVERY_SECONDS)
