"""Prepares a batch for COPY, while the one before is stored. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playhead.progress.policy import Policy
from playhead.wire.states import STATE_VERSION
from sinks.states.batch import BatchBuilder, PartitionRange
from sinks.states.decode import RejectedRecord, StateEntry, StateOwner
from sinks.states.latest import LatestStates, latest_per_key
from sinks.tables.copy import older_line, progress_line, session_lines


@dataclass(frozen=True, slots=True)
class CopyLines:
    """Entries in COPY's text format."""

    entries: Sequence[StateEntry]
    policy: Policy
    progress: bytes
    older: bytes
    """The older sessions of items, which are entries of their own."""
    sessions: list[str]
    """The touched sessions of each entry."""
    written_ms: int | None
    """The earliest timestamp of the log among the entries; None if it has none."""
    is_outdated: bool
    """Whether a processor of an earlier release wrote any of them."""


@dataclass(frozen=True, slots=True)
class SinkBatch:
    """What one transaction stores."""

    ranges: dict[int, PartitionRange]
    latest: LatestStates
    rejected: list[RejectedRecord]
    records: int
    states: int
    """How many of the records are decodable states."""
    lines: CopyLines
    """The latest entries, without those of quarantined people."""
    quarantined: list[StateEntry]
    """The latest entries of people with a recent refusal: they are stored separately."""
    people: set[StateOwner]
    """The owners of all records, rejected ones included."""

    @property
    def positions(self) -> dict[int, int]:
        """The stored offset of each partition, once the batch is stored."""
        return {partition: covered.next_offset for partition, covered in self.ranges.items()}

    @property
    def written_ms(self) -> dict[int, int]:
        """When the last record of each partition was written, where that is known."""
        written = {partition: covered.written_ms for partition, covered in self.ranges.items()}
        return {partition: at for partition, at in written.items() if at is not None}


def copy_lines(entries: Sequence[StateEntry], policy: Policy) -> CopyLines:
    """Write entries in COPY's format."""
    progress = [progress_line(n, entry) for n, entry in enumerate(entries) if not entry.is_older]
    older = [older_line(n, entry) for n, entry in enumerate(entries) if entry.is_older]
    sessions = [session_lines(entry, policy) for entry in entries]
    written_ms = min((each.source.written_ms for each in entries if each.source.written_ms), default=None)
    is_outdated = any(entry.state.v < STATE_VERSION for entry in entries)
    lines = "".join(progress).encode(), "".join(older).encode()
    return CopyLines(entries, policy, *lines, sessions, written_ms, is_outdated)


def prepare(
    builder: BatchBuilder, policy: Policy, quarantined: frozenset[StateOwner] = frozenset()
) -> SinkBatch:
    """Keep the latest state of each key, and write the states in COPY's format.

    Args:
        builder: The records.
        policy: The installation's.
        quarantined: People whose entries are stored separately.
    """
    latest = latest_per_key(builder.entries)
    entries, separate = latest.entries, []
    if quarantined:
        separate = [entry for entry in entries if entry.source.person in quarantined]
        if separate:
            entries = [entry for entry in entries if entry.source.person not in quarantined]
    people = {StateOwner(entry.state.tenant_id, entry.state.user_id) for entry in latest.entries}
    return SinkBatch(
        ranges=builder.ranges,
        latest=latest,
        rejected=builder.rejected,
        records=builder.records,
        states=len(builder.entries),
        lines=copy_lines(entries, policy),
        quarantined=separate,
        people=people.union(rejected.source.person for rejected in builder.rejected),
    )
