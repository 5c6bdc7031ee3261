"""Where to start a partition that was just assigned: a decision over what the stores have. Pure.

- Redis knows the partition: start from its published offset. The committed offset replaces it where it lies
  between the published and the applied offset. What was applied and not published is read again: it changes
  nothing, and is published.
- Redis does not know it (it was flushed, or this is the first start): start from the ledger in PostgreSQL;
  people are restored from there when they appear.
- Neither knows it: start from the beginning of the log.
"""

from __future__ import annotations

from dataclasses import dataclass

from playhead.kafka.batches import LogRange
from playhead.wire.ledger import Ledger
from stream_processors.errors import LogMismatchError
from stream_processors.stores.hot_store import HotPartition


@dataclass(frozen=True, slots=True)
class Start:
    """Where a worker starts, or goes on."""

    offset: int
    """The position. Heartbeats from it to the ledger's next offset are applied, and published again."""
    ledger: Ledger
    expected: int | None
    """The applied offset in Redis; None if it does not know the partition."""


def start(log: LogRange, *, hot: HotPartition | None, durable: Ledger | None, committed: int | None) -> Start:
    """Decide from the partition in Redis, else the ledger in PostgreSQL, with the committed offset as a hint.

    Raises:
        LogMismatchError: a store has read past the end of the log, so it has read another log.
    """
    if hot is not None:
        applied = hot.ledger.next_offset
        _require_within(log, applied, f"Redis (key applied:{{{log.partition}}})")
        published = hot.published
        if committed is not None and published <= committed <= applied:
            published = committed
        return Start(max(published, log.start), hot.ledger, applied)
    if durable is not None:
        store = "Postgres (progress.positions and progress.ledger)"
        _require_within(log, durable.next_offset, store)
        return Start(max(durable.next_offset, log.start), durable, None)
    return Start(log.start, Ledger.starting_at(log.start), None)


def _require_within(log: LogRange, offset: int, store: str) -> None:
    if offset > log.end:
        raise LogMismatchError(
            f"{store} has read {log.topic} partition {log.partition} up to offset {offset}, but the log ends "
            f"at {log.end}: the topic was recreated, or the broker restored from a backup. Stop processors "
            "and sinks, and run `playhead rebase`"
        )
