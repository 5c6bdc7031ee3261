"""How far a partition has come, and what became of every heartbeat on the way."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace


class Ledger(Struct, frozen=True, gc=False):
    """A partition's position with its counts, which balance.

    `next_offset - first_offset = applied + duplicates + dead_lettered`.
    """

    first_offset: int
    next_offset: int
    """Every heartbeat before it is in the hot store, or is a dead letter."""
    applied: int = 0
    duplicates: int = 0
    dead_lettered: int = 0

    @classmethod
    def opened(cls, offset: int) -> Ledger:
        """The ledger of a partition of which nothing was read yet."""
        return cls(first_offset=offset, next_offset=offset)

    @property
    def balances(self) -> bool:
        """Whether every heartbeat is accounted for."""
        return self.next_offset - self.first_offset == self.applied + self.duplicates + self.dead_lettered

    def without(self, offsets: int) -> Ledger:
        """As it is after offsets that hold no heartbeat: expired before they were read, or Kafka's own."""
        return replace(self, first_offset=self.first_offset + offsets, next_offset=self.next_offset + offsets)

    def after(self, applied: int, duplicates: int, dead_lettered: int) -> Ledger:
        """As it is after so many more heartbeats."""
        return Ledger(
            first_offset=self.first_offset,
            next_offset=self.next_offset + applied + duplicates + dead_lettered,
            applied=self.applied + applied,
            duplicates=self.duplicates + duplicates,
            dead_lettered=self.dead_lettered + dead_lettered,
        )
