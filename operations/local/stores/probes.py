"""Ask each store, once and briefly, whether it serves."""

from __future__ import annotations

import psycopg
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

_SECONDS = 1


def kafka_answers(servers: str) -> bool:
    """Ask for the cluster's metadata: answered once a broker is registered and serves clients."""
    client = AdminClient(
        {
            "bootstrap.servers": servers,
            "log_level": 0,  # a refused connection is what we are here to see, not news
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 100,
        }
    )
    try:
        return len(client.list_topics(timeout=_SECONDS).brokers) > 0
    except KafkaException:
        return False


def redis_answers(url: str) -> bool:
    """Send a PING; refused while the server still reads its file, too."""
    once = Retry(NoBackoff(), retries=0)
    with Redis.from_url(url, retry=once, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS) as client:
        try:
            return bool(client.ping())
        except (RedisConnectionError, RedisTimeoutError):
            return False


def postgres_answers(dsn: str) -> bool:
    """Open a connection; refused until recovery is done, too."""
    try:
        psycopg.connect(dsn, connect_timeout=_SECONDS).close()
    except psycopg.OperationalError:
        return False
    return True
