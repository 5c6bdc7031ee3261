"""A sink that runs beside the test, and waiting for what it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

from playhead.settings import KafkaSettings, SinkSettings
from sinks.sink import Sink
from tests.services import Database

Rows = list[dict[str, Any]]


def sink_settings(topics: KafkaSettings, database: Database, **others: Any) -> SinkSettings:
    return SinkSettings(
        kafka_servers=topics.kafka_servers,
        kafka_partitions=topics.kafka_partitions,
        kafka_prefix=topics.kafka_prefix,
        postgres_dsn=database.writer_dsn,
        **({"sink_linger_seconds": 0.05} | others),
    )


@contextmanager
def running(settings: SinkSettings) -> Iterator[Sink]:
    """A sink on a thread; what it raised is raised here, on leaving."""
    stop = threading.Event()
    sink = Sink(settings, stop)
    raised: list[BaseException] = []

    def work() -> None:
        try:
            sink.run()
        except BaseException as error:  # noqa: BLE001 - raised again on the test's thread
            raised.append(error)

    thread = threading.Thread(target=work, name="sink")
    thread.start()
    try:
        yield sink
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()
    if raised:
        raise raised[0]


def until(seconds: float, condition: Callable[[], object], told: Callable[[], object] = str) -> None:
    """Wait for a condition; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {told() or condition}")
        time.sleep(0.02)


def rows(database: Database, query: str, parameters: Mapping[str, object] | None = None) -> Rows:
    with psycopg.connect(database.admin_dsn, row_factory=dict_row) as connection:
        return connection.execute(query.encode(), parameters).fetchall()


def positions(database: Database) -> dict[int, int]:
    found = rows(database, "SELECT partition, next_offset FROM progress.positions")
    return {row["partition"]: row["next_offset"] for row in found}


def stored_up_to(database: Database, partition: int, offset: int) -> Callable[[], bool]:
    return lambda: positions(database).get(partition) == offset
