"""How far each part of the pipeline has come, by partition, and whether the ledgers balance. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap

from playhead.wire.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Found:
    """What the log and the stores say of one partition."""

    heartbeats_end: int | None
    """None where the topic has no such partition."""
    states_end: int | None
    """The same, of the topic of states."""
    hot: Ledger | None
    """From Redis; None before the first run, or after Redis was lost."""
    durable: Ledger | None
    """From Postgres' ledger."""
    stored: int | None
    """The next offset of the states topic that Postgres awaits."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One partition's lags and verdict."""

    partition: int
    accepted: int
    to_apply: int
    """Heartbeats that Redis does not have yet."""
    to_store: int
    """States that Postgres does not have yet."""
    count: Ledger | None
    faults: tuple[str, ...]


def standings(found: Mapping[int, Found]) -> list[Standing]:
    """Judge each partition, in order."""
    return list(starmap(_standing, sorted(found.items())))


def faults(these: Sequence[Standing]) -> list[str]:
    """Everything that does not balance, in words."""
    return [f"partition {each.partition}: {fault}" for each in these for fault in each.faults]


def _standing(partition: int, found: Found) -> Standing:
    count, accepted = found.hot or found.durable, found.heartbeats_end or 0
    return Standing(
        partition=partition,
        accepted=accepted,
        to_apply=accepted - (count.next_offset if count else 0),
        to_store=(found.states_end or 0) - (found.stored or 0),
        count=count,
        faults=tuple(_faults(found)),
    )


def _faults(found: Found) -> list[str]:
    said = [
        f"{store} has {count.missing} heartbeats unaccounted for "
        f"in [{count.first_offset}, {count.next_offset})"
        for store, count in (("Redis", found.hot), ("Postgres", found.durable))
        if count is not None and count.missing
    ]
    hot, durable = found.hot, found.durable
    if hot and durable and durable.next_offset > hot.next_offset:
        said.append(f"Postgres holds heartbeats up to {durable.next_offset}, Redis only {hot.next_offset}")
    said += [
        f"the topic of {name} has no such partition: give all topics as many"
        for name, end in (("heartbeats", found.heartbeats_end), ("states", found.states_end))
        if end is None
    ]
    if hot and found.heartbeats_end is not None and hot.next_offset > found.heartbeats_end:
        said.append(f"Redis has read up to {hot.next_offset}, but the log ends at {found.heartbeats_end}")
    return said
