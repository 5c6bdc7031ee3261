"""Where to start a partition that was just assigned: a decision over what the stores say. No I/O.

Every store carries its own position, and the consumer group's committed offset is only a hint:

- Redis knows the partition: its states are told as far as `emitted`, and maybe as far as the committed
  offset, which is believed where it lies between what was told and what was applied. What was applied
  but not told is read again; it changes nothing, and is told.
- Redis knows nothing of it (flushed, or the first start): from what Postgres holds as durable, with its
  ledger; people are loaded from there as they appear.
- Neither does: from the beginning of the log.
"""

from __future__ import annotations

from dataclasses import dataclass

from playhead.kafka.batches import LogRange
from playhead.wire.ledger import Ledger
from stream_processors.errors import LogMismatchError
from stream_processors.stores.hot_store import HotPartition


@dataclass(frozen=True, slots=True)
class Start:
    """Where a worker begins."""

    offset: int
    """The first to read; what lies before the ledger's next offset was applied and is to be told again."""
    ledger: Ledger
    expected: int | None
    """The `next` that Redis holds."""


def start(log: LogRange, *, hot: HotPartition | None, durable: Ledger | None, committed: int | None) -> Start:
    """Decide from the standing in Redis, else the ledger in Postgres, with the committed offset as a hint.

    Raises:
        LogMismatchError: a store has read further than the log goes, so it is not this log that it read.
    """
    if hot is not None:
        _require_within(log, hot.ledger.next_offset, f"Redis (key applied:{log.partition})", _REDIS_WAY_OUT)
        told = hot.emitted
        if committed is not None and told <= committed <= hot.ledger.next_offset:
            told = committed
        return Start(max(told, log.start), hot.ledger, hot.ledger.next_offset)
    if durable is not None:
        _require_within(
            log, durable.next_offset, "Postgres (progress.positions and progress.ledger)", _POSTGRES_WAY_OUT
        )
        return Start(max(durable.next_offset, log.start), durable, None)
    return Start(log.start, Ledger.starting_at(log.start), None)


_REDIS_WAY_OUT = (
    "If the topic was made anew, delete that key: Redis is then filled from Postgres. "
    "If the broker was restored from a backup, restore Redis and Postgres from the same day"
)
_POSTGRES_WAY_OUT = (
    "If the topic was made anew, delete the partition's rows there. "
    "If the broker was restored from a backup, restore Postgres from the same day"
)


def _require_within(log: LogRange, offset: int, store: str, way_out: str) -> None:
    if offset > log.end:
        raise LogMismatchError(
            f"{store} has read {log.topic} partition {log.partition} up to offset {offset}, but the log ends "
            f"at {log.end}. {way_out}."
        )
