"""The processor's whole stage, from Kafka to Redis and back to Kafka, against its peers.

`python -m benchmarks.processor`.

Every contender takes the same heartbeats from the same log, by people who, in Redis, are in the middle of a
video. What is measured is the steady state: from when a tenth of the work is done, to when nine tenths are,
or the time is over. Rounds are interleaved and medians taken, since a shared machine's speed drifts.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from redis import Redis

from benchmarks import peers, processor_steps
from benchmarks.cpu import cpu_seconds
from benchmarks.figures import figure, medians, ratios
from benchmarks.harness import KEYS, PARTITIONS, Ends, directory, process, stores, until
from benchmarks.players import TENANT, Audience, record
from operations.local import ports
from operations.local.stores.stack import Stack
from playhead.progress import NOTHING, ContentId, Policy, UserId, apply
from playhead.wire.codec import encode
from playhead.wire.keys import person_key
from playhead.wire.partitioner import partition_of
from playhead.wire.progress import encode_progress
from playhead.wire.redis_keys import FENCE
from playhead.wire.topics import Topics

BEGAN = 1_790_000_000_000
ROUNDS_BEFORE = 6
"""What everybody has watched before: a minute, past what some skipped."""
OF_PEERS = "quixstreams"
"""The peer whose environment `make bench` makes."""
START_SECONDS = 60.0
STALL_SECONDS = 120.0
TICK_SECONDS = 0.01
"""The resolution of the CPU time of a process: a quick run may take less."""
ALMOST = 0.9
"""The share of the log at which a contender has been watched for long enough."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    people: int
    rounds: int
    """Heartbeats of each of them, in the log."""
    repeats: int
    peer_seconds: float
    """How long a peer is watched; it need not come to the end of the log."""

    @property
    def heartbeats(self) -> int:
        """In the log."""
        return self.people * self.rounds


FULL = Size(people=60_000, rounds=5, repeats=5, peer_seconds=5.0)
QUICK = Size(people=2_000, rounds=2, repeats=1, peer_seconds=1.0)


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a contender."""

    at: float
    done: int
    cpu_seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one round, of one contender."""

    per_second: float
    per_core_second: float
    """Heartbeats for each second of processor time that the process itself took."""
    cpu_us: Mapping[str, float]
    """Processor time by process, for one heartbeat."""

    @classmethod
    def between(cls, first: Sample, last: Sample) -> Measured:
        """From the first look to the last one."""
        done = last.done - first.done
        spent = {name: last.cpu_seconds[name] - first.cpu_seconds[name] for name in first.cpu_seconds}
        return cls(
            per_second=done / (last.at - first.at),
            per_core_second=done / max(spent["itself"], TICK_SECONDS),
            cpu_us={name: seconds / done * 1e6 for name, seconds in spent.items()},
        )


