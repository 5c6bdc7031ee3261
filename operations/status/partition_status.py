"""The lags of one partition, and whether its ledgers balance. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from playhead.wire.ledger import Ledger


@dataclass(frozen=True, slots=True)
class PartitionOffsets:
    """What Kafka and the stores hold of one partition."""

    heartbeats_end: int | None
    """The log end of the heartbeats topic; None if it has no such partition."""
    states_end: int | None
    """The log end of the states topic; None if it has no such partition."""
    hot: Ledger | None
    """From Redis; None before the first heartbeat, and after Redis was lost."""
    durable: Ledger | None
    """From PostgreSQL."""
    stored: int | None
    """The stored offset."""


@dataclass(frozen=True, slots=True)
class PartitionStatus:
    """The lags of one partition, and what is wrong with it."""

    partition: int
    accepted: int
    to_apply: int
    """Heartbeats that Redis does not have yet."""
    to_store: int
    """States that PostgreSQL does not have yet."""
    unconfirmed: int
    """Heartbeats that Redis has, and whose checkpoint PostgreSQL does not have yet. Their states may not be
    in the log, so that `to_store` is 0 too early."""
    ledger: Ledger | None
    faults: tuple[str, ...]


def statuses(partitions: Mapping[int, PartitionOffsets]) -> list[PartitionStatus]:
    """The status of each partition, in order."""
    return [_status(partition, offsets) for partition, offsets in sorted(partitions.items())]


def faults(of: Sequence[PartitionStatus]) -> list[str]:
    """The faults of all partitions."""
    return [f"partition {each.partition}: {fault}" for each in of for fault in each.faults]


def is_behind(of: Iterable[PartitionStatus]) -> bool:
    """Whether anything is left to apply, to publish or to store."""
    return any(each.to_apply or each.to_store or each.unconfirmed for each in of)


def _status(partition: int, offsets: PartitionOffsets) -> PartitionStatus:
    ledger, accepted = offsets.hot or offsets.durable, offsets.heartbeats_end or 0
    return PartitionStatus(
        partition=partition,
        accepted=accepted,
        to_apply=accepted - (ledger.next_offset if ledger else 0),
        to_store=(offsets.states_end or 0) - (offsets.stored or 0),
        unconfirmed=_unconfirmed(ledger, offsets.durable),
        ledger=ledger,
        faults=tuple(_faults(offsets)),
    )


def _unconfirmed(ledger: Ledger | None, durable: Ledger | None) -> int:
    if ledger is None:
        return 0
    return max(0, ledger.next_offset - (durable.next_offset if durable else ledger.first_offset))


def _faults(offsets: PartitionOffsets) -> Iterator[str]:
    hot, durable, end = offsets.hot, offsets.durable, offsets.heartbeats_end
    for store, ledger in (("Redis", hot), ("Postgres", durable)):
        if ledger is not None and ledger.missing:
            between = f"[{ledger.first_offset}, {ledger.next_offset})"
            yield f"{store} has {ledger.missing} heartbeats unaccounted for in {between}"
    if hot and durable and durable.next_offset > hot.next_offset:
        yield f"Postgres holds heartbeats up to {durable.next_offset}, Redis only {hot.next_offset}"
    for topic, log_end in (("heartbeats", end), ("states", offsets.states_end)):
        if log_end is None:
            yield f"the topic of {topic} has no such partition: give all topics as many"
    if hot and end is not None and hot.next_offset > end:
        yield (
            f"Redis has read up to {hot.next_offset}, but the log ends at {end}: stop processors and sinks, "
            "and run `playhead rebase`"
        )
