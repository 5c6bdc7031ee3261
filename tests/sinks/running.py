"""A sink that runs beside the test, and waiting for what it does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Self

import psycopg
from confluent_kafka import Consumer, TopicPartition
from psycopg.rows import dict_row
from pydantic import SecretStr

from operations.audit.database import audit
from playhead.progress import Policy
from playhead.settings import AuditSettings, KafkaSettings, SinkSettings
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.topics import Topics
from sinks.rederive.rederive import Rederiver
from sinks.sink import Sink
from sinks.states.batch import BatchBuilder
from sinks.states.decode import ConsumedRecord, RejectedRecord, decode
from sinks.tables.connection import read_positions
from sinks.tables.prepare import prepare
from sinks.tables.store import Store, WriteResult
from tests.services import Database
from tests.sinks.author import POLICY, Record

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
    """A sink on a thread; leaving raises what it raised."""
    with started(settings) as (sink, _):
        yield sink


@contextmanager
def started(settings: SinkSettings) -> Iterator[tuple[Sink, Future[None]]]:
    """A sink on a thread, and its end; leaving raises what it raised."""
    stop = threading.Event()
    sink = Sink(settings, stop)
    pool = ThreadPoolExecutor(1, thread_name_prefix="sink")
    run = pool.submit(sink.run)
    try:
        yield sink, run
    finally:
        stop.set()
        wait([run], 60)
        pool.shutdown(wait=False)
    run.result(0)


def finish(rederiver: Rederiver) -> None:
    """Take all turns that are due, the first to look for requests."""
    rederiver.work()
    while rederiver.is_due(idle=True):
        rederiver.work()


def until(seconds: float, condition: Callable[[], object], explain: Callable[[], object] = str) -> None:
    """Wait for a condition; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {explain() or condition}")
        time.sleep(0.02)


def rows(database: Database, query: str, parameters: Mapping[str, object] | None = None) -> Rows:
    with psycopg.connect(database.admin_dsn, row_factory=dict_row) as connection:
        return connection.execute(query.encode(), parameters).fetchall()


def positions(database: Database) -> dict[int, int]:
    found = rows(database, "SELECT partition, next_offset FROM progress.positions")
    return {row["partition"]: row["next_offset"] for row in found}


def stored_up_to(database: Database, partition: int, offset: int) -> Callable[[], bool]:
    return lambda: positions(database).get(partition) == offset


SESSIONS = """
SELECT session_key AS key, watched::text AS watched, watch_ms, position_ms, ended,
    (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
    (extract(epoch FROM last_at) * 1000)::bigint AS last_ms
FROM progress.sessions ORDER BY tenant_id, user_id, content_id, started_at, session_key
"""
COUNTED = (
    (
        "SELECT tenant_id, content_id, sum(people) AS people, sum(started) AS started,"
        " sum(completed) AS completed, sum(percentage_sum) AS percentages, sum(coverage_sum) AS coverage,"
        " sum(wall_ms) AS wall_ms FROM progress.content_summary GROUP BY 1, 2 ORDER BY 1, 2"
    ),
    (
        "SELECT tenant_id, content_id, slice, sum(viewers) AS viewers FROM progress.content_slices"
        " GROUP BY 1, 2, 3 HAVING sum(viewers) <> 0 ORDER BY 1, 2, 3"
    ),
    (
        "SELECT tenant_id, content_id, bucket, sum(completions) AS completions FROM progress.content_times"
        " GROUP BY 1, 2, 3 HAVING sum(completions) <> 0 ORDER BY 1, 2, 3"
    ),
    (
        "SELECT tenant_id, day, sum(people) AS people, sum(sessions) AS sessions, sum(wall_ms) AS wall_ms,"
        " sum(started) AS started, sum(completed) AS completed FROM progress.daily_activity GROUP BY 1, 2"
        " HAVING (sum(people), sum(sessions), sum(wall_ms), sum(started), sum(completed))"
        " <> (0, 0, 0, 0, 0) ORDER BY 1, 2"
    ),
    "SELECT * FROM progress.person_days ORDER BY tenant_id, day, user_id",
    "SELECT * FROM progress.person_quarters ORDER BY tenant_id, user_id, quarter",
)
"""Of counters only the sums over the shards mean anything, and a sum of nothing is as good as none."""
EVERYTHING = (
    (
        "SELECT tenant_id, user_id, content_id, to_jsonb(p) - 'updated_at' AS row"
        " FROM progress.user_progress AS p ORDER BY 1, 2, 3"
    ),
    (
        "SELECT to_jsonb(s) AS row FROM progress.sessions AS s"
        " ORDER BY tenant_id, user_id, content_id, started_at, session_key"
    ),
    "SELECT to_jsonb(s) AS row FROM progress.user_summary AS s ORDER BY tenant_id, user_id",
    *COUNTED,
    "SELECT * FROM progress.positions ORDER BY topic, partition",
    "SELECT * FROM progress.ledger ORDER BY topic, partition",
)