def run(*, quick: bool = False) -> dict[str, Any]:
    """Rates in heartbeats a second, processor time in µs a heartbeat."""
    size = QUICK if quick else FULL
    with stores() as (stack, environment), directory() as logs:
        bench = Bench(stack, environment, logs, size)
        bench.fill_log()
        names = contenders(quick=quick)
        rounds: dict[str, list[Measured]] = {name: [] for name in ("playhead", *names)}
        for _ in range(size.repeats):
            rounds["playhead"].append(bench.playhead())
            for peer in names:
                rounds[peer].append(bench.peer(peer))
        bench.seed_redis()
        steps = processor_steps.measure(environment, size.heartbeats // PARTITIONS // 2)
    return report(size, rounds, steps)


def contenders(*, quick: bool) -> tuple[str, ...]:
    """The peers; a quick run, which writes nothing down, does without one that is not installed."""
    if not quick or peers.installed():
        return "faust", OF_PEERS
    return ("faust",)


def report(
    size: Size, rounds: Mapping[str, list[Measured]], steps: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    """The result as plain data."""
    wall = {name: [each.per_second for each in measured] for name, measured in rounds.items()}
    core = {name: [each.per_core_second for each in measured] for name, measured in rounds.items()}
    cpu = {name: medians([each.cpu_us for each in measured]) for name, measured in rounds.items()}
    in_steps = sum(step["cpu_us"] for step in steps.values())
    rest = {"wall_us": None, "cpu_us": round(cpu["playhead"]["itself"] - in_steps, 2)}
    return {
        "heartbeats": size.heartbeats,
        "people": size.people,
        "repeats": size.repeats,
        "heartbeats_per_second": {name: figure(values) for name, values in wall.items()},
        "heartbeats_per_core_second": {name: figure(values) for name, values in core.items()},
        "ratio_of_rates": {peer: ratios(wall["playhead"], wall[peer]) for peer in wall if peer != "playhead"},
        "ratio_per_core": {peer: ratios(core["playhead"], core[peer]) for peer in wall if peer != "playhead"},
        "cpu_us_per_heartbeat": cpu,
        "steps": {**steps, "consume, schedule, commit, collect garbage (the rest)": rest},
    }


class Bench:
    """The log and the stores, and how each contender is run on them."""

    def __init__(self, stack: Stack, environment: Mapping[str, str], logs: Path, size: Size) -> None:
        self._stack = stack
        self._environment = environment
        self._logs = logs
        self._size = size
        self._topics = Topics.named()
        self._audience = Audience(size.people, BEGAN)
        self._known = dict(self._progress())

    def fill_log(self) -> None:
        """Put the heartbeats into the topic, as ingest would."""
        producer = Producer(
            {
                "bootstrap.servers": self._stack.kafka.servers,
                "partitioner": "murmur2_random",
                "compression.type": "lz4",
                "linger.ms": 50,
                "queue.buffering.max.messages": self._size.heartbeats + 1,
            }
        )
        topic = self._topics.heartbeats.name
        for beat in self._audience.rounds(ROUNDS_BEFORE, self._size.rounds):
            producer.produce(topic, encode(record(beat)), person_key(TENANT, beat.user).encode())
        producer.flush()
        with self._ends(topic) as total:
            if total() != self._size.heartbeats:
                raise RuntimeError("the log does not hold what was sent")

    def seed_redis(self) -> None:
        """Give Redis everybody as they are before the log begins, and nothing else."""
        with Redis.from_url(self._stack.redis.url) as redis:
            redis.flushall()
            pipe = redis.pipeline(transaction=False)
            for number, (user, (content, progress)) in enumerate(self._known.items()):
                person = person_key(TENANT, user)
                key = KEYS.progress_hash(partition_of(person, PARTITIONS), person)
                pipe.hset(key, mapping={FENCE: "0:0", content: progress})
                if number % 1_000 == 0:
                    pipe.execute()
            pipe.execute()

    def playhead(self) -> Measured:
        """The service as it is deployed, which says in Redis how far it has come."""
        environment = {**self._environment, "PLAYHEAD_PROCESSOR_PORT": str(ports.choose())}
        with Redis.from_url(self._stack.redis.url) as redis:

            def done() -> int:
                pipe = redis.pipeline(transaction=False)
                for partition in range(PARTITIONS):
                    pipe.hget(KEYS.applied_hash(partition), "next")
                return sum(int(each or 0) for each in pipe.execute())

            return self._measure(["-m", "operations", "process"], environment, done, STALL_SECONDS)

    def peer(self, name: str) -> Measured:
        """A peer, whose every heartbeat ends as one state in the log."""
        arguments = ["-m", f"benchmarks.{name}_peer", f"bench-{uuid.uuid4()}"]
        python = peers.PYTHON if name == OF_PEERS else Path(sys.executable)
        with self._ends(self._topics.states.name) as total:
            before = total()
            seconds = self._size.peer_seconds
            return self._measure(
                arguments, self._environment, lambda: total() - before, seconds, python=python
            )

    def _measure(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        done: Callable[[], int],
        seconds: float,
        *,
        python: Path = Path(sys.executable),
    ) -> Measured:
        self.seed_redis()
        total = self._size.heartbeats
        log = self._logs / f"{arguments[1]}.log"
        with process(arguments, environment, log, python=python) as running:
            processes = self._processes(running.pid)

            def look(at_least: float) -> Sample | None:
                if running.poll() is not None:
                    raise RuntimeError(f"{arguments} ended with {running.returncode}")
                reached = done()
                return _sample(processes, reached) if reached >= at_least else None

            start = _sample(processes, done())
            # A slow contender is warm long before it has done a tenth.
            warm = until(lambda: look(min(total / 10, 2_000)), "the first heartbeats", START_SECONDS)
            # A short log can be done by the first look: then the figure is from the start, start-up included.
            first = warm if warm.done < total * ALMOST else start
            over = time.perf_counter() + seconds
            last = until(
                lambda: look(first.done + 1 if time.perf_counter() > over else total * ALMOST),
                "the others",
                STALL_SECONDS,
            )
        return Measured.between(first, last)

    def _processes(self, pid: int) -> dict[str, int]:
        kafka, redis = self._stack.kafka.pid, self._stack.redis.pid
        if kafka is None or redis is None:
            raise RuntimeError("Kafka or Redis is not running")
        return {"itself": pid, "kafka": kafka, "redis": redis}

    def _progress(self) -> Iterator[tuple[UserId, tuple[ContentId, bytes]]]:
        policy = Policy()
        known = dict.fromkeys(self._audience.users, NOTHING)
        for beat in self._audience.rounds(0, ROUNDS_BEFORE):
            known[beat.user] = apply(known[beat.user], record(beat), policy)
        for beat in self._audience.rounds(0, 1):
            yield beat.user, (beat.content, encode_progress(known[beat.user]))

    @contextmanager
    def _ends(self, topic: str) -> Iterator[Callable[[], int]]:
        ends = Ends(self._stack.kafka.servers, topic)
        try:
            yield ends.total
        finally:
            ends.close()


def _sample(processes: Mapping[str, int], done: int) -> Sample:
    return Sample(time.perf_counter(), done, {name: cpu_seconds(pid) for name, pid in processes.items()})


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
