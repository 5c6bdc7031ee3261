"""The records of `progress.states`: changed progress, and checkpoints."""

from __future__ import annotations

from typing import Literal, Self

from msgspec import Raw, Struct
from msgspec.structs import asdict

from playhead.progress.figures.summary import Summary
from playhead.progress.identifiers import ContentId, TenantId, UserId
from playhead.progress.policy import Override
from playhead.wire.codec import Decoder
from playhead.wire.keys import older_name, state_key
from playhead.wire.ledger import Ledger

STATE_VERSION = 2

LARGEST_STATE_BYTES = 950_000
"""The result of the limits of spans, sessions and layers; brokers accept 1 MB per record by default. Older
sessions, 2,000 at most, are the largest."""


class State(Struct, frozen=True, kw_only=True, gc=False, rename="camel", tag="state", tag_field="record"):
    """A person's progress with one item after a run of heartbeats.

    Two states of one key are ordered by `source_partition`, then by `source_offset`: the later one knows
    everything that the earlier one does. People move to higher partitions only (`playhead repartition`).
    """

    v: Literal[1, 2]
    """2 with progress of version 2, which readers of version 1 must not pass over."""
    tenant_id: TenantId
    user_id: UserId
    content_id: ContentId
    source_partition: int
    source_offset: int
    """Every heartbeat of this person before it, in the source partition, is in the progress."""
    touched: tuple[str, ...]
    """Keys of the sessions that the run's heartbeats belong to."""
    override: Override | None = None
    """The catalogue's part of the policy that the summary was derived under; None where there is none."""
    summary: Summary
    progress: Raw
    """An encoded `Progress`, kept as bytes: most readers only pass it on. Decode with `decode_progress`."""
    part: Literal["older"] | None = None
    """`older` if `progress` has the older sessions of the item, and no summary; under a key of its own."""

    @property
    def key(self) -> str:
        """The key of the record."""
        key = state_key(self.tenant_id, self.user_id, self.content_id)
        return key if self.part is None else older_name(key)


class Checkpoint(
    Struct, frozen=True, kw_only=True, gc=False, rename="camel", tag="checkpoint", tag_field="record"
):
    """All states of heartbeats before `next_offset` stand before this record in the partition.

    The counts are cumulative since `first_offset` and balance:
    `next_offset - first_offset = applied + duplicates + dead_lettered`.
    """

    v: Literal[1]
    partition: int
    first_offset: int
    next_offset: int
    applied: int
    duplicates: int
    dead_lettered: int

    @classmethod
    def of(cls, partition: int, ledger: Ledger) -> Self:
        """The record of a partition's ledger."""
        return cls(v=1, partition=partition, **asdict(ledger))

    @property
    def ledger(self) -> Ledger:
        """The ledger that it records."""
        return Ledger(self.first_offset, self.next_offset, self.applied, self.duplicates, self.dead_lettered)


# mypy has no way to say "the type of a union".
decode_state: Decoder[State | Checkpoint] = Decoder(State | Checkpoint, STATE_VERSION)  # type: ignore[arg-type]
