"""Partitions whose states wait for PostgreSQL and do not move: the sink waits, hangs, or does not run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from time import monotonic, sleep, time

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, ConsumerGroupTopicPartitions

from operations.status.partition_status import PartitionStatus
from operations.status.partitions import StatusSettings
from operations.stores import REQUEST_SECONDS, kafka_errors, postgres, stored_offsets
from operations.topic_reader import read_topic
from playhead.kafka.connection import admin_client
from playhead.settings import DEFAULT
from playhead.wire.topics import Topics, sink_group

OVERDUE_S = 60.0
"""A state waits about a second for PostgreSQL; one that waits this long is in a stall or in a backlog."""
WATCH_S = 10.0
"""A backlog is a stall if nothing of it is stored within this time; a batch takes a second or two."""
PAUSE_S = 0.25

_UNKNOWN = "a sink reads the partition; its /readyz and its log say what keeps it"


def with_stalls(settings: StatusSettings, of: Sequence[PartitionStatus]) -> list[PartitionStatus]:
    """Add a fault for each stall; takes up to `WATCH_S` if states are overdue."""
    behind = {each.partition: each for each in of if each.to_store > 0}
    stalls = [_stalls(settings, name, behind) for name in settings.databases.named] if behind else []
    return [
        replace(
            each, faults=(*each.faults, *(some[each.partition] for some in stalls if each.partition in some))
        )
        for each in of
    ]


def _stalls(settings: StatusSettings, database: str, behind: Mapping[int, PartitionStatus]) -> dict[int, str]:
    topic = Topics.named(settings.kafka_prefix).states.name
    with postgres(settings.databases.named[database].dsn, "status") as connection:
        before = stored_offsets(connection, topic)
        ages = _ages(settings, topic, {partition: before.get(partition, 0) for partition in behind})
        overdue = {partition: age for partition, age in ages.items() if age > OVERDUE_S}
        deadline = monotonic() + WATCH_S
        while overdue and monotonic() < deadline:
            sleep(PAUSE_S)
            now = stored_offsets(connection, topic)
            overdue = {each: age for each, age in overdue.items() if now.get(each) == before.get(each)}
    if not overdue:
        return {}
    reasons = _reasons(settings, topic, overdue, sink_group(settings.kafka_prefix, database))
    name = "PostgreSQL" if database == DEFAULT else f"database {database}"
    return {
        partition: f"{behind[partition].to_store:,} states wait for {name}, the first of them "
        f"for {age:,.0f} s, and none was stored within {WATCH_S:.0f} s: {reasons[partition]}"
        for partition, age in sorted(overdue.items())
    }


def _ages(settings: StatusSettings, topic: str, positions: Mapping[int, int]) -> dict[int, float]:
    """Seconds since the first record at or after each position was appended."""
    ages: dict[int, float] = {}
    for message in read_topic(settings, topic, positions=positions, partitions=positions.keys()):
        kind, at_ms = message.timestamp()
        if kind != TIMESTAMP_NOT_AVAILABLE:
            ages.setdefault(message.partition(), time() - at_ms / 1000)
        if len(ages) == len(positions):
            break
    return ages


def _reasons(settings: StatusSettings, topic: str, partitions: Iterable[int], group: str) -> dict[int, str]:
    """Why nothing of each partition is stored: a sink that waits commits the reason with its offset."""
    wanted = [ConsumerGroupTopicPartitions(group)]
    with kafka_errors(settings, f"Describe on consumer group {group}"):
        admin = admin_client(settings, "playhead-operator")
        described = admin.describe_consumer_groups([group], request_timeout=REQUEST_SECONDS)[group].result()
        committed = admin.list_consumer_group_offsets(wanted, request_timeout=REQUEST_SECONDS)[group].result()
    assigned = {
        each.partition
        for member in described.members
        for each in member.assignment.topic_partitions
        if each.topic == topic
    }
    waiting = {each.partition: each.metadata for each in committed.topic_partitions if each.metadata}
    return {
        each: waiting.get(each, _UNKNOWN) if each in assigned else "no sink reads the partition"
        for each in partitions
    }
