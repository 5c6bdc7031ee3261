"""Where the processor's time goes: its own steps, one after the other, on one partition.

Wall-clock time and processor time of this process; what lies between is spent waiting for Redis or
Kafka, and in the service belongs to other partitions.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from confluent_kafka import Consumer, TopicPartition

from operations.local.running_stack import settings_from
from playhead.kafka.batches import RecordBatch
from playhead.kafka.publisher import Publisher
from playhead.policies import Policies
from playhead.progress import Policy
from playhead.settings import ProcessorSettings
from playhead.wire.ledger import Ledger
from playhead.wire.topics import Topics
from stream_processors.apply.decide import decide
from stream_processors.apply.decode import decode
from stream_processors.apply.quota import Rules
from stream_processors.stores.hot_store import HotStore
from stream_processors.stores.publish import publish_decision

READ_SECONDS = 30.0


class Record(NamedTuple):
    """As the stage takes it."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 0


def measure(environment: Mapping[str, str], records: int) -> dict[str, dict[str, float]]:
    """µs a heartbeat by step, over that many records at least."""
    settings = settings_from(ProcessorSettings, environment, {})
    runs = list(_runs(settings, records))
    meter = Meter()
    asyncio.run(_take(settings, runs, meter))
    return meter.per_heartbeat(sum(len(run.records) for run in runs))


class Meter:
    """Sums up the time of steps."""

    def __init__(self) -> None:
        self._wall: Counter[str] = Counter()
        self._cpu: Counter[str] = Counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure one step."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        # typeshed has integers only, and says so
        self._wall[name] += time.perf_counter() - wall  # type: ignore[assignment]
        self._cpu[name] += time.process_time() - cpu  # type: ignore[assignment]

    def per_heartbeat(self, heartbeats: int) -> dict[str, dict[str, float]]:
        """In µs."""
        return {
            name: {
                "wall_us": round(self._wall[name] / heartbeats * 1e6, 2),
                "cpu_us": round(self._cpu[name] / heartbeats * 1e6, 2),
            }
            for name in self._wall
        }


async def _take(settings: ProcessorSettings, runs: list[RecordBatch], meter: Meter) -> None:
    """As `PartitionWorker` does it."""
    hot, topics, rules = HotStore(settings), Topics.named(settings.kafka_prefix), Rules(Policies(Policy()))
    ledger, expected = Ledger.starting_at(0), None
    await hot.claim(0, 1)
    async with Publisher(settings, client_id="bench", ack_timeout_seconds=READ_SECONDS) as publisher:
        for run in runs:
            with meter.step("read"):
                decoded = decode(run)
            with meter.step("load"):
                found = await hot.load(0, {person: list(items) for person, items in decoded.people.items()})
            known = {person: each for person, each in found.items() if each is not None}
            with meter.step("decide"):
                decision = decide(decoded, known, ledger, rules)
            with meter.step("write"):
                await hot.write(decision, generation=1, expected=expected, published=ledger.next_offset)
            with meter.step("emit"):
                await publish_decision(publisher, topics, decision)
            ledger, expected = decision.ledger, decision.ledger.next_offset
    await hot.close()


def _runs(settings: ProcessorSettings, records: int) -> Iterator[RecordBatch]:
    """Runs from the beginning of the first partition."""
    consumer = Consumer({"bootstrap.servers": settings.kafka_servers, "group.id": "bench-steps"})
    consumer.assign([TopicPartition(Topics.named(settings.kafka_prefix).heartbeats.name, 0, 0)])
    read_to = 0
    while read_to < records:
        wanted = min(settings.processor_max_run, records - read_to)
        messages = consumer.consume(wanted, READ_SECONDS)
        if len(messages) < wanted:
            raise RuntimeError("the log does not hold what was sent")
        batch = [Record(each.offset(), each.key(), each.value()) for each in messages]
        yield RecordBatch(partition=0, start=read_to, records=batch)
        read_to += wanted
    consumer.close()
