"""Collects the records of the next batch, while the one before is stored. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from playhead.wire.offsets import next_offset
from playhead.wire.states import Checkpoint
from sinks.states.decode import ConsumedRecord, DecodedState, RejectedRecord, StateEntry


@dataclass(slots=True)
class PartitionRange:
    """The offsets of one partition that a batch covers: from `start`, up to `next_offset`."""

    start: int
    next_offset: int
    checkpoint: Checkpoint | None = None
    """The furthest one in the range; a fenced processor may have written an older one after it."""
    written_ms: int | None = None
    """When the last record of the range was written."""

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep the furthest checkpoint."""
        if self.checkpoint is None or checkpoint.next_offset >= self.checkpoint.next_offset:
            self.checkpoint = checkpoint


@dataclass(slots=True)
class BatchBuilder:
    """DecodedState records of several partitions that will be stored together."""

    ranges: dict[int, PartitionRange] = field(default_factory=dict)
    entries: list[StateEntry] = field(default_factory=list)
    rejected: list[RejectedRecord] = field(default_factory=list)
    records: int = 0

    def add(self, source: ConsumedRecord, start: int, decoded: DecodedState) -> None:
        """Add a record. `start` counts for a partition's first one: the position before the record."""
        covered = self.ranges.get(source.partition)
        if covered is None:
            covered = self.ranges[source.partition] = PartitionRange(start, start)
        covered.next_offset = next_offset(source.offset)
        covered.written_ms = source.written_ms
        self.records += 1
        if isinstance(decoded, StateEntry):
            self.entries.append(decoded)
        elif isinstance(decoded, RejectedRecord):
            self.rejected.append(decoded)
        elif decoded is not None:
            covered.add_checkpoint(decoded)
