"""The sink into 1,000,000 rows: states a second from Kafka to PostgreSQL, and where the time of one goes.

python -m benchmarks.sink [ROWS] [STATES]
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import psycopg
from confluent_kafka import Producer
from msgspec import Raw

from operations.local.stores.stack import Stack
from playhead.kafka.topics import ensure_topics
from playhead.progress import (
    ContentId,
    Instant,
    Intervals,
    Policy,
    Progress,
    Session,
    TenantId,
    UserId,
    summarize,
)
from playhead.progress.session import Position
from playhead.settings import MigrateSettings, SinkSettings
from playhead.wire.codec import encode
from playhead.wire.keys import state_key
from playhead.wire.progress import encode_progress
from playhead.wire.states import State
from playhead.wire.topics import Topics
from sinks import metrics
from sinks.schema import migrate
from sinks.sink import Sink
from sinks.states.batch import BatchBuilder
from sinks.states.decode import ConsumedRecord, decode
from sinks.tables.connection import read_positions
from sinks.tables.prepare import prepare
from sinks.tables.store import Store

ITEMS = 20
"""A person's. Each was viewed twice."""
BATCH = 10_000
PARTITIONS = 4
POLICY = Policy()
NOW = Instant(1_790_000_000_000)
DURATION_MS = 600_000
TENANT = TenantId(str(uuid.UUID(int=1)))


