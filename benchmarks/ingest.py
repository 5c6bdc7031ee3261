"""Ingest against its peers, on a real Kafka and PostgreSQL, in one run: `python -m benchmarks.ingest`.

Peers: `silent`, the same server with the publishing left out, which is the most that its HTTP could do;
`upsert`, FastAPI saving each heartbeat straight into PostgreSQL, as one would do it without Playhead.
Rounds are interleaved and medians taken, since a shared machine's speed drifts.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from benchmarks.harness import await_ready
from benchmarks.http_load import Outcome, closed_loop, open_loop
from operations.local import ports
from operations.local.stores.stack import Stack
from playhead.identity import mint_development_token
from playhead.kafka.topics import ensure_topics
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import KafkaSettings, TokenSettings

PEERS = ("acked", "silent", "upsert")
CONNECTIONS = 256
"""So many that an acknowledged save is bound by processor time: of 64, each waits 8 ms for Kafka, which is
8,000 saves a second at most, whatever they cost."""
RATE = 3_000
"""Heartbeats a second at which latency is measured: 30,000 players."""
USERS = 1_000
REQUESTS = 5_000
START_SECONDS = 30.0


class _Size(NamedTuple):
    rounds: int
    seconds: float
    """For each peer in each round."""
    rate_seconds: float


FULL = _Size(rounds=5, seconds=4.0, rate_seconds=15.0)
QUICK = _Size(rounds=3, seconds=1.0, rate_seconds=3.0)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measure everything; rates in heartbeats a second, latencies in ms."""
    size = QUICK if quick else FULL
    with _stack() as environment, contextlib.ExitStack() as stack:
        servers = {peer: stack.enter_context(_server(peer, environment)) for peer in PEERS}
        load = _requests()
        rounds: dict[str, list[float]] = {peer: [] for peer in PEERS}
        cpu: dict[str, list[float]] = {peer: [] for peer in PEERS}
        for peer in PEERS:
            closed_loop(servers[peer].address, load, connections=CONNECTIONS, seconds=1.0)  # warm
        for _ in range(size.rounds):
            for peer in PEERS:
                server = servers[peer]
                began = server.cpu_seconds()
                outcome = closed_loop(server.address, load, connections=CONNECTIONS, seconds=size.seconds)
                rounds[peer].append(_all_saved(outcome).per_second)
                cpu[peer].append((server.cpu_seconds() - began) / outcome.statuses.total())
        paced = _all_saved(open_loop(servers["acked"].address, load, rate=RATE, seconds=size.rate_seconds))
    return {
        "heartbeats_per_second": {peer: round(statistics.median(rounds[peer])) for peer in PEERS},
        # Of the server's process alone: unlike the rates, hardly moved by whatever else the machine does.
        "cpu_us_per_heartbeat": {peer: round(statistics.median(cpu[peer]) * 1e6) for peer in PEERS},
        "silent_cpu_to_acked_cpu": round(statistics.median(_ratios(cpu["silent"], cpu["acked"])), 2),
        "acked_to_silent": round(statistics.median(_ratios(rounds["acked"], rounds["silent"])), 2),
        "acked_to_upsert": round(statistics.median(_ratios(rounds["acked"], rounds["upsert"])), 2),
        "at_rate": RATE,
        "reached": round(paced.per_second),
        "p50_ms": round(paced.latency_ms(0.5), 1),
        "p99_ms": round(paced.latency_ms(0.99), 1),
    }


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def _all_saved(outcome: Outcome) -> Outcome:
    if set(outcome.statuses) != {202}:
        raise RuntimeError(f"not every heartbeat was saved: {dict(outcome.statuses)}")
    return outcome


@dataclass(frozen=True, slots=True)
class _Server:
    address: tuple[str, int]
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Used so far, by all its threads."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextlib.contextmanager
def _stack() -> Iterator[dict[str, str]]:
    """Kafka with the topics, PostgreSQL with the peer's table; yields the settings that lead to them."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        Path(name).chmod(0o755)  # PostgreSQL runs as another user
        with Stack(Path(name)) as stack:
            ensure_topics(KafkaSettings(kafka_servers=stack.kafka.servers))
            yield {
                "PLAYHEAD_KAFKA_SERVERS": stack.kafka.servers,
                "PLAYHEAD_POSTGRES_DSN": stack.postgres.dsn(),
                # One machine stands for all players.
                "PLAYHEAD_INGEST_RATE_PER_SECOND": "1000000",
                "PLAYHEAD_INGEST_RATE_BURST": "1000000",
                "PLAYHEAD_INGEST_HEARTBEATS_PER_SECOND": "1000000",
                "PLAYHEAD_INGEST_HEARTBEATS_BURST": "1000000",
                "PLAYHEAD_INGEST_PERSON_MAX_IN_FLIGHT": "20000",
                "PLAYHEAD_INGEST_TENANT_MAX_IN_FLIGHT": "20000",
            }


@contextlib.contextmanager
def _server(peer: str, environment: dict[str, str]) -> Iterator[_Server]:
    port = ports.choose()
    own = {**os.environ, **environment, "PLAYHEAD_INGEST_PORT": str(port), "PLAYHEAD_LOG_LEVEL": "warning"}
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.ingest_peers", peer], env=own)
    try:
        await_ready(process, port)
        yield _Server(("127.0.0.1", port), psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)


def _requests() -> list[bytes]:
    chance = random.Random(1)
    settings = TokenSettings()
    tenant = TenantId(_uuid(chance))
    tokens = [mint_development_token(settings, tenant, UserId(_uuid(chance))) for _ in range(USERS)]
    return [_request(tokens[number % USERS], number, chance) for number in range(REQUESTS)]


def _request(token: str, number: int, chance: random.Random) -> bytes:
    position = chance.uniform(10, 590)
    body = json.dumps(
        {
            "contentId": _uuid(chance),
            "progressType": "video",
            "event": "heartbeat",
            "sessionId": _uuid(chance),
            "sequence": number,
            "heartbeatId": _uuid(chance),
            "progressPercentage": round(position / 6, 2),
            "metadata": {
                "watchTimeSeconds": position,
                "lastPositionSeconds": position,
                "durationSeconds": 600,
                "watchedSegments": [[0, position]],
                "playbackRate": 1.0,
            },
        }
    ).encode()
    head = (
        "POST /api/progress HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
