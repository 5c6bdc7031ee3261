"""What a consumer hands on: records of one partition, and the offsets that they cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from playhead.wire.offsets import next_offset


class SourceRecord(Protocol):
    """A consumed record, of any client library."""

    @property
    def offset(self) -> int:
        """Its offset in its partition."""
        ...

    @property
    def key(self) -> bytes | None:
        """Its key; None if it has none."""
        ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Its headers; empty for nearly all."""
        ...

    @property
    def timestamp(self) -> int:
        """When it was written, in ms since 1970."""
        ...

    @property
    def value(self) -> bytes | None:
        """Its value; None if it is a tombstone."""
        ...


@dataclass(frozen=True, slots=True)
class LogRange:
    """The offsets that the broker holds of a partition: from `start`, up to `end`."""

    topic: str
    partition: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Consecutive records of one partition, at least one, in the order of the log."""

    partition: int
    start: int
    """The position they were read from. No record lies between it and the first one; offsets may."""
    records: Sequence[SourceRecord]

    @property
    def first_offset(self) -> int:
        """The offset of the first record."""
        return self.records[0].offset

    @property
    def next_offset(self) -> int:
        """The next offset after the last record."""
        return next_offset(self.records[-1].offset)

    @property
    def bytes(self) -> int:
        """The size of all values."""
        return sum(len(record.value or b"") for record in self.records)

    def halves(self) -> tuple[RecordBatch, RecordBatch]:
        """The batch as two; it must have at least two records."""
        return self._split(len(self.records) // 2)

    def split_at(self, offset: int) -> tuple[RecordBatch, RecordBatch]:
        """The batch as two, the second beginning with this record, which must not be the first."""
        return self._split(next(n for n, record in enumerate(self.records) if record.offset == offset))

    def _split(self, at: int) -> tuple[RecordBatch, RecordBatch]:
        first = RecordBatch(self.partition, self.start, self.records[:at])
        return first, RecordBatch(self.partition, first.next_offset, self.records[at:])
