"""What operators' commands say when Kafka, Redis or PostgreSQL does not answer, the same in all of them.

StoreUnavailableError
├── KafkaUnavailableError
├── PostgresUnavailableError
└── RedisUnavailableError
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from confluent_kafka import KafkaException
from psycopg.rows import TupleRow
from redis import Redis, RedisError

from playhead.causes import NamedFailure, cause_of
from playhead.postgres import connect, is_schema_missing
from playhead.settings import RedisSettings

REDIS_SECONDS = 5.0


class StoreUnavailableError(Exception):
    """The message names the store and the setting of its address."""


class KafkaUnavailableError(StoreUnavailableError):
    """Kafka does not answer, or does not have the topic."""


class PostgresUnavailableError(StoreUnavailableError):
    """PostgreSQL does not answer, or its schema is not the one of this release."""


class RedisUnavailableError(StoreUnavailableError):
    """Redis does not answer."""


@contextmanager
def kafka_errors() -> Iterator[None]:
    """Raise `KafkaUnavailableError` for the client's errors."""
    try:
        yield
    except KafkaException as error:
        raise KafkaUnavailableError(
            f"Kafka does not answer (PLAYHEAD_KAFKA_SERVERS): {cause_of(error)}"
        ) from error


def refuse_topic(topic: str, error: NamedFailure) -> KafkaUnavailableError:
    """The error for a topic whose metadata carries one."""
    return KafkaUnavailableError(f"topic {topic}: {cause_of(error)}. Has `playhead migrate` been run?")


@contextmanager
def postgres_errors() -> Iterator[None]:
    """Raise `PostgresUnavailableError` for the driver's errors."""
    try:
        yield
    except psycopg.Error as error:
        raise PostgresUnavailableError(
            f"the schema is not up to date ({cause_of(error)}): run `playhead migrate`"
            if is_schema_missing(error)
            else f"PostgreSQL does not answer (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}"
        ) from error


@contextmanager
def postgres(dsn: str, command: str) -> Iterator[psycopg.Connection[TupleRow]]:
    """A connection in autocommit mode whose times are in UTC.

    Raises:
        PostgresUnavailableError: PostgreSQL does not answer, now or while the connection is used.
    """
    with postgres_errors(), connect(dsn, f"playhead-{command}", settings={"TimeZone": "UTC"}) as connection:
        yield connection


@contextmanager
def redis(settings: RedisSettings, command: str) -> Iterator[Redis]:
    """A client that gives up after `REDIS_SECONDS`.

    Raises:
        RedisUnavailableError: Redis does not answer, now or while the client is used.
    """
    try:
        with Redis.from_url(
            settings.redis_url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            client_name=f"playhead-{command}",
        ) as client:
            yield client
    except RedisError as error:
        raise RedisUnavailableError(
            f"Redis does not answer (PLAYHEAD_REDIS_URL): {cause_of(error)}"
        ) from error
