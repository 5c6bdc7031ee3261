"""Partitions whose states wait for PostgreSQL and do not move: the sink is held, hangs, or does not run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from time import monotonic, sleep, time

import psycopg
from confluent_kafka import (
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from operations.status.standing import Standing
from operations.status.survey import TIMEOUT_S, StatusSettings, SurveyError
from playhead.causes import cause_of
from playhead.postgres import connect
from playhead.wire.topics import Topics, sink_group

OVERDUE_S = 60.0
"""A state waits about a second for PostgreSQL; one that waits so long is in a standstill or in a backlog."""
WATCH_S = 10.0
"""A backlog is a standstill where nothing of it is stored within this; a batch takes a second or two."""
PAUSE_S = 0.25


def with_stalls(settings: StatusSettings, these: Sequence[Standing]) -> list[Standing]:
    """Add what does not move to the faults; takes up to `WATCH_S` where states are overdue.

    Raises:
        SurveyError: the log or PostgreSQL does not answer.
    """
    behind = {each.partition: each for each in these if each.to_store > 0}
    if not behind:
        return list(these)
    try:
        stalls = _stalls(settings, behind)
    except psycopg.Error as error:
        raise SurveyError("PostgreSQL does not answer (PLAYHEAD_POSTGRES_DSN)") from error
    except KafkaException as error:
        raise SurveyError(f"Kafka does not answer (PLAYHEAD_KAFKA_SERVERS): {cause_of(error)}") from error
    return [
        replace(each, faults=(*each.faults, stalls[each.partition])) if each.partition in stalls else each
        for each in these
    ]


def _stalls(settings: StatusSettings, behind: Mapping[int, Standing]) -> dict[int, str]:
    topic = Topics.named(settings.kafka_prefix).states.name
    with connect(settings.postgres_dsn, "playhead-status") as connection:
        before = _positions(connection, topic)
        ages = _ages(settings, topic, {partition: before.get(partition, 0) for partition in behind})
        overdue = {partition: age for partition, age in ages.items() if age > OVERDUE_S}
        deadline = monotonic() + WATCH_S
        while overdue and monotonic() < deadline:
            sleep(PAUSE_S)
            now = _positions(connection, topic)
            overdue = {each: age for each, age in overdue.items() if now.get(each) == before.get(each)}
    if not overdue:
        return {}
    reasons = _reasons(settings, topic, overdue)
    return {
        partition: f"{behind[partition].to_store:,} states wait for PostgreSQL, the first of them "
        f"for {age:,.0f} s, and none was stored within {WATCH_S:.0f} s: {reasons[partition]}"
        for partition, age in sorted(overdue.items())
    }


_UNKNOWN = "a sink reads the partition; its /readyz and its log say what keeps it"


def _positions(connection: psycopg.Connection, topic: str) -> dict[int, int]:
    query = "select partition, next_offset from progress.positions where topic = %s"
    return dict(connection.execute(query, (topic,)).fetchall())


def _ages(settings: StatusSettings, topic: str, positions: Mapping[int, int]) -> dict[int, float]:
    """How long the record at each position, or the first behind it, has been in the log, in seconds."""
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "group.id": f"{settings.kafka_prefix}playhead-status",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",  # what lies before it has left the log
            "log_level": 0,  # what there is to say is raised
        }
    )
    found: dict[int, float] = {}
    try:
        consumer.assign([TopicPartition(topic, *position) for position in positions.items()])
        deadline = monotonic() + TIMEOUT_S
        while len(found) < len(positions) and monotonic() < deadline:
            for message in consumer.consume(1_000, PAUSE_S):
                if message.error() is not None:
                    raise KafkaException(message.error())
                kind, at = message.timestamp()
                if kind != TIMESTAMP_NOT_AVAILABLE:
                    found.setdefault(message.partition(), time() - at / 1000)
                consumer.pause([TopicPartition(topic, message.partition())])
    finally:
        consumer.close()
    return found


def _reasons(settings: StatusSettings, topic: str, partitions: Iterable[int]) -> dict[int, str]:
    """Why nothing is stored of each partition, by the sinks' group: its offsets carry the reason."""
    admin = AdminClient({"bootstrap.servers": settings.kafka_servers, "log_level": 0})
    group = sink_group(settings.kafka_prefix)
    described = admin.describe_consumer_groups([group], request_timeout=TIMEOUT_S)[group].result()
    wanted = [ConsumerGroupTopicPartitions(group)]
    committed = admin.list_consumer_group_offsets(wanted, request_timeout=TIMEOUT_S)[group].result()
    read = {
        each.partition
        for member in described.members
        for each in member.assignment.topic_partitions
        if each.topic == topic
    }
    held = {each.partition: each.metadata for each in committed.topic_partitions if each.metadata}
    return {
        partition: held.get(partition, _UNKNOWN) if partition in read else "no sink reads the partition"
        for partition in partitions
    }
