"""What `decide` is given and what it returns: values, without I/O."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from msgspec import Struct

from playhead.kafka.batches import SourceRecord
from playhead.progress import ContentId, Refusal
from playhead.wire.ledger import Ledger
from stream_processors.apply.decode import Undecodable
from stream_processors.apply.quota import ItemCount


class KnownPerson(Struct, frozen=True, gc=False):
    """What the stores have of a person before the batch."""

    items: Mapping[ContentId, bytes]
    """Encoded `Progress` of those items that the batch names."""
    older: Mapping[ContentId, bytes | None] = {}
    """Encoded older sessions of those items whose record alone does not show what the batch changes; None if
    they are lost."""
    is_new: bool = False
    """Whether no store has anything of them."""
    count: ItemCount = ItemCount()
    """All their items; only set if the batch may begin others."""
    erased_at: int | None = None
    """When they were erased, in ms since 1970; none of their heartbeats changes anything then."""
    with_tenant: bool = False
    """Whether their whole organisation was erased."""

    def may_pass(self, most: int, wanted: Collection[ContentId]) -> bool:
        """Whether they may have more than `most` items once they have begun all that are wanted."""
        return self.count.all + len(wanted) - len(self.items) > most


class PersonWrite(Struct, frozen=True, gc=False):
    """What is written of one person."""

    person: str
    changed: list[tuple[str, bytes]]
    """Items, and older sessions by their `older_name`."""
    is_new: bool
    """If not, the write is refused where Redis has nothing of them any more."""


class RefusedHeartbeat(Struct, frozen=True, gc=False):
    """A heartbeat that decodes and is not applied: a dead letter."""

    record: SourceRecord
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Decision:
    """What a batch changes, publishes and counts."""

    partition: int
    ledger: Ledger
    """The ledger after the batch."""
    writes: list[PersonWrite]
    states: list[tuple[bytes, bytes]]
    """Key and encoded `State` of every item to publish."""
    undecodable: list[Undecodable]
    refused: list[RefusedHeartbeat]
    """All of the batch, even those counted before: a replay publishes them again, as it does states."""
    over_quota: frozenset[str]
    """People of whom an item was refused because of their quota."""
    is_complete: bool
    """Whether the batch reaches the ledger's next offset, so that a checkpoint may follow its states."""
    erased: int
    """Duplicates that are heartbeats of erased people."""
