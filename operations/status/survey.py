"""Asking Kafka, Redis and Postgres how far they have come."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic, sleep
from typing import Any

import psycopg
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from redis import Redis, RedisError

from operations.status.standing import Found, Standing, standings
from playhead.causes import cause_of
from playhead.postgres import connect
from playhead.retry import Backoff
from playhead.settings import HotAuditSettings
from playhead.wire.keys import applied_hash
from playhead.wire.ledger import Ledger
from playhead.wire.topics import Topics

TIMEOUT_S = 5.0
_BETWEEN_LOOKS = Backoff(0.1, 1.0)


class StatusSettings(HotAuditSettings):
    """Where everything is."""


class SurveyError(Exception):
    """Something does not answer; the message says what, and where it was looked for."""


def survey_until_through(settings: StatusSettings, seconds: float) -> list[Standing]:
    """Ask again until nothing is left to apply or store, or time is up; the last answer.

    Raises:
        SurveyError: the log or a store does not answer.
    """
    deadline = monotonic() + seconds
    pauses = _BETWEEN_LOOKS.pauses()
    while True:
        these = survey(settings)
        left = deadline - monotonic()
        if left <= 0 or not any(each.to_apply or each.to_store for each in these):
            return these
        sleep(min(next(pauses), left))


def survey(settings: StatusSettings) -> list[Standing]:
    """Ask once.

    Raises:
        SurveyError: the log or a store does not answer.
    """
    topics = Topics.named(settings.kafka_prefix)
    partitions = _partitions(settings, topics)
    # The stores before the log, which only grows: a store then never seems to be ahead of it.
    try:
        durable, stored = _durable(settings, topics.states.name)
    except psycopg.Error as error:
        raise SurveyError(f"PostgreSQL does not answer (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}") from error
    try:
        hot = _hot(settings, partitions)
    except RedisError as error:
        raise SurveyError(f"Redis does not answer (PLAYHEAD_REDIS_URL): {cause_of(error)}") from error
    try:
        ends = _ends(settings, topics)
    except KafkaException as error:
        raise SurveyError(f"Kafka does not answer (PLAYHEAD_KAFKA_SERVERS): {cause_of(error)}") from error
    return standings(
        {
            partition: Found(
                heartbeats_end=ends[topics.heartbeats.name].get(partition),
                states_end=ends[topics.states.name].get(partition),
                hot=hot.get(partition),
                durable=durable.get(partition),
                stored=stored.get(partition),
            )
            for partition in sorted({*partitions, *ends[topics.heartbeats.name], *ends[topics.states.name]})
        }
    )


def _durable(settings: StatusSettings, topic: str) -> tuple[dict[int, Ledger], dict[int, int]]:
    with connect(settings.postgres_dsn, "playhead-status") as connection:
        ledger = connection.execute(
            "select partition, first_offset, next_offset, applied, duplicates, dead_lettered"
            " from progress.ledger where topic = %s",
            (topic,),
        ).fetchall()
        positions = connection.execute(
            "select partition, next_offset from progress.positions where topic = %s", (topic,)
        ).fetchall()
    return {partition: Ledger(*counts) for partition, *counts in ledger}, dict(positions)


def _partitions(settings: StatusSettings, topics: Topics) -> list[int]:
    """Of either topic: the setting says only with how many they were made."""
    admin = AdminClient({"bootstrap.servers": settings.kafka_servers, "log_level": 0})
    try:
        found = admin.list_topics(timeout=TIMEOUT_S).topics
    except KafkaException as error:
        raise SurveyError(f"Kafka does not answer (PLAYHEAD_KAFKA_SERVERS): {cause_of(error)}") from error
    names = (topics.heartbeats.name, topics.states.name)
    return sorted({each for name in names if name in found for each in found[name].partitions})


def _hot(settings: StatusSettings, partitions: Iterable[int]) -> dict[int, Ledger]:
    redis: Redis = Redis.from_url(
        settings.redis_url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
    )
    with redis:
        rows: dict[int, Any] = {
            partition: redis.hmget(applied_hash(partition), "first", "next", "applied", "duplicates", "dead")
            for partition in partitions
        }
    return {partition: Ledger(*map(int, row)) for partition, row in rows.items() if None not in row}


def _ends(settings: StatusSettings, topics: Topics) -> dict[str, dict[int, int]]:
    admin = AdminClient({"bootstrap.servers": settings.kafka_servers, "log_level": 0})
    found: dict[str, dict[int, int]] = {}
    for topic in (topics.heartbeats.name, topics.states.name):
        told = admin.list_topics(topic, timeout=TIMEOUT_S).topics[topic]
        if told.error is not None:
            raise SurveyError(f"topic {topic}: {cause_of(told.error)}. Has `playhead migrate` been run?")
        wanted = {TopicPartition(topic, partition): OffsetSpec.latest() for partition in told.partitions}
        answers = admin.list_offsets(wanted, request_timeout=TIMEOUT_S)
        found[topic] = {each.partition: answer.result().offset for each, answer in answers.items()}
    return found
