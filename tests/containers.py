"""The three stores as containers, for machines with a Docker engine."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from operations.local import ports
from operations.local.stores.kafka import kafka_answers
from operations.local.stores.postgres import postgres_answers
from operations.local.stores.redis import redis_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_READY_SECONDS = 120
KAFKA, VALKEY, POSTGRES = "apache/kafka:4.1.0", "valkey/valkey:8", "postgres:{}"


def docker_answers() -> bool:
    if "DOCKER_HOST" not in os.environ and not Path("/var/run/docker.sock").exists():
        return False
    import docker  # type: ignore[import-untyped]
    from docker.errors import DockerException  # type: ignore[import-untyped]

    try:
        client = docker.from_env(timeout=5)
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except DockerException:
        return False
    finally:
        client.close()


@contextmanager
def containers(postgres_major: int) -> Iterator[tuple[str, str, str]]:
    """Give Kafka's servers, Redis's URL and PostgreSQL's admin DSN."""
    kafka, redis, postgres = ports.choose(), ports.choose(), ports.choose()
    servers, url = f"127.0.0.1:{kafka}", f"redis://127.0.0.1:{redis}/0"
    dsn = f"postgresql://postgres@127.0.0.1:{postgres}/playhead"
    with ExitStack() as running:
        running.enter_context(_container(KAFKA, (kafka, 9092), _kafka(servers)))
        running.enter_context(_container(VALKEY, (redis, 6379), {}))
        trust = {"POSTGRES_HOST_AUTH_METHOD": "trust", "POSTGRES_DB": "playhead"}
        running.enter_context(_container(POSTGRES.format(postgres_major), (postgres, 5432), trust))
        _wait_until(lambda: kafka_answers(servers), "Kafka")
        _wait_until(lambda: redis_answers(url), "Valkey")
        _wait_until(lambda: postgres_answers(dsn), "PostgreSQL")
        yield servers, url, dsn


@contextmanager
def _container(image: str, port: tuple[int, int], environment: dict[str, str]) -> Iterator[None]:
    from testcontainers.core.container import DockerContainer

    outside, inside = port
    container = DockerContainer(image).with_bind_ports(inside, outside)
    for name, value in environment.items():
        container.with_env(name, value)
    with container:
        yield


def _kafka(servers: str) -> dict[str, str]:
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{servers}",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }


def _wait_until(answers: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not answers():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the {name} container does not answer within {_READY_SECONDS} s")
        time.sleep(0.1)  # the container can only be asked again; no event says when it is ready
