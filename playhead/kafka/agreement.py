"""Whether the three topics have as many partitions each, looked at while a service runs.

A state goes to the partition that its heartbeat came from. Where one topic has more partitions than another,
heartbeats that are acknowledged can be read and stored only once the others have as many.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics

METADATA_MS = 15_000
"""How old a client's knowledge of a topic may be. The clients' default is five minutes, for which heartbeats
in new partitions would wait."""
LOOK_SECONDS = 5.0
ANSWER_SECONDS = 5.0
_CONFIRMED = 2
"""Looks that must agree: who adds partitions does so topic by topic."""

_log = logging.getLogger(__name__)


def disagreement(partitions: Mapping[str, int]) -> str | None:
    """What is wrong with the topics' numbers of partitions, by name; None where they are equal."""
    if len(set(partitions.values())) <= 1:
        return None
    told = ", ".join(f"{name} has {count}" for name, count in partitions.items())
    return f"the topics differ in partitions: {told}; give each as many as the largest"


def partitions_of(admin: AdminClient, settings: KafkaSettings) -> dict[str, int]:
    """The number of partitions of each of Playhead's topics that there is.

    Raises:
        KafkaException: no broker answers.
    """
    found = admin.list_topics(timeout=ANSWER_SECONDS).topics  # of one by name, brokers might make it
    names = [topic.name for topic in Topics.named(settings.kafka_prefix).all]
    return {name: len(found[name].partitions) for name in names if name in found}


class AgreementWatch:
    """Looks every few seconds, on a thread of its own, until it is closed."""

    def __init__(self, settings: KafkaSettings, *, look_seconds: float = LOOK_SECONDS) -> None:
        self.disagreement: str | None = None
        """How the topics differ, for readiness; as of the last answer of a broker."""
        self._settings = settings
        self._look_seconds = look_seconds
        self._closed = threading.Event()
        self._seen: list[str | None] = []

    def start(self) -> None:
        """Begin to look, and return at once."""
        threading.Thread(target=self._run, name="topics", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def take(self, found: str | None) -> None:
        """Note what one look found."""
        self._seen = [*self._seen, found][-_CONFIRMED:]
        confirmed = found if all(self._seen) and len(self._seen) == _CONFIRMED else None
        if confirmed != self.disagreement:
            _log.log(
                logging.ERROR if confirmed else logging.INFO, "%s", confirmed or "the topics agree again"
            )
        self.disagreement = confirmed

    def _run(self) -> None:
        admin = AdminClient(
            {
                "bootstrap.servers": self._settings.kafka_servers,
                "client.id": "playhead-topics",
                "log_level": 0,
            }
        )
        while not self._closed.is_set():
            try:
                self.take(disagreement(partitions_of(admin, self._settings)))
            except KafkaException as error:
                _log.debug("the topics cannot be looked at: %s", error)  # an outage is told of elsewhere
            self._closed.wait(self._look_seconds)
