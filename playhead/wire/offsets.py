"""The offsets of the pipeline, each defined once; every module uses these words.

An *offset* numbers one record of one partition of one topic. All other words name a *next offset*: the
offset after the last record that counts, and so the first that does not count yet. "Up to N" therefore
always means: every record before N, and N not.

position
    The next offset that a consumer reads from a partition.
log start, log end
    The first offset that the broker still holds of a partition, and the one that its next record gets.
    Log end minus position is the consumer's lag, see `lag`.
applied (heartbeats)
    Up to it, every heartbeat is in Redis or is a dead letter. Redis keeps it as `next` of
    `applied:{partition}`, and every write to Redis is refused unless it continues from there.
published (heartbeats)
    Up to it, Kafka has acknowledged the states, dead letters and checkpoint of every heartbeat. Redis
    keeps it as `emitted`. It is at most the applied offset; what lies between is published again
    after a crash.
source offset (heartbeats)
    The applied offset that a state contains: every heartbeat of its person before it is in its progress. It
    orders the states of one key that stem from one partition; those of a higher partition are later ones.
stored (states)
    Up to it, every state is in PostgreSQL, in the same transaction as the offset itself
    (`progress.positions`). Sinks read from here.
committed (heartbeats, states)
    What the consumer group keeps in Kafka. It only ever follows the published or the stored offset, so lag
    tools can read it; for the processor it is a hint, and a sink never reads it.
"""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = -1
"""Stands for an offset that is not known yet; every offset of a log is larger."""


def next_offset(offset: int) -> int:
    """The next offset after the record at `offset`."""
    return offset + 1


def lag(log_end: int, position: int) -> int:
    """Records between a position and the log's end; 0 where the position is beyond an outdated end."""
    return max(0, log_end - position)
