"""What the model of docs/scale.md is made of, and whether it predicts this machine.

`python -m benchmarks scale`. A steady rate gives each part's processor time for a heartbeat, from which
follows how many saves a second this machine takes; that is then measured. People with one item, and with
further ones, give the bytes of each, from which follows what further people take in Redis and PostgreSQL;
that is then compared.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, fields
from typing import Any

import httpx
import psutil
import psycopg
import redis

from benchmarks.http_load import Outcome, closed_loop, open_loop
from benchmarks.http_requests import Players
from benchmarks.pipeline import Pipeline, running
from benchmarks.scale_model import Costs, Limit, Site, Stored, limits, plan, saves_per_second
from playhead.wire.topics import Topics

PLAYERS = (10_000, 1_000_000, 10_000_000)
CONNECTIONS = 64
BEGINNINGS_PER_SECOND = 400
FURTHER_ITEMS = 2
"""Of each of the further people."""
_POSTGRES_BYTES = """
SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class AS c
WHERE c.relnamespace = 'progress'::regnamespace AND c.relkind IN ('r', 'm')
"""
_WAL_BYTES = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    people: int
    further: int
    """People whose bytes are predicted."""
    rate: int
    """Heartbeats a second, below what the machine takes."""
    seconds: float
    saturated: int
    """Heartbeats a second, more than the machine takes: none is sent twice."""


FULL = Size(2_000, 4_000, 2_000, 10.0, 10_000)
QUICK = Size(300, 600, 500, 3.0, 10_000)


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """What the stores hold."""

    redis: int
    postgres: int
    log: int
    states: int
    wal: int

    @classmethod
    def now(cls, pipeline: Pipeline) -> StoredBytes:
        """Look into each of them."""
        environment, topics = pipeline.environment, Topics.named()
        with redis.Redis.from_url(environment["PLAYHEAD_REDIS_URL"]) as client:
            memory = client.info("memory")
        with psycopg.connect(environment["PLAYHEAD_POSTGRES_ADMIN_DSN"], autocommit=True) as connection:
            postgres, wal = (_one(connection, sql) for sql in (_POSTGRES_BYTES, _WAL_BYTES))
        log, states = (
            sum(path.stat().st_size for path in pipeline.data.rglob(f"{topic.name}-*/*.log"))
            for topic in (topics.heartbeats, topics.states)
        )
        return cls(int(memory["used_memory_dataset"]), postgres, log, states, wal)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measured costs; predicted and measured figures of this machine; what sites of each size need."""
    size = QUICK if quick else FULL
    with running() as pipeline:
        costs, checks = _measured(pipeline, size)
    return {
        "costs": _as_table(costs),
        "this machine": checks,
        "sites": _sites(costs),
        "full at": {limit.what: _full_at(limit) for limit in limits(costs)},
    }


def _measured(pipeline: Pipeline, size: Size) -> tuple[Costs, dict[str, dict[str, float]]]:
    people = Players(size.people, 0)
    _begin(pipeline, people, 0)
    stored = [StoredBytes.now(pipeline)]
    for viewing in (1, 2):  # two: space comes in steps
        _begin(pipeline, people, viewing)
    stored.append(StoredBytes.now(pipeline))
    _begin(pipeline, Players(size.people, 0, kind="other user"), 0)
    stored.append(StoredBytes.now(pipeline))
    further = _further(pipeline, size)
    steady = Players(size.people, 0, kind="steady user")
    _begin(pipeline, steady, 1)
    _at_steady_rate(pipeline, steady, size)
    before = StoredBytes.now(pipeline)
    cores = _at_steady_rate(pipeline, steady, size)
    after = StoredBytes.now(pipeline)
    heartbeats = size.rate * size.seconds
    costs = Costs(
        us={part: spent / size.rate * 1e6 for part, spent in cores.items()},
        request_bytes=len(steady.singles(1)[0]),
        log_bytes=(after.log - before.log) / heartbeats,
        state_bytes=(after.states - before.states) / heartbeats,
        wal_bytes=(after.wal - before.wal) / heartbeats,
        redis=_per_person([each.redis for each in stored], size.people),
        postgres=_per_person([each.postgres for each in stored], size.people),
    )
    saves = _saves(pipeline, steady, size, costs)
    return costs, {
        "saves a second": saves,
        **{
            f"{store} MB of {size.further:,} further people": _compared(
                model.of(size.further, FURTHER_ITEMS) / 1e6, measured / 1e6
            )
            for store, model, measured in (
                ("Redis", costs.redis, further.redis),
                ("PostgreSQL", costs.postgres, further.postgres),
            )
        },
    }


