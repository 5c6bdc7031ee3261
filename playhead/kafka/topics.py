"""Creates missing topics, and reports, but never alters, topics whose settings differ."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ClusterMetadata, ConfigResource, NewTopic, TopicMetadata

from playhead.causes import cause_of
from playhead.kafka.connection import admin_client, explained, refusal
from playhead.progress.identifiers import DAY_MS
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topic, Topics

REQUEST_SECONDS = 10.0
LEADER_SECONDS = 30.0
"""A starting cluster elects leaders one by one."""
METADATA_MS = 15_000
"""How old the topic metadata of a client may be. The default of clients is five minutes, for which heartbeats
in new partitions would wait."""
_POLL_SECONDS = 0.1
_BROKER_DEFAULTS = {"segment.ms": str(7 * DAY_MS), "max.compaction.lag.ms": str(2**63 - 1)}
"""What brokers apply to a topic that sets nothing else; for compaction, no limit."""

TopicOutcome = Literal["created", "as_it_should_be", "differs", "missing"]


class TopicsError(Exception):
    """The topics cannot be created or inspected."""


class BrokerUnreachableError(TopicsError):
    """No broker answered; trying again may help."""


class TopicRefusedError(TopicsError):
    """The brokers refuse to create this topic."""

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__(f"the brokers refuse topic {topic}: {reason}")
        self.topic = topic


@dataclass(frozen=True, slots=True)
class TopicDifference:
    """One setting of a topic whose value is not the one Playhead creates it with."""

    setting: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.setting} is {self.found}, not {self.wanted}"


@dataclass(frozen=True, slots=True)
class TopicReport:
    """The result for one topic."""

    name: str
    outcome: TopicOutcome
    differences: tuple[TopicDifference, ...] = ()

    def __str__(self) -> str:
        result = ", ".join(map(str, self.differences)) or self.outcome.replace("_", " ")
        return f"{self.name}: {result}"


def ensure_topics(settings: KafkaSettings) -> list[TopicReport]:
    """Create the missing topics of Playhead, wait for their leaders, and compare the existing ones.

    Safe to repeat and to run concurrently. The reports are in the order of the pipeline.

    Raises:
        BrokerUnreachableError: no broker answered in time, or a partition has no leader.
        TopicRefusedError: the brokers refuse to create a topic, for example with more replicas than brokers.
    """
    wanted = Topics.named(settings.kafka_prefix).all
    admin = _admin(settings)
    known = _metadata(admin, settings).topics
    created = _create(admin, (topic for topic in wanted if topic.name not in known), settings)
    found = _await_leaders(lambda: _metadata(admin, settings), wanted, settings)
    existing = [topic for topic in wanted if topic.name not in created]
    reports = _compare_all(admin, existing, found, settings)
    return [reports.get(topic.name) or TopicReport(topic.name, "created") for topic in wanted]


def inspect_topics(settings: KafkaSettings) -> list[TopicReport]:
    """Compare the existing topics with what Playhead would create; changes nothing.

    Raises:
        BrokerUnreachableError: no broker answered in time.
    """
    wanted = Topics.named(settings.kafka_prefix).all
    admin = _admin(settings)
    found = _metadata(admin, settings).topics
    existing = [topic for topic in wanted if topic.name in found]
    reports = _compare_all(admin, existing, found, settings)
    return [reports.get(topic.name) or TopicReport(topic.name, "missing") for topic in wanted]


def _admin(settings: KafkaSettings) -> AdminClient:
    try:
        return admin_client(settings, "playhead-migrate")
    except KafkaException as error:
        raise BrokerUnreachableError(refusal(settings) or cause_of(error)) from error


def unwritable_reason(topic: str, found: TopicMetadata) -> str | None:
    """Why records cannot be written to a topic, by what a broker says of it; None if they can."""
    if found.error is not None:
        return f"topic {topic}: {cause_of(found.error)}"
    if any(partition.leader < 0 for partition in found.partitions.values()):
        return f"topic {topic}: a partition has no leader"
    return None


def longest_retention_ms(settings: KafkaSettings, topics: Iterable[Topic]) -> dict[str, int | None]:
    """How long a record of each topic may stay in the log, in ms; None is for ever.

    The settings of the brokers decide, or Playhead's own while no broker answers. A segment is deleted when
    its last record is old enough, so its first may be older by the length of a segment. For a compacted
    topic, this is about a record that a later one replaces, while the partition is still written to.
    """
    wanted = {topic.name: {**_BROKER_DEFAULTS, **topic.config} for topic in topics}
    try:
        found = _configs(admin_client(settings, "playhead-retention"), list(wanted))
    except (TopicsError, KafkaException):
        found = wanted
    return {name: _longest_ms(config) for name, config in found.items()}


def _longest_ms(config: dict[str, str]) -> int | None:
    if config["cleanup.policy"] == "compact":
        lag = config["max.compaction.lag.ms"]
        return None if lag == _BROKER_DEFAULTS["max.compaction.lag.ms"] else int(lag)
    kept = int(config["retention.ms"])
    return None if kept < 0 else kept + int(config["segment.ms"])


def _metadata(admin: AdminClient, settings: KafkaSettings) -> ClusterMetadata:
    try:
        return admin.list_topics(timeout=REQUEST_SECONDS)
    except KafkaException as error:
        raise BrokerUnreachableError(
            f"no Kafka broker answers at {settings.kafka_servers} (PLAYHEAD_KAFKA_SERVERS): "
            f"{refusal(settings) or cause_of(error)}"
        ) from error


def _create(admin: AdminClient, topics: Iterable[Topic], settings: KafkaSettings) -> set[str]:
    new = [
        NewTopic(
            topic.name,
            settings.kafka_partitions,
            settings.kafka_replication,
            config=_wanted_config(topic, settings),
        )
        for topic in topics
    ]
    if not new:
        return set()
    futures = admin.create_topics(new, request_timeout=REQUEST_SECONDS)
    return {name for name, future in futures.items() if _was_created(name, future)}


def _wanted_config(topic: Topic, settings: KafkaSettings) -> dict[str, str]:
    return {**topic.config, "min.insync.replicas": str(settings.min_in_sync_replicas)}


def _was_created(name: str, future: Future[None]) -> bool:
    try:
        future.result()
    except KafkaException as error:
        if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:  # by a concurrent migration
            return False
        raise _refusal(name, error) from error
    return True


def _refusal(name: str, error: KafkaException) -> TopicsError:
    cause: KafkaError = error.args[0]
    if cause.retriable() or cause.code() < 0:  # below zero: librdkafka's own, about the connection
        return BrokerUnreachableError(f"topic {name} could not be created: {cause_of(error)}")
    return TopicRefusedError(name, explained(cause) or cause.str())


def _await_leaders(
    look: Callable[[], ClusterMetadata], wanted: tuple[Topic, ...], settings: KafkaSettings
) -> dict[str, TopicMetadata]:
    deadline = time.monotonic() + LEADER_SECONDS
    while True:
        topics: dict[str, TopicMetadata] = look().topics
        leaderless = [topic.name for topic in wanted if not _is_led(topics.get(topic.name))]
        if not leaderless:
            return topics
        if time.monotonic() > deadline:
            raise BrokerUnreachableError(
                f"no leader for {', '.join(leaderless)} at {settings.kafka_servers} in {LEADER_SECONDS:.0f} s"
            )
        time.sleep(_POLL_SECONDS)


def _is_led(topic: TopicMetadata | None) -> bool:
    if topic is None or topic.error is not None or not topic.partitions:
        return False
    return all(partition.leader >= 0 for partition in topic.partitions.values())


def _configs(admin: AdminClient, topics: list[str]) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    asked = [ConfigResource(ConfigResource.Type.TOPIC, topic) for topic in topics]
    futures = admin.describe_configs(asked, request_timeout=REQUEST_SECONDS)
    return {resource.name: _values(resource.name, future) for resource, future in futures.items()}


def _values(name: str, future: Future[dict[str, Any]]) -> dict[str, str]:
    try:
        return {setting: entry.value for setting, entry in future.result().items()}
    except KafkaException as error:
        raise _refusal(name, error) from error


def _compare_all(
    admin: AdminClient, topics: list[Topic], found: dict[str, TopicMetadata], settings: KafkaSettings
) -> dict[str, TopicReport]:
    configs = _configs(admin, [topic.name for topic in topics])
    return {topic.name: _compare(topic, found[topic.name], configs[topic.name], settings) for topic in topics}


def _compare(
    topic: Topic, found: TopicMetadata, config: dict[str, str], settings: KafkaSettings
) -> TopicReport:
    differences = tuple(_differences(topic, found, config, settings))
    return TopicReport(topic.name, "differs" if differences else "as_it_should_be", differences)


def _differences(
    topic: Topic, found: TopicMetadata, config: dict[str, str], settings: KafkaSettings
) -> Iterator[TopicDifference]:
    replicas = min(len(partition.replicas) for partition in found.partitions.values())
    wanted = _wanted_config(topic, settings)
    pairs = [
        ("partitions", str(len(found.partitions)), str(settings.kafka_partitions)),
        ("replication", str(replicas), str(settings.kafka_replication)),
        *((setting, config.get(setting, "unset"), value) for setting, value in wanted.items()),
    ]
    return (TopicDifference(*pair) for pair in pairs if pair[1] != pair[2])
