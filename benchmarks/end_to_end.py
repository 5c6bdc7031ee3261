"""The whole pipeline as `playhead up` runs it: `python -m benchmarks.end_to_end`.

Sustained: heartbeats are sent as fast as they are acknowledged, and the clock stops when the last of them is
in PostgreSQL. The peer is FastAPI on the same machine and the same PostgreSQL, where a heartbeat is there
when it is answered. Both get the same requests, each straight, without the local gateway.

Then the latency of saving, at a steady rate, from when a request was due; and how long after it was sent
a heartbeat of a person in Redis becomes visible in Redis and in PostgreSQL, beside a moderate load.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from benchmarks.figures import figure, medians, ratios
from benchmarks.harness import process, until
from benchmarks.http_load import Outcome, closed_loop, open_loop
from benchmarks.http_requests import BATCH, Players
from benchmarks.pipeline import Pipeline, running
from benchmarks.players import Beat
from benchmarks.visibility import Places, Probes, probe
from operations.local import ports
from playhead.progress import UserId

CONNECTIONS = 64
KINDS = ("single", "batches of 10")
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    people: int
    repeats: int
    seconds: float
    single_rate: int
    """More requests a second than the machine can do: none is sent twice."""
    batch_rate: int
    offered: int
    """Heartbeats a second at which latency is measured: 30,000 players."""
    latency_seconds: float
    beside: int
    """Heartbeats a second beside which a heartbeat is looked for."""
    probes: int
    probe_rate: float


FULL = Size(5_000, 3, 6.0, 10_000, 5_000, 3_000, 12.0, 500, 600, 40.0)
QUICK = Size(500, 1, 1.0, 10_000, 5_000, 500, 1.0, 100, 20, 20.0)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Rates in heartbeats a second, latencies in ms."""
    size = QUICK if quick else FULL
    with running() as pipeline, _peer(pipeline) as peer:
        players = Players(size.people, size.probes)
        _warm(size, pipeline, peer, players)
        result: dict[str, Any] = {
            "repeats": size.repeats,
            "seconds": size.seconds,
            "looked_for": size.probes,
            "looked_for_beside_per_second": size.beside,
            **_sustained(size, pipeline, peer, players),
        }
        sustained = result["sustained_per_second"]["playhead, single"]["median"]
        rates = [size.offered] if sustained > size.offered else [size.offered, int(sustained * 0.8)]
        result["saving"] = {
            f"{rate:,}/s": _saving(pipeline, players, rate, size.latency_seconds) for rate in rates
        }
        result["seen_after"] = _seen_after(size, pipeline, players)
        return result


def _sustained(size: Size, pipeline: Pipeline, peer: tuple[str, int], players: Players) -> dict[str, Any]:
    rates: dict[str, list[float]] = {f"{who}, {kind}": [] for kind in KINDS for who in ("playhead", "upsert")}
    acknowledged: dict[str, list[float]] = {kind: [] for kind in KINDS}
    cpu: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for _ in range(size.repeats):
        for kind in KINDS:
            requests, of_each = _load(kind, size, players)
            began, before = time.perf_counter(), pipeline.cpu_seconds()
            outcome = _closed(pipeline.address("ingest"), requests, size.seconds)
            pipeline.await_through()
            took, after = time.perf_counter() - began, pipeline.cpu_seconds()
            heartbeats = outcome.statuses.total() * of_each
            cpu[kind].append({part: (after[part] - before[part]) / heartbeats * 1e6 for part in before})
            acknowledged[kind].append(outcome.per_second * of_each)
            rates[f"playhead, {kind}"].append(heartbeats / took)
            beside = _closed(peer, requests, size.seconds)
            rates[f"upsert, {kind}"].append(beside.per_second * of_each)
    return {
        "sustained_per_second": {name: figure(values) for name, values in rates.items()},
        "acknowledged_per_second": {kind: figure(values) for kind, values in acknowledged.items()},
        "ratio_to_upsert": {
            kind: ratios(rates[f"playhead, {kind}"], rates[f"upsert, {kind}"]) for kind in KINDS
        },
        "cpu_us_per_heartbeat": {kind: medians(cpu[kind]) for kind in KINDS},
    }


def _load(kind: str, size: Size, players: Players) -> tuple[list[bytes], int]:
    if kind == "single":
        return players.singles(int(size.single_rate * size.seconds)), 1
    return players.batches(int(size.batch_rate * size.seconds)), BATCH