def everything(database: Database) -> list[Rows]:
    """All that the sink stores, but for when it did."""
    return [rows(database, query) for query in EVERYTHING]


class Direct:
    """A sink without Kafka: batches go straight to the store. Two of them differ by `topic`."""

    def __init__(self, database: Database, topic: str = "states", partitions: int = 4) -> None:
        self.store = Store(database.writer_dsn, topic)
        self._next = read_positions(database.writer_dsn, topic, range(partitions))

    def write(self, *records: Record, policy: Policy = POLICY, written_ms: int | None = None) -> WriteResult:
        """Store records in one batch; `written_ms` is their timestamp in the log."""
        builder = BatchBuilder()
        for record in records:
            offset = self._next[record.partition]
            source = ConsumedRecord(record.partition, offset, record.key, record.value, written_ms)
            builder.add(source, offset, decode(source))
            self._next[record.partition] = offset + 1
        return self.store.write(prepare(builder, policy), self.publish)

    def publish(self, rejected: Sequence[RejectedRecord], erased: Sequence[ConsumedRecord]) -> None:
        assert (rejected, erased) == ([], [])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()


def findings(database: Database) -> list[str]:
    return [str(each) for each in audit(AuditSettings(postgres_dsn=database.writer_dsn))]


def dead_letters(settings: KafkaSettings, count: int) -> list[tuple[bytes | None, bytes | None, DeadLetter]]:
    """The first dead letters, once there are so many."""
    topic = Topics.named(settings.kafka_prefix).dead_letters.name
    consumer = Consumer({"bootstrap.servers": settings.kafka_servers, "group.id": "letters"})
    consumer.assign([TopicPartition(topic, each, 0) for each in range(settings.kafka_partitions)])
    found: list[tuple[bytes | None, bytes | None, DeadLetter]] = []
    try:
        deadline = time.monotonic() + 20
        while len(found) < count and time.monotonic() < deadline:
            for message in consumer.consume(count, 0.2):
                assert message.error() is None, message.error()
                found.append((message.key(), message.value(), DeadLetter.of(message.headers())))
    finally:
        consumer.close()
    return sorted(found, key=lambda each: (each[2].partition, each[2].offset))


@dataclass(frozen=True)
class SinkProcess:
    """A sink as a process, which takes signals."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def end(self, number: signal.Signals) -> int:
        """Signal it, and wait for its exit code; a process that stays writes where its threads are."""
        self.process.send_signal(number)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(10)
            raise AssertionError(f"still running 60 s after {number.name}: {self.output()}") from None

    def output(self) -> str:
        """Its log."""
        self.log.seek(0)
        return self.log.read().decode()


@contextmanager
def sink_process(settings: SinkSettings, program: str | None = None) -> Iterator[SinkProcess]:
    """A running sink, or another program that runs one; leaving kills it."""
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    variables = {
        f"PLAYHEAD_{name.upper()}": each.get_secret_value() if isinstance(each, SecretStr) else str(each)
        for name, each in given.items()
    }
    environment = os.environ | variables | {"PLAYHEAD_SINK_PORT": "0"}
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-X", "faulthandler", "-c", program or _RUN_SINK]
        process = subprocess.Popen(command, env=environment, stderr=log)
        try:
            yield SinkProcess(process, log)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(30)


_RUN_SINK = """
from playhead.settings import SinkSettings
from sinks.service import run
run(SinkSettings())
"""


@contextmanager
def locked(database: Database, table: str) -> Iterator[None]:
    """Block all writes to a table: a batch begun now stops halfway."""
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE".encode())
        yield


def waiting_for_a_lock(database: Database) -> int:
    """How many sinks are halfway through a batch and cannot go on."""
    (row,) = rows(
        database,
        "SELECT count(*) AS sinks FROM pg_stat_activity WHERE application_name = 'playhead-sink'"
        " AND datname = current_database() AND wait_event_type = 'Lock'",
    )
    return int(row["sinks"])
