"""Topics made as they should be; one that is otherwise is told of, never changed behind anybody's back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ClusterMetadata, ConfigResource, NewTopic, TopicMetadata

from playhead.causes import cause_of
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topic, Topics

REQUEST_SECONDS = 10.0
LEADER_SECONDS = 30.0
"""A cluster that is starting elects leaders one by one."""
_LOOK_AGAIN_SECONDS = 0.1

Outcome = Literal["created", "as_it_should_be", "differs", "missing"]


class TopicsError(Exception):
    """The topics cannot be made or looked at."""


class BrokerUnreachableError(TopicsError):
    """No broker answered; it may later."""


class TopicRefusedError(TopicsError):
    """The brokers will not make this topic so."""

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__(f"the brokers refuse topic {topic}: {reason}")
        self.topic = topic


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting of a topic that is not what Playhead would have made it."""

    setting: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.setting} is {self.found}, not {self.wanted}"


@dataclass(frozen=True, slots=True)
class TopicReport:
    """What became of one topic."""

    name: str
    outcome: Outcome
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        said = ", ".join(map(str, self.differences)) or self.outcome.replace("_", " ")
        return f"{self.name}: {said}"


def ensure_topics(settings: KafkaSettings) -> list[TopicReport]:
    """Create what is missing of Playhead's topics, wait for its leaders, and compare what was there.

    Safe to run twice, and twice at once. In the order of the pipeline.

    Raises:
        BrokerUnreachableError: no broker answered in time, or a partition found no leader.
        TopicRefusedError: the brokers will not create a topic so, with more replicas than brokers for one.
    """
    wanted = Topics.named(settings.kafka_prefix).all
    admin = AdminClient(
        {"bootstrap.servers": settings.kafka_servers, "client.id": "playhead-migrate", "log_level": 0}
    )
    known = _metadata(admin, settings).topics
    created = _create(admin, (topic for topic in wanted if topic.name not in known), settings)
    found = _await_leaders(lambda: _metadata(admin, settings), wanted, settings)
    existing = [topic for topic in wanted if topic.name not in created]
    configs = _configs(admin, existing)
    reports = {
        topic.name: _compare(topic, found[topic.name], configs[topic.name], settings) for topic in existing
    }
    return [reports.get(topic.name) or TopicReport(topic.name, "created") for topic in wanted]


def inspect_topics(settings: KafkaSettings) -> list[TopicReport]:
    """Compare what there is with how Playhead would have made it; changes nothing.

    Raises:
        BrokerUnreachableError: no broker answered in time.
    """
    wanted = Topics.named(settings.kafka_prefix).all
    admin = AdminClient(
        {"bootstrap.servers": settings.kafka_servers, "client.id": "playhead-migrate", "log_level": 0}
    )
    found = _metadata(admin, settings).topics
    existing = [topic for topic in wanted if topic.name in found]
    configs = _configs(admin, existing)
    reports = {
        topic.name: _compare(topic, found[topic.name], configs[topic.name], settings) for topic in existing
    }
    return [reports.get(topic.name) or TopicReport(topic.name, "missing") for topic in wanted]


def _metadata(admin: AdminClient, settings: KafkaSettings) -> ClusterMetadata:
    try:
        return admin.list_topics(timeout=REQUEST_SECONDS)
    except KafkaException as error:
        raise BrokerUnreachableError(
            f"no Kafka broker answers at {settings.kafka_servers} (PLAYHEAD_KAFKA_SERVERS): {cause_of(error)}"
        ) from error


def _create(admin: AdminClient, topics: Iterable[Topic], settings: KafkaSettings) -> set[str]:
    new = [
        NewTopic(topic.name, settings.kafka_partitions, settings.kafka_replication, config=dict(topic.config))
        for topic in topics
    ]
    if not new:
        return set()
    futures = admin.create_topics(new, request_timeout=REQUEST_SECONDS)
    return {name for name, future in futures.items() if _was_created(name, future)}


def _was_created(name: str, future: Future[None]) -> bool:
    try:
        future.result()
    except KafkaException as error:
        if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:  # somebody migrates beside us
            return False
        raise _refusal(name, error) from error
    return True


def _refusal(name: str, error: KafkaException) -> TopicsError:
    cause: KafkaError = error.args[0]
    if cause.retriable() or cause.code() < 0:  # below zero: librdkafka's own, about the connection
        return BrokerUnreachableError(f"topic {name} could not be made: {cause_of(error)}")
    return TopicRefusedError(name, cause.str())


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
        time.sleep(_LOOK_AGAIN_SECONDS)


def _is_led(topic: TopicMetadata | None) -> bool:
    if topic is None or topic.error is not None or not topic.partitions:
        return False
    return all(partition.leader >= 0 for partition in topic.partitions.values())


def _configs(admin: AdminClient, topics: list[Topic]) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    asked = [ConfigResource(ConfigResource.Type.TOPIC, topic.name) for topic in topics]
    futures = admin.describe_configs(asked, request_timeout=REQUEST_SECONDS)
    return {resource.name: _values(resource.name, future) for resource, future in futures.items()}


def _values(name: str, future: Future[dict[str, Any]]) -> dict[str, str]:
    try:
        return {setting: entry.value for setting, entry in future.result().items()}
    except KafkaException as error:
        raise _refusal(name, error) from error


def _compare(
    topic: Topic, found: TopicMetadata, config: dict[str, str], settings: KafkaSettings
) -> TopicReport:
    differences = tuple(_differences(topic, found, config, settings))
    return TopicReport(topic.name, "differs" if differences else "as_it_should_be", differences)


def _differences(
    topic: Topic, found: TopicMetadata, config: dict[str, str], settings: KafkaSettings
) -> Iterator[Difference]:
    replicas = min(len(partition.replicas) for partition in found.partitions.values())
    pairs = [
        ("partitions", str(len(found.partitions)), str(settings.kafka_partitions)),
        ("replication", str(replicas), str(settings.kafka_replication)),
        *((setting, config.get(setting, "unset"), value) for setting, value in topic.config.items()),
    ]
    return (Difference(*pair) for pair in pairs if pair[1] != pair[2])
