"""Connections of the operators' commands, and what all of them say if Kafka, Redis or PostgreSQL is away.

Every function of these packages that uses a store raises `StoreUnavailableError`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec, TopicMetadata
from psycopg.rows import TupleRow
from redis import RedisError
from redis.exceptions import RedisClusterException

from playhead.causes import cause_of
from playhead.kafka import publisher
from playhead.kafka.connection import missing_right, refusal
from playhead.kafka.errors import RepartitioningError
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from playhead.kafka.repartition_mark import RepartitionMark
from playhead.postgres import connect, is_schema_missing
from playhead.redis.connection import SyncRedis, sync_client
from playhead.redis.refusals import explained
from playhead.settings import KafkaSettings, RedisSettings
from playhead.wire.topics import repartition_mark

T = TypeVar("T")

ACK_SECONDS = 30.0
REQUEST_SECONDS = 10.0
_POSITIONS = "SELECT partition, next_offset FROM progress.positions WHERE topic = %s"


class StoreUnavailableError(Exception):
    """A store does not answer, or lacks a topic or the schema; the message names the way out."""


@contextmanager
def kafka_errors(settings: KafkaSettings, needed: str = "") -> Iterator[None]:
    """Raise `StoreUnavailableError` for the client's errors, with the reason where the brokers refuse it.

    `needed` is the right that the requests need, as `Describe on topic progress.states`.
    """
    try:
        yield
    except KafkaException as error:
        if (denied := missing_right(error.args[0], needed)) is not None:
            raise StoreUnavailableError(denied) from error
        reason = refusal(settings) or cause_of(error)
        raise StoreUnavailableError(f"Kafka does not answer (PLAYHEAD_KAFKA_SERVERS): {reason}") from error


def describe_topic(
    client: AdminClient | Consumer, topic: str, seconds: float = REQUEST_SECONDS, *, right: str = "Describe"
) -> TopicMetadata:
    """A topic, and its partitions. `right` is what the caller needs, of which `Describe` is a part.

    Raises:
        KafkaException: Kafka does not answer.
        StoreUnavailableError: there is no such topic.
    """
    found: TopicMetadata = client.list_topics(topic, timeout=seconds).topics[topic]
    if found.error is not None:
        if (denied := missing_right(found.error, f"{right} on topic {topic}")) is not None:
            raise StoreUnavailableError(denied)
        raise StoreUnavailableError(
            f"topic {topic}: {cause_of(found.error)}. Has `playhead migrate` been run?"
        )
    return found


def log_offsets(
    admin: AdminClient, topic: str, partitions: Iterable[int], spec: OffsetSpec
) -> dict[int, int]:
    """The offset of each partition that is asked for, such as its end.

    Raises:
        KafkaException: Kafka does not answer.
    """
    wanted = {TopicPartition(topic, each): spec for each in partitions}
    answers = admin.list_offsets(wanted, request_timeout=REQUEST_SECONDS)
    return {each.partition: answer.result().offset for each, answer in answers.items()}


def publish(settings: KafkaSettings, command: str, records: Sequence[ProducerRecord]) -> None:
    """Return once Kafka has acknowledged every record.

    Raises:
        PublishError: some records may not be in the log, or a repartition is under way, during which nothing
            is published; publish all of them again.
        StoreUnavailableError: Kafka does not answer.
    """

    async def published() -> None:
        client = Publisher(settings, client_id=f"playhead-{command}", ack_timeout_seconds=ACK_SECONDS)
        async with client as kafka:
            await kafka.publish(records)

    if records:
        with kafka_errors(settings, f"Describe on topic {repartition_mark(settings.kafka_prefix)}"):
            if RepartitionMark(settings, f"playhead-{command}").exists(REQUEST_SECONDS):
                raise RepartitioningError
        log = logging.getLogger(publisher.__name__)
        level = log.level
        log.setLevel(logging.CRITICAL)  # the errors that it reports are raised as well
        try:
            asyncio.run(published())
        finally:
            log.setLevel(level)


@contextmanager
def postgres_errors() -> Iterator[None]:
    """Raise `StoreUnavailableError` for the driver's errors."""
    try:
        yield
    except psycopg.Error as error:
        raise StoreUnavailableError(
            f"the schema is not up to date ({cause_of(error)}): run `playhead migrate`"
            if is_schema_missing(error)
            else f"PostgreSQL does not answer (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}"
        ) from error


@contextmanager
def postgres(dsn: str, command: str) -> Iterator[psycopg.Connection[TupleRow]]:
    """A connection in autocommit mode whose times are in UTC.

    Raises:
        StoreUnavailableError: PostgreSQL does not answer, now or while the connection is used.
    """
    with postgres_errors(), connect(dsn, f"playhead-{command}") as connection:
        yield connection


def of_all(databases: Sequence[dict[int, T]], choose: Callable[[list[T]], T]) -> dict[int, T]:
    """One value for each partition that every database has."""
    common = set.intersection(*map(set, databases))
    return {partition: choose([each[partition] for each in databases]) for partition in common}


def stored_offsets(connection: psycopg.Connection[TupleRow], topic: str) -> dict[int, int]:
    """The stored offset of each partition of the states topic."""
    return dict(connection.execute(_POSITIONS, (topic,)).fetchall())


@contextmanager
def redis(settings: RedisSettings, command: str) -> Iterator[SyncRedis]:
    """A client that gives up after `redis_timeout_seconds`.

    Raises:
        StoreUnavailableError: Redis does not answer, now or while the client is used.
    """
    try:
        with sync_client(settings, f"playhead-{command}") as client:
            yield client
    except (RedisError, RedisClusterException) as error:
        reason = explained(error) or f"Redis does not answer (PLAYHEAD_REDIS_URL): {cause_of(error)}"
        raise StoreUnavailableError(reason) from error
