"""The benchmarks by name: how each is run, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks import (
    end_to_end,
    ingest,
    kernel,
    kernel_older,
    live,
    processor,
    query,
    reports,
    scale,
    scaling,
    sink,
    trickle,
)
from benchmarks.report import Section

_KERNEL = """\
The pure part of the hot path, on progress as it stands midway through a session of a simulated audience that
seeks, rewatches and sends things twice. The least of several repeats.

The largest items are at every bound that the kernel sets (2,000 spans, 64 sessions, 256 layers), in the
shapes that cost most: the time is for one heartbeat, `apply` and `summarize`.

An item of 2,000 sessions gets one more, for which the sums of its older sessions are read; or a late
heartbeat of one of them, for which they all are: `apart` one after another, in a quarter of an hour each;
in three each, `overlapping` four at a time, `together` all at once.
"""
_INGEST = """\
`acked` is ingest as it is, each heartbeat a request, answered once Kafka has it. `silent` is the same server
with the publishing left out. `upsert` is FastAPI that writes each heartbeat straight into PostgreSQL
(psycopg's pool, one statement, autocommit). One process each, 256 kept-alive connections.
"""
_PROCESSOR = """\
The whole stage, Kafka to Redis and states back to Kafka, by the service as it is deployed, on a log filled
beforehand with heartbeats of people who are in Redis; any few thousand in a row are of as many people.

The peers do the same work with the same kernel, a heartbeat at a time. `faust` is a stock agent,
`async for event in stream.events()`, with an actor for each partition
(`isolated_partitions`: 1.5 to 1.9 times as fast
as without, and a person's heartbeats stay in order), lz4 and a linger of 5 ms; uvloop made no difference.
`quixstreams` is `apply` and `to_topic`, with lz4 and the same linger. They do less: no fence, no ledger, no
checkpoints, no repair after a crash.

A core's rate is heartbeats for each second of processor time that the process itself took. The steps are
the processor's own, run one after the other on one partition: what wall-clock time has over processor
time there is waiting, which the service spends on other partitions.
"""
_SINK = """\
States from Kafka into a table of 1,000,000 rows with their sessions and summaries, each batch one transaction
with the positions it moves. The time per state is of one step after the other; the service decodes the next
batch while PostgreSQL stores this one.
"""
_QUERY = """\
Latencies as the client sees them, from when a request was due, at a steady rate: an upper bound for what the
server takes.
"""
_LIVE = """\
Open streams of one process of the query API: half are persons' own, half managers' of teams of 20, ten to a
team. Memory is resident. Latencies are from just before a change is published in Redis to its arrival at each
client that it is for; publisher and clients are one process on the same machine, so they are an upper bound.
Clients that do not read stop in the middle of it all, with their connections open.
"""
_REPORTS = """\
An organisation of 50,000 people with 20 items each, 1,000,000 rows: alone, then among 900 others with
9,000,000 rows. Each report is asked for by an administrator (a manager's teams by a manager), first page,
from the application itself, with no HTTP between; one call after another, warm; the first is listed apart.

`from the rows` is the same PostgreSQL doing what the counters save it: the organisation's figures and the
first page of items by GROUP BY, and a materialized view of all people's sums, as the product requirement has
it, refreshed. How PostgreSQL goes about the heaviest is in [plans.md](plans.md).
"""
_END_TO_END = """\
Everything that `playhead up` runs, and the load generator, on one machine.

Sustained: heartbeats are sent as fast as they are acknowledged, over 64 connections, and the clock stops when
the last of them is in PostgreSQL. `upsert` is the FastAPI peer from above, on the same PostgreSQL, while
Playhead has nothing to do; its batches are one transaction, pipelined (`executemany`). Both get the same
requests, straight, without the local gateway. Processor time is that of the sustained load.

Seen after: from the instant of sending a heartbeat, beside a moderate load, to the instant when another
connection receives it from Redis, and finds it in PostgreSQL.
"""

_SCALING = """\
The whole pipeline takes the same heartbeats, in batches of 10 at a steady rate, in turns with one processor
and one sink, with a second processor, and with a second sink. Processor time is that of the measured seconds
until all is in PostgreSQL, by part and over everything; a second process counts to its part. The ratio is of
each turn to the one with one of each in the same round.
"""
_SCALE = """\
What [scale.md](scale.md) is calculated from. A steady rate gives each part's processor time of a heartbeat;
two more items of each person, and more people, give the bytes of each. The model then predicts what this
machine takes on the cores that other work leaves, and what further people add to each store.
"""
_TRICKLE = """\
The whole pipeline at 300 heartbeats a second, then as fast as 64 connections are answered, then with nothing
to do. Below saturation, batches are small, and each wake-up finds cold caches.
"""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How it is run."""

    section: Section
    run: Callable[[], dict[str, Any]]
    quick: Callable[[], dict[str, Any]] | None = None
    """With less load and fewer repeats, where that can be had: enough to compare a change with before it."""
    is_hot_path: bool = False
    """Whether `--quick` measures it without being asked to; all of these take three minutes at most."""


def _kernel() -> dict[str, Any]:
    worst, older = kernel.worst(), kernel_older.run()
    return {
        "step": {name: {"us_per_heartbeat": each} for name, each in kernel.run().items()},
        "largest item": {name: {"ms": each} for name, each in worst.items()},
        "slowest_item_ms": max(worst.values()),
        "a new session among 2,000": older,
        "a late heartbeat of one of 2,000": kernel_older.run_late(),
        "slowest_of_2000_sessions_ms": max(each["all_ms"] for each in older.values()),
    }


BENCHMARKS = {
    "kernel": Benchmark(Section("Kernel", _KERNEL), _kernel, _kernel, is_hot_path=True),
    "ingest": Benchmark(
        Section("Ingest", _INGEST), ingest.run, partial(ingest.run, quick=True), is_hot_path=True
    ),
    "processor": Benchmark(
        Section("Processor", _PROCESSOR), processor.run, partial(processor.run, quick=True), is_hot_path=True
    ),
    "sink": Benchmark(Section("Sink", _SINK), sink.run, partial(sink.run, 20_000, 20_000), is_hot_path=True),
    "query": Benchmark(Section("Query API", _QUERY), query.run),
    "live": Benchmark(Section("Live streams", _LIVE), live.run, partial(live.run, live.QUICK)),
    "reports": Benchmark(
        Section("Reports", _REPORTS), reports.run, partial(reports.run, 1_000, 3, write_plans=False)
    ),
    "end_to_end": Benchmark(
        Section("End to end", _END_TO_END), end_to_end.run, partial(end_to_end.run, quick=True)
    ),
    "scaling": Benchmark(Section("More workers", _SCALING), scaling.run, partial(scaling.run, quick=True)),
    "scale": Benchmark(Section("Scale", _SCALE), scale.run, partial(scale.run, quick=True)),
    "trickle": Benchmark(Section("Trickle", _TRICKLE), trickle.run, partial(trickle.run, quick=True)),
}