def _closed(address: tuple[str, int], requests: list[bytes], seconds: float) -> Outcome:
    outcome = _all_saved(closed_loop(address, requests, connections=CONNECTIONS, seconds=seconds))
    if outcome.statuses.total() > len(requests):
        raise RuntimeError("faster than foreseen: requests were sent twice")
    return outcome


def _all_saved(outcome: Outcome) -> Outcome:
    if set(outcome.statuses) != {httpx.codes.ACCEPTED}:
        raise RuntimeError(f"not every request was saved: {dict(outcome.statuses)}")
    return outcome


def _saving(pipeline: Pipeline, players: Players, rate: int, seconds: float) -> dict[str, float]:
    load = players.singles(int(rate * seconds))
    outcome = _all_saved(open_loop(pipeline.address("ingest"), load, rate=rate, seconds=seconds))
    began = time.perf_counter()
    pipeline.await_through()
    return {
        "reached_per_second": round(outcome.per_second),
        "p50_ms": round(outcome.latency_ms(0.5), 1),
        "p99_ms": round(outcome.latency_ms(0.99), 1),
        "then_all_in_postgres_after_s": round(time.perf_counter() - began, 2),
    }


def _seen_after(size: Size, pipeline: Pipeline, players: Players) -> dict[str, Any]:
    probed = players.probed
    # They are in Redis, as is everyone who watched lately.
    before = players.requests(probed.rounds(0, 1))
    _all_saved(
        open_loop(pipeline.address("ingest"), before, rate=size.beside, seconds=len(before) / size.beside)
    )
    pipeline.await_through()
    probes = asyncio.run(_probe(size, pipeline, players, list(probed.rounds(1, 1))))
    return {
        "acknowledged": _quantiles(probes, probes.acknowledged),
        "in Redis": _quantiles(probes, probes.in_redis),
        "in PostgreSQL": _quantiles(probes, probes.in_postgres),
    }


async def _probe(size: Size, pipeline: Pipeline, players: Players, beats: list[Beat]) -> Probes:
    seconds = size.probes / size.probe_rate
    load = players.singles(int(size.beside * (seconds + 2)))
    address = pipeline.address("ingest")
    environment = pipeline.environment
    places = Places(address, environment["PLAYHEAD_REDIS_URL"], environment["PLAYHEAD_POSTGRES_DSN"])
    beside = asyncio.create_task(
        asyncio.to_thread(open_loop, address, load, rate=size.beside, seconds=seconds + 2)
    )
    await asyncio.sleep(1.0)  # the load is steady by then
    probes = await probe(places, beats, players.tokens, size.probe_rate)
    _all_saved(await beside)
    return probes


def _quantiles(probes: Probes, seen: dict[UserId, float]) -> dict[str, float]:
    ordered = probes.latencies_ms(seen)
    return {
        "p50_ms": round(ordered[len(ordered) // 2], 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)], 1),
    }


def _warm(size: Size, pipeline: Pipeline, peer: tuple[str, int], players: Players) -> None:
    """Everybody is known, and the broker's and the database's code and caches are warm."""
    for requests in (players.singles(len(players.tokens)), players.batches(1)):
        for address in (pipeline.address("ingest"), peer):
            load = open_loop(address, requests, rate=1_000, seconds=len(requests) / 1_000)
            _all_saved(load)
    for kind in KINDS:
        requests, _ = _load(kind, size, players)
        for address in (pipeline.address("ingest"), peer):
            _closed(address, requests, size.seconds)
    pipeline.await_through()


@contextlib.contextmanager
def _peer(pipeline: Pipeline) -> Iterator[tuple[str, int]]:
    """FastAPI and a database of its own."""
    environment = pipeline.environment
    admin = environment["PLAYHEAD_POSTGRES_ADMIN_DSN"]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CREATE DATABASE upsert")
    port = ports.choose()
    environment = {
        "PLAYHEAD_POSTGRES_DSN": admin.rpartition("/")[0] + "/upsert",
        "PLAYHEAD_INGEST_PORT": str(port),
        "PLAYHEAD_LOG_LEVEL": "warning",
    }
    arguments = ["-m", "benchmarks.ingest_peers", "upsert"]
    with process(arguments, environment, pipeline.logs / "upsert.log") as serving:

        def ready() -> bool | None:
            if serving.poll() is not None:
                raise RuntimeError(f"the peer ended with {serving.returncode}")
            with contextlib.suppress(httpx.TransportError):
                return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success or None
            return None

        until(ready, "the peer", START_SECONDS)
        yield ("127.0.0.1", port)


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))
