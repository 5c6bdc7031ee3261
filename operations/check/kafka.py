"""Tries Kafka: the login, the topics, and each right that a service needs.

A broker says which operations it permits on a topic or a group to the user who asks, so no right to describe
the access control list is needed, and nothing is read or written.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation, AdminClient, ConfigResource, TopicDescription

from operations.local.checks import Check
from playhead.causes import cause_of
from playhead.kafka.connection import admin_client, refusal
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topic, Topics

ANSWER_SECONDS = 10.0
_USER = "PLAYHEAD_KAFKA_SASL_USERNAME"
_CERTIFICATE = "PLAYHEAD_KAFKA_SSL_CERTIFICATE"
_ABSENT = KafkaError.UNKNOWN_TOPIC_OR_PART
_MOVING = (
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.NOT_COORDINATOR,
)
"""Of a group that no broker coordinates yet: one does soon."""
_PAUSE_SECONDS = 0.2
_DENIED = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)


@dataclass(frozen=True, slots=True)
class KafkaNeeds:
    """The rights of a service."""

    topics: Mapping[str, set[AclOperation]] = field(default_factory=dict)
    """By topic; `Describe` is a part of each of them."""
    mark: str | None = None
    """The topic that exists during a repartition, where the service looks for it."""
    group: str | None = None
    """The consumer group that it reads in."""


def kafka_checks(settings: KafkaSettings, needs: KafkaNeeds) -> Iterator[Check]:
    """Check the connection, then the topics and rights if there is one."""
    try:
        admin = admin_client(settings, "playhead-check")
        cluster = admin.list_topics(timeout=ANSWER_SECONDS)
    except KafkaException as error:
        why = refusal(settings) or f"{cause_of(error)} at {settings.kafka_servers} (PLAYHEAD_KAFKA_SERVERS)"
        yield Check("Kafka", ok=False, detail=f"does not answer: {why}")
        return
    yield Check("Kafka", ok=True, detail=f"{len(cluster.brokers)} brokers answer {settings.kafka_servers}")
    described = _described(admin, [*needs.topics, *([needs.mark] if needs.mark else [])])
    for name, wanted in needs.topics.items():
        yield _topic(settings, name, described[name], wanted)
    if needs.mark is not None:
        yield _mark(settings, needs.mark, described[needs.mark])
    found = {name: each for name, each in described.items() if isinstance(each, TopicDescription)}
    yield from _partitions({name: each for name, each in found.items() if name in needs.topics})
    yield from _policies(admin, settings, found)
    if needs.group is not None:
        yield _group(admin, settings, needs.group)


def _described(admin: AdminClient, names: list[str]) -> dict[str, TopicDescription | KafkaError]:
    futures = admin.describe_topics(
        TopicCollection(names), include_authorized_operations=True, request_timeout=ANSWER_SECONDS
    )
    return {name: _result(future) for name, future in futures.items()}


def _result(future: Any) -> Any:
    try:
        return future.result(ANSWER_SECONDS + 1)
    except KafkaException as error:
        return error.args[0]
    except TimeoutError:
        return KafkaError(KafkaError._TIMED_OUT)


def _topic(
    settings: KafkaSettings, name: str, found: TopicDescription | KafkaError, wanted: set[AclOperation]
) -> Check:
    subject = f"topic {name}"
    if isinstance(found, KafkaError):
        if found.code() == _ABSENT:
            detail = "does not exist: run `playhead migrate` (PLAYHEAD_KAFKA_PREFIX is a part of its name)"
            return Check(subject, ok=False, detail=detail)
        return _refused(settings, subject, found)
    return _permitted(settings, subject, found.authorized_operations, wanted)


def _mark(settings: KafkaSettings, name: str, found: TopicDescription | KafkaError) -> Check:
    subject = f"topic {name}"
    if isinstance(found, KafkaError) and found.code() != _ABSENT:
        return _refused(settings, subject, found)
    under_way = not isinstance(found, KafkaError)
    return Check(subject, ok=True, detail="a repartition is under way" if under_way else "no repartition")


def _group(admin: AdminClient, settings: KafkaSettings, name: str) -> Check:
    subject = f"consumer group {name}"
    found = _described_group(admin, name)
    if isinstance(found, KafkaError):
        if found.code() not in _DENIED:
            return Check(subject, ok=False, detail=f"cannot be described: {cause_of(found)}")
        return _refused(settings, subject, found, AclOperation.READ)
    return _permitted(settings, subject, found.authorized_operations, {AclOperation.READ})


def _described_group(admin: AdminClient, name: str) -> Any:
    over = time.monotonic() + ANSWER_SECONDS
    while True:
        future = admin.describe_consumer_groups(
            [name], include_authorized_operations=True, request_timeout=ANSWER_SECONDS
        )[name]
        found = _result(future)
        is_moving = isinstance(found, KafkaError) and found.code() in _MOVING
        if not is_moving or time.monotonic() > over:
            return found
        time.sleep(_PAUSE_SECONDS)


def _refused(
    settings: KafkaSettings, subject: str, error: KafkaError, needed: AclOperation = AclOperation.DESCRIBE
) -> Check:
    if error.code() in _DENIED:
        return Check(subject, ok=False, detail=_lacking(settings, [needed]))
    return Check(subject, ok=False, detail=f"cannot be described: {cause_of(error)}")


def _permitted(
    settings: KafkaSettings, subject: str, granted: list[AclOperation] | None, wanted: set[AclOperation]
) -> Check:
    names = sorted(wanted, key=lambda each: each.name)
    if granted is None:  # of brokers before 2.3
        return Check(subject, ok=True, detail="exists; the brokers do not say what they permit")
    if lacking := [each for each in names if each not in granted and AclOperation.ALL not in granted]:
        return Check(subject, ok=False, detail=_lacking(settings, lacking))
    return Check(subject, ok=True, detail=f"{_listed(names)} permitted")


def _lacking(settings: KafkaSettings, operations: list[AclOperation]) -> str:
    if settings.kafka_sasl_username is not None:
        who = f"user {settings.kafka_sasl_username} ({_USER})"
    else:
        who = f"the login ({_CERTIFICATE})" if settings.kafka_ssl_certificate else "the login"
    return f"{who} lacks the right {_listed(operations)}: see docs/operations/kafka.md"


def _listed(operations: list[AclOperation]) -> str:
    return " and ".join(each.name.capitalize() for each in operations)


def _partitions(found: Mapping[str, TopicDescription]) -> Iterator[Check]:
    counts = {name: len(each.partitions) for name, each in found.items()}
    if len(counts) > 1:
        agree = len(set(counts.values())) == 1
        listed = ", ".join(f"{name} {count}" for name, count in counts.items())
        detail = f"{listed}" if agree else f"{listed}: all topics need the same: `playhead repartition`"
        yield Check("partitions", ok=agree, detail=detail)
    for name, each in found.items():
        if any(partition.leader is None or partition.leader.id < 0 for partition in each.partitions):
            yield Check(f"topic {name}", ok=False, detail="a partition has no leader: is a broker away?")


def _policies(
    admin: AdminClient, settings: KafkaSettings, found: Mapping[str, TopicDescription]
) -> Iterator[Check]:
    """The cleanup policy, of topics whose settings the login may read."""
    known = {topic.name: topic for topic in Topics.named(settings.kafka_prefix).all}
    readable = [
        name
        for name, each in found.items()
        if name in known and AclOperation.DESCRIBE_CONFIGS in (each.authorized_operations or ())
    ]
    if not readable:
        return
    asked = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in readable]
    for resource, future in admin.describe_configs(asked, request_timeout=ANSWER_SECONDS).items():
        if not isinstance(entries := _result(future), KafkaError):
            yield _policy(known[resource.name], {name: each.value for name, each in entries.items()})


def _policy(topic: Topic, config: Mapping[str, str]) -> Check:
    wanted, present = topic.config["cleanup.policy"], config["cleanup.policy"]
    detail = f"cleanup.policy is {present}, min.insync.replicas {config['min.insync.replicas']}"
    if present != wanted:
        detail = f"cleanup.policy is {present}, not {wanted}: see `playhead migrate --check`"
    return Check(f"settings of {topic.name}", ok=present == wanted, detail=detail)