def _begin(pipeline: Pipeline, players: Players, viewing: int) -> None:
    """Everybody sends the first ten heartbeats of an item."""
    requests = players.beginnings(viewing)
    seconds = len(requests) / BEGINNINGS_PER_SECOND
    _saved(open_loop(pipeline.address("ingest"), requests, rate=BEGINNINGS_PER_SECOND, seconds=seconds))
    pipeline.await_through()


def _saved(outcome: Outcome) -> Outcome:
    if set(outcome.statuses) != {httpx.codes.ACCEPTED}:
        raise RuntimeError(f"not every request was saved: {dict(outcome.statuses)}")
    return outcome


def _at_steady_rate(pipeline: Pipeline, players: Players, size: Size) -> dict[str, float]:
    """The cores that each part keeps busy, until all is in PostgreSQL."""
    requests = players.singles(int(size.rate * size.seconds))
    before = pipeline.cpu_seconds()
    _saved(open_loop(pipeline.address("ingest"), requests, rate=size.rate, seconds=size.seconds))
    pipeline.await_through()
    after = pipeline.cpu_seconds()
    return {part: (after[part] - before[part]) / size.seconds for part in before}


def _per_person(stored: list[int], people: int) -> Stored:
    """From the bytes before and after two further items of each, and then as many people with an item."""
    one_item, three_items, more_people = stored
    item = (three_items - one_item) / people / 2
    return Stored(person=max(0.0, (more_people - three_items) / people - item), item=item)


def _saves(pipeline: Pipeline, players: Players, size: Size, costs: Costs) -> dict[str, float]:
    """Heartbeats a second on the cores that the machine's other work leaves."""
    requests = players.singles(int(size.saturated * size.seconds))
    began, before, busy = time.perf_counter(), sum(pipeline.cpu_seconds().values()), _busy_seconds()
    outcome = closed_loop(pipeline.address("ingest"), requests, connections=CONNECTIONS, seconds=size.seconds)
    _saved(outcome)
    pipeline.await_through()
    took, ours = time.perf_counter() - began, sum(pipeline.cpu_seconds().values()) - before
    others = max(0.0, _busy_seconds() - busy - ours) / took
    cores = (os.cpu_count() or 1) - others
    predicted = saves_per_second(costs, cores)
    return {"cores left": cores, **_compared(predicted, outcome.statuses.total() / took)}


def _busy_seconds() -> float:
    """Processor time of everything on the machine so far."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice)


def _further(pipeline: Pipeline, size: Size) -> StoredBytes:
    """What further people add."""
    before = StoredBytes.now(pipeline)
    players = Players(size.further, 0, kind="further user")
    for viewing in range(FURTHER_ITEMS):
        _begin(pipeline, players, viewing)
    after = StoredBytes.now(pipeline)
    return StoredBytes(
        *(getattr(after, each.name) - getattr(before, each.name) for each in fields(StoredBytes))
    )


def _compared(predicted: float, measured: float) -> dict[str, float]:
    return {"predicted": predicted, "measured": measured, "ratio": predicted / measured}


def _one(connection: psycopg.Connection[Any], sql: str) -> int:
    row = connection.execute(sql.encode()).fetchone()
    return int(row[0]) if row else 0


def _as_table(costs: Costs) -> dict[str, Any]:
    return {
        "processor time": {name: {"us per heartbeat": us} for name, us in costs.us.items()},
        "bytes of a heartbeat": {
            "request": round(costs.request_bytes),
            "in the log": round(costs.log_bytes),
            "its state in the log": round(costs.state_bytes),
            "write-ahead log": round(costs.wal_bytes),
        },
        "bytes in": {
            name: {"of a person": round(stored.person), "of each item": round(stored.item)}
            for name, stored in (("Redis", costs.redis), ("PostgreSQL", costs.postgres))
        },
    }


def _sites(costs: Costs) -> dict[str, dict[str, float]]:
    """What is needed -> players -> how much of it."""
    plans = {f"{players:,} players": plan(costs, Site(players)) for players in PLAYERS}
    rows = next(iter(plans.values()))
    return {row: {players: _rounded(needed[row]) for players, needed in plans.items()} for row in rows}


def _full_at(limit: Limit) -> dict[str, Any]:
    needed_by = next((f"{players:,} players" for players in PLAYERS if players > limit.players), "")
    return {"players": _rounded(limit.players), "needed by": needed_by, "then add": limit.added}


def _rounded(value: float) -> float:
    """Two significant digits."""
    rounded = float(f"{value:.2g}")
    return int(rounded) if rounded.is_integer() else rounded


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))
