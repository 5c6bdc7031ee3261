"""Where Kafka, Redis and PostgreSQL are."""

from __future__ import annotations

from pydantic import Field

from playhead.settings.addresses import PostgresDsn, RedisUrl
from playhead.settings.base import Settings


class KafkaSettings(Settings):
    """Where the log is, and how its topics are made."""

    kafka_servers: str = "127.0.0.1:9092"
    """Comma-separated `host:port`."""
    kafka_partitions: int = Field(default=12, ge=1, le=1000)
    """Of each topic, when it is made; as many processors, and as many sinks, can share the work."""
    kafka_replication: int = Field(default=1, ge=1, le=9)
    """Copies of each topic, when it is made; 3 in production."""
    kafka_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$")
    """Begins the name of every topic and consumer group, for several Playheads on one cluster."""


class RedisSettings(Settings):
    """Where the hot state is."""

    redis_url: RedisUrl = "redis://127.0.0.1:6379/0"
    """The primary; `rediss://` for TLS."""
    redis_person_ttl_days: int = Field(default=90, ge=1)
    """A person untouched this long leaves Redis; the next heartbeat loads them from Postgres."""


class PostgresSettings(Settings):
    """Where the durable truth is. The writer owns the rows; the reader cannot bypass row-level security."""

    postgres_dsn: PostgresDsn = "postgresql://playhead_writer@127.0.0.1:5432/playhead"
    """The processor and the sink connect with it."""
    postgres_reader_dsn: PostgresDsn = "postgresql://playhead_reader@127.0.0.1:5432/playhead"
    """The query API connects with it, under row-level security."""
    postgres_admin_dsn: PostgresDsn = "postgresql://postgres@127.0.0.1:5432/playhead"
    """Used by `playhead migrate` alone."""
