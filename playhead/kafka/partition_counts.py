"""Checks while a service runs that the three topics have the same number of partitions.

A state goes to the partition of its heartbeat. If one topic has more partitions than another, acknowledged
heartbeats can be read and stored only once the others have as many.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from playhead.kafka.connection import admin_client, show_certificate
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics

CHECK_SECONDS = 5.0
ANSWER_SECONDS = 5.0
_CONFIRMED = 2
"""Consecutive checks that must find a difference: partitions are added topic by topic."""

_log = logging.getLogger(__name__)


def disagreement(partitions: Mapping[str, int]) -> str | None:
    """How the numbers of partitions of the topics differ; None if they are equal."""
    if len(set(partitions.values())) <= 1:
        return None
    counts = ", ".join(f"{name} has {count}" for name, count in partitions.items())
    return f"the topics differ in partitions: {counts}; give each as many as the largest"


def partitions_of(admin: AdminClient, settings: KafkaSettings) -> dict[str, int]:
    """The number of partitions of each of Playhead's topics that exists.

    Raises:
        KafkaException: no broker answers.
    """
    # All topics: a broker asked for one by its name might create it.
    found = admin.list_topics(timeout=ANSWER_SECONDS).topics
    names = [topic.name for topic in Topics.named(settings.kafka_prefix).all]
    return {name: len(found[name].partitions) for name in names if name in found}


class PartitionCountWatch:
    """Checks every few seconds, on a thread of its own, until it is closed."""

    def __init__(self, settings: KafkaSettings, *, check_seconds: float = CHECK_SECONDS) -> None:
        self.disagreement: str | None = None
        """How the topics differ, for readiness; as of the last answer of a broker."""
        self._settings = settings
        self._check_seconds = check_seconds
        self._closed = threading.Event()
        self._seen: list[str | None] = []
        self._thread = threading.Thread(target=self._run, name="topics", daemon=True)

    def start(self) -> None:
        """Start, and return at once."""
        self._thread.start()

    def close(self) -> None:
        """Stop, after the current check; does nothing before `start`.

        A thread that is still within a request when the interpreter ends can keep the process from exiting.
        """
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(ANSWER_SECONDS * 2)

    def take(self, found: str | None) -> None:
        """Note the result of one check."""
        self._seen = [*self._seen, found][-_CONFIRMED:]
        confirmed = found if all(self._seen) and len(self._seen) == _CONFIRMED else None
        if confirmed != self.disagreement:
            _log.log(
                logging.ERROR if confirmed else logging.INFO, "%s", confirmed or "the topics agree again"
            )
        self.disagreement = confirmed

    def _run(self) -> None:
        admin = admin_client(self._settings, "playhead-topics")
        while not self._closed.is_set():
            show_certificate(self._settings)
            try:
                self.take(disagreement(partitions_of(admin, self._settings)))
            except KafkaException as error:
                _log.debug("the topics cannot be checked: %s", error)  # an outage is reported elsewhere
            self._closed.wait(self._check_seconds)
