"""From what a heartbeat and a person cost to machines: the model of docs/scale.md. Pure.

Processor time grows with the heartbeats, memory and disks with the people and their items, the log with the
heartbeats of its retention. Nothing is filled to more than `Machine.filled`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from playhead.progress.compaction import RETENTION_MS

PARTITIONS = 12
"""Of each topic, unless it is set otherwise; more are added in steps of as many."""
SECONDS_BETWEEN = 10
"""From one heartbeat of a player to the next."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes in a store."""

    person: float
    """Of a person, without any item."""
    item: float
    """Of each item of a person, its session and indexes included."""

    def of(self, people: float, items: float) -> float:
        """Bytes of this many people with this many items each."""
        return people * (self.person + items * self.item)


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured."""

    us: Mapping[str, float]
    """Processor time of each part for a heartbeat, at a steady rate."""
    request_bytes: float
    """Of a heartbeat, as it arrives over HTTP."""
    log_bytes: float
    """Of a heartbeat in the log, compressed."""
    state_bytes: float
    """Of a state in the log, compressed."""
    wal_bytes: float
    """Of PostgreSQL's write-ahead log, for a heartbeat."""
    redis: Stored
    postgres: Stored


@dataclass(frozen=True, slots=True)
class Site:
    """Who uses it: assumptions, none of them measured."""

    players: int
    """At once, at the busiest time."""
    known_people: int = 20
    """For each of these players."""
    items: int = 20
    """Of each person."""
    mean_to_peak: float = 0.25
    replication: int = 3

    @property
    def heartbeats(self) -> float:
        """A second, at the busiest time."""
        return self.players / SECONDS_BETWEEN

    @property
    def people(self) -> int:
        """Everybody with any progress."""
        return self.players * self.known_people


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the kind that is bought or hired, and how full it may become."""

    cores: int = 16
    memory_gib: float = 64
    disk_tib: float = 4
    network_mb: float = 1_250
    """A second."""
    filled: float = 0.6


MACHINE = Machine()


@dataclass(frozen=True, slots=True)
class Limit:
    """What is full first as players become more."""

    what: str
    players: float
    added: str
    """What is added then."""


def saves_per_second(costs: Costs, cores: float) -> float:
    """The most heartbeats a second that this many cores take, with everything on them."""
    return cores / sum(costs.us.values()) * 1e6


def plan(costs: Costs, site: Site, machine: Machine = MACHINE) -> dict[str, float]:
    """What a site needs."""
    cores = {part: site.heartbeats * us / 1e6 / machine.filled for part, us in costs.us.items()}
    processors, sinks = ceil(cores["processor"]), ceil(cores["sink"])
    redis, postgres = costs.redis.of(site.people, site.items), costs.postgres.of(site.people, site.items)
    log = _log_bytes(costs, site)
    network = _broker_network(costs, site)
    return {
        "heartbeats a second": site.heartbeats,
        "people": site.people,
        "rows of progress": site.people * site.items,
        "ingest processes, a core each": ceil(cores["ingest"]),
        "processors, a core each": processors,
        "sinks, a core each": sinks,
        "partitions": PARTITIONS * max(1, ceil(max(processors, sinks) / PARTITIONS)),
        "brokers": max(
            site.replication,
            ceil(cores["kafka"] * site.replication / machine.cores),
            ceil(log / _disk(machine)),
            ceil(network / (machine.network_mb * 1e6 * machine.filled)),
        ),
        "Redis primaries": max(ceil(cores["redis"]), ceil(redis / _memory(machine))),
        "PostgreSQL primaries": max(ceil(cores["postgres"] / machine.cores), ceil(postgres / _disk(machine))),
        "cores, all": ceil(sum(cores.values()) + cores["kafka"] * (site.replication - 1)),
        "Redis GB": redis / 1e9,
        "PostgreSQL TB": postgres / 1e12,
        "log TB, all replicas": log / 1e12,
        "into ingest MB/s": site.heartbeats * costs.request_bytes / 1e6,
        "brokers MB/s": network / 1e6,
        "write-ahead log MB/s": site.heartbeats * costs.wal_bytes / 1e6,
    }


def limits(costs: Costs, machine: Machine = MACHINE) -> list[Limit]:
    """What is full at how many players, the first one first."""
    one = Site(1)
    core, brokers = machine.filled, one.replication

    def players(full: float, of_one: float) -> float:
        return full / of_one

    def by_core(part: str, cores: float) -> float:
        return players(cores, one.heartbeats * costs.us[part] / 1e6)

    network = machine.network_mb * 1e6 * machine.filled
    found = [
        Limit("one ingest process", by_core("ingest", core), "`playhead ingest --workers N`, then machines"),
        Limit("one processor", by_core("processor", core), "processors, up to one for each partition"),
        Limit("one sink", by_core("sink", core), "sinks, up to one for each partition"),
        Limit(
            f"{PARTITIONS} partitions, a processor each",
            by_core("processor", core * PARTITIONS),
            "partitions, by `playhead repartition`",
        ),
        Limit("one Redis, its core", by_core("redis", core), "Redis Cluster"),
        Limit(
            "one Redis, its memory",
            players(_memory(machine), costs.redis.of(one.people, one.items)),
            "Redis Cluster; `PLAYHEAD_REDIS_PERSON_TTL_DAYS` keeps fewer people",
        ),
        Limit(
            "one PostgreSQL primary, its cores",
            by_core("postgres", core * machine.cores),
            "a database for each group of organisations",
        ),
        Limit(
            "one PostgreSQL primary, its disk",
            players(_disk(machine), costs.postgres.of(one.people, one.items)),
            "a database for each group of organisations; archived months",
        ),
        Limit(
            f"{brokers} brokers, their cores",
            by_core("kafka", core * machine.cores * brokers / one.replication),
            "brokers",
        ),
        Limit(
            f"{brokers} brokers, their disks",
            players(_disk(machine) * brokers, _log_bytes(costs, one)),
            "brokers",
        ),
        Limit(
            f"{brokers} brokers, their network",
            players(network * brokers, _broker_network(costs, one)),
            "brokers",
        ),
    ]
    return sorted(found, key=lambda limit: limit.players)


def _log_bytes(costs: Costs, site: Site) -> float:
    """Heartbeats of the retention, and the latest state of each item, twice while compaction is due."""
    heartbeats = site.heartbeats * site.mean_to_peak * RETENTION_MS / 1000 * costs.log_bytes
    states = 2 * site.people * site.items * costs.state_bytes
    return site.replication * (heartbeats + states)


def _broker_network(costs: Costs, site: Site) -> float:
    """Bytes a second: in, to each other replica, and out to one consumer."""
    return site.heartbeats * (costs.log_bytes + costs.state_bytes) * (1 + (site.replication - 1) + 1)


def _memory(machine: Machine) -> float:
    return machine.memory_gib * 2**30 * machine.filled


def _disk(machine: Machine) -> float:
    return machine.disk_tib * 2**40 * machine.filled
