"""The ledger of one heartbeats partition: how far it is applied, and what every heartbeat counted as.

Redis keeps it as `applied:{partition}`, Kafka in the `Checkpoint` records, PostgreSQL as `progress.ledger`.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace


class Ledger(Struct, frozen=True, gc=False):
    """The applied offset of a partition, with counts since `first_offset`.

    They balance: `next_offset - first_offset = applied + duplicates + dead_lettered`.
    """

    first_offset: int
    next_offset: int
    """The applied offset."""
    applied: int = 0
    duplicates: int = 0
    dead_lettered: int = 0

    @classmethod
    def starting_at(cls, offset: int) -> Ledger:
        """The ledger of a partition from which nothing has been read."""
        return cls(first_offset=offset, next_offset=offset)

    @property
    def missing(self) -> int:
        """Heartbeats without a count; negative if some were counted twice, 0 if the ledger balances."""
        return self.next_offset - self.first_offset - self.applied - self.duplicates - self.dead_lettered

    def skip(self, offsets: int) -> Ledger:
        """The ledger after offsets without a heartbeat: expired before they were read, or Kafka's own."""
        return replace(self, first_offset=self.first_offset + offsets, next_offset=self.next_offset + offsets)

    def plus(self, applied: int, duplicates: int, dead_lettered: int) -> Ledger:
        """The ledger after this many more heartbeats."""
        return Ledger(
            first_offset=self.first_offset,
            next_offset=self.next_offset + applied + duplicates + dead_lettered,
            applied=self.applied + applied,
            duplicates=self.duplicates + duplicates,
            dead_lettered=self.dead_lettered + dead_lettered,
        )
