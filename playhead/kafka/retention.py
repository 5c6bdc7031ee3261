"""How long a topic's records may stay in the log, as the brokers say."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource

from playhead.progress.identifiers import DAY_MS
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topic

REQUEST_SECONDS = 10.0
_DEFAULTS = {"segment.ms": str(7 * DAY_MS), "max.compaction.lag.ms": str(2**63 - 1)}
"""What brokers give a topic that says nothing else; of compaction, that there is no limit."""


def longest_ms(settings: KafkaSettings, topics: Iterable[Topic]) -> dict[str, int | None]:
    """By topic, in ms; None is for ever. As Playhead makes the topics, where no broker tells.

    A segment is deleted when its last record is old enough, so that its first may be older by a segment. Of a
    compacted topic it is a record that a later one replaces, while the partition is still written to.
    """
    wanted = {topic.name: {**_DEFAULTS, **topic.config} for topic in topics}
    told = _told(settings, list(wanted)) or wanted
    return {name: _longest(config) for name, config in told.items()}


def _longest(config: dict[str, str]) -> int | None:
    if config["cleanup.policy"] == "compact":
        lag = config["max.compaction.lag.ms"]
        return None if lag == _DEFAULTS["max.compaction.lag.ms"] else int(lag)
    kept = int(config["retention.ms"])
    return None if kept < 0 else kept + int(config["segment.ms"])


def _told(settings: KafkaSettings, topics: list[str]) -> dict[str, dict[str, str]] | None:
    admin = AdminClient(
        {"bootstrap.servers": settings.kafka_servers, "client.id": "playhead-retention", "log_level": 0}
    )
    asked = [ConfigResource(ConfigResource.Type.TOPIC, topic) for topic in topics]
    try:
        futures = admin.describe_configs(asked, request_timeout=REQUEST_SECONDS)
        return {
            resource.name: {name: entry.value for name, entry in future.result().items()}
            for resource, future in futures.items()
        }
    except KafkaException:
        return None
