"""A run: consecutive records of one partition, taken through the stage as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from playhead.wire.offsets import next_offset


class SourceRecord(Protocol):
    """What the stage needs of a consumer's record."""

    @property
    def offset(self) -> int:
        """Where it stands in its partition."""
        ...

    @property
    def key(self) -> bytes | None:
        """Whose it claims to be."""
        ...

    @property
    def value(self) -> bytes | None:
        """The heartbeat, if it is one."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """Records of one partition in the order of the log; there is at least one."""

    partition: int
    after: int
    """The position that it was read from: no record lies between it and the first one here."""
    records: Sequence[SourceRecord]

    @property
    def first_offset(self) -> int:
        """Of its first record."""
        return self.records[0].offset

    @property
    def next_offset(self) -> int:
        """The position behind its last record."""
        return next_offset(self.records[-1].offset)

    @property
    def bytes(self) -> int:
        """Of its records' values."""
        return sum(len(record.value or b"") for record in self.records)

    def halves(self) -> tuple[Run, Run]:
        """The same records as two runs; there are two records at least."""
        return self._parted(len(self.records) // 2)

    def parted_at(self, offset: int) -> tuple[Run, Run]:
        """The same records as two runs, the second from this record on, which is not the first."""
        return self._parted(next(n for n, record in enumerate(self.records) if record.offset == offset))

    def _parted(self, at: int) -> tuple[Run, Run]:
        first = Run(self.partition, self.after, self.records[:at])
        return first, Run(self.partition, first.next_offset, self.records[at:])
