"""The records of the next batch, as they are read. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from playhead.wire.states import Checkpoint
from sinks.states.decode import Entry, Rejected, Source


@dataclass(slots=True)
class Stretch:
    """A contiguous part of one partition: [start, next_offset)."""

    start: int
    next_offset: int
    checkpoint: Checkpoint | None = None
    """The one in it that knows most; a zombie's may come later."""

    def note(self, told: Checkpoint) -> None:
        """Keep it, unless a better one was there."""
        if self.checkpoint is None or told.next_offset >= self.checkpoint.next_offset:
            self.checkpoint = told


@dataclass(slots=True)
class Gathering:
    """Records of several partitions, read and waiting to be stored together."""

    stretches: dict[int, Stretch] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    records: int = 0

    def add(self, source: Source, start: int, read: Entry | Checkpoint | Rejected | None) -> None:
        """Take in a record. Of a partition's first, `start` is where the store stands."""
        stretch = self.stretches.get(source.partition)
        if stretch is None:
            stretch = self.stretches[source.partition] = Stretch(start, start)
        stretch.next_offset = source.offset + 1
        self.records += 1
        if isinstance(read, Entry):
            self.entries.append(read)
        elif isinstance(read, Rejected):
            self.rejected.append(read)
        elif read is not None:
            stretch.note(read)