def identifier(kind: int, number: int) -> str:
    """A UUID as random as a real one, so that the index is met everywhere."""
    digest = blake2b(f"{kind} {number}".encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def state(row: int, round_number: int, offset: int) -> State:
    """The state of the row's person and item after so many rounds: the second session goes on each time."""
    user, content = UserId(identifier(1, row // ITEMS)), ContentId(identifier(2, row % ITEMS))
    watched = (round_number * 10_000 + row * 7) % (DURATION_MS - 20_000) + 10_000
    begun = NOW - 86_400_000 * (row % 20)
    first, second = identifier(3, row), identifier(4, row)
    sessions = {
        first: session(begun - 7_200_000, 300_000, 300_000),
        second: session(begun, watched, watched + 60_000),
    }
    progress = Progress(sessions=sessions, duration_ms=DURATION_MS)
    return State(
        v=2,
        tenant_id=TENANT,
        user_id=user,
        content_id=content,
        source_partition=0,
        source_offset=offset,
        touched=(second,) if round_number else (first, second),
        summary=summarize(progress, POLICY),
        progress=Raw(encode_progress(progress)),
    )


def session(begun: int, watched: int, lasted: int) -> Session:
    """A session with a seek in the middle."""
    half = watched // 2
    return Session(
        started_at=Instant(begun),
        last_at=Instant(begun + lasted),
        watched=Intervals.of([(0, half), (half + 5_000, watched + 5_000)]),
        watch_ms=watched,
        rate=1.0,
        position=Position(Instant(begun + lasted), lasted // 10_000, watched, None),
        measured=True,
    )


def sources(rows: Iterator[int], round_number: int) -> Iterator[ConsumedRecord]:
    """Records of one partition."""
    for offset, row in enumerate(rows):
        record = state(row, round_number, offset + (round_number << 32))
        key = state_key(record.tenant_id, record.user_id, record.content_id)
        yield ConsumedRecord(0, offset, key.encode(), encode(record))


def fill(store: Store, rows: int) -> float:
    """Insert every row; states a second, writing only."""
    numbers = random.Random(1).sample(range(rows), rows)
    busy = 0.0
    records = sources(iter(numbers), 0)
    while chunk := list(islice(records, BATCH)):
        busy += store_batch(store, chunk)["store"]
    return rows / busy


def store_batch(store: Store, chunk: list[ConsumedRecord]) -> dict[str, float]:
    """Seconds that reading, preparing and storing took."""
    begun, worked = time.perf_counter(), time.process_time()
    builder = BatchBuilder()
    start = chunk[0].offset
    for source in chunk:
        builder.add(source, start, decode(source))
    decoded = time.perf_counter()
    batch = prepare(builder, POLICY)
    prepared = time.perf_counter()
    store.write(batch, _refuse)
    return {
        "decode": decoded - begun,
        "build": prepared - decoded,
        "store": time.perf_counter() - prepared,
        "CPU of the sink": time.process_time() - worked,
    }


def _refuse(*refused: object) -> None:
    raise AssertionError(refused)


def step_seconds() -> dict[str, float]:
    """The time that each step has taken so far."""
    return {
        sample.labels["step"]: sample.value
        for metric in metrics.STEPS.collect()
        for sample in metric.samples
        if sample.name.endswith("_sum")
    }


def backend_seconds(dsn: str) -> float:
    """The processor time so far of PostgreSQL's backends that serve the sink."""
    ours = "SELECT pid FROM pg_stat_activity WHERE application_name = 'playhead-sink'"
    with psycopg.connect(dsn) as connection:
        backends = [psutil.Process(pid) for (pid,) in connection.execute(ours.encode())]
    return sum(sum(each.cpu_times()[:2]) for each in backends)


def by_step(store: Store, dsn: str, rows: int, states: int) -> dict[str, float]:
    """µs a state for each step, one after the other, without Kafka."""
    numbers = random.Random(2).choices(range(rows), k=states)
    records = list(sources(iter(numbers), 1))
    for place, record in enumerate(records):
        records[place] = ConsumedRecord(0, rows + place, record.key, record.value)
    before = step_seconds()
    spent: Counter[str] = Counter()
    backend_before = backend_seconds(dsn)
    for begin in range(0, states, BATCH):
        spent.update(store_batch(store, records[begin : begin + BATCH]))
    spent["CPU of PostgreSQL"] = backend_seconds(dsn) - backend_before
    after = step_seconds()
    spent.update({f"store: {step}": after[step] - before.get(step, 0.0) for step in after})
    return {step: round(seconds / states * 1e6, 2) for step, seconds in spent.items() if seconds}


def whole(settings: SinkSettings, rows: int, states: int) -> float:
    """States a second, from Kafka to PostgreSQL, in the sink as it runs."""
    topic = Topics.named(settings.kafka_prefix).states.name
    producer = Producer(
        {"bootstrap.servers": settings.kafka_servers, "linger.ms": 20, "compression.type": "lz4"}
    )
    counts = [0] * PARTITIONS
    for number, row in enumerate(random.Random(3).choices(range(rows), k=states)):
        record = state(row, 2, number + (2 << 32))
        partition = (row // ITEMS) % PARTITIONS
        counts[partition] += 1
        key = state_key(record.tenant_id, record.user_id, record.content_id)
        producer.produce(topic, encode(record), key.encode(), partition=partition)
        producer.poll(0)
    producer.flush()
    stop = threading.Event()
    sink = Sink(settings, stop)
    thread = threading.Thread(target=sink.run)
    with psycopg.connect(settings.postgres_dsn, autocommit=True) as connection:
        count = "SELECT sum(next_offset) FROM progress.positions WHERE topic = %s"
        thread.start()
        moved, first = 0, 0
        begun = time.perf_counter()
        while moved < states:
            time.sleep(0.02)
            now = connection.execute(count, (topic,)).fetchone()
            moved = int(now[0] or 0) if now else 0
            if not first and moved:
                first, begun = moved, time.perf_counter()
        took = time.perf_counter() - begun
    stop.set()
    thread.join()
    return (states - first) / took


def run(rows: int = 1_000_000, states: int = 300_000) -> dict[str, Any]:
    """Measure on a stack of its own."""
    with tempfile.TemporaryDirectory(prefix="playhead-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        with Stack(directory) as stack:
            return measure(stack, rows, states)


def measure(stack: Stack, rows: int, states: int) -> dict[str, Any]:
    """Measure on this stack."""
    migrate(MigrateSettings(postgres_admin_dsn=stack.postgres.dsn()))
    settings = SinkSettings(
        kafka_servers=stack.kafka.servers,
        kafka_partitions=PARTITIONS,
        kafka_prefix="bench.",
        postgres_dsn=stack.postgres.dsn("playhead_writer"),
        sink_batch=BATCH,
    )
    ensure_topics(settings)
    read_positions(settings.postgres_dsn, "direct", [0])
    store = Store(settings.postgres_dsn, "direct")
    filled = fill(store, rows)
    with psycopg.connect(stack.postgres.dsn(), autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")
    steps = by_step(store, stack.postgres.dsn(), rows, states)
    store.close()
    return {
        "rows": rows,
        "states": states,
        "inserted_per_second": round(filled),
        "us_per_state": steps,
        "states_per_second_serial": round(1e6 / (steps["decode"] + steps["build"] + steps["store"])),
        "states_per_second": round(whole(settings, rows, states)),
    }


if __name__ == "__main__":
    print(json.dumps(run(*map(int, sys.argv[1:])), indent=2))
