"""What Redis and PostgreSQL know of an item is joined, and divided into its parts again."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as replaced

from operations.rebase.findings import NewLogEnds, RebaseFindings, StoredPlaces
from operations.rebase.rescue import ItemName, KeptItem, joined, states_of
from playhead.progress import NOTHING, Policy, Progress, apply
from playhead.progress.compaction import KEPT_SESSIONS
from playhead.progress.identifiers import Instant
from playhead.progress.older import split
from playhead.progress.progress import join
from playhead.wire.progress import encode_progress
from tests.stream_processors.heartbeats import NOW, heartbeat

POLICY = Policy()
HOUR = 3_600_000
NAME = ItemName(heartbeat().tenant_id, heartbeat().user_id, heartbeat().content_id)


def watched(sessions: range) -> Progress:
    """An item watched in these sessions, an hour apart."""
    progress = NOTHING
    for number in sessions:
        at = Instant(NOW + number * HOUR)
        beat = heartbeat(session=number, sequence=number)
        beat = replaced(
            beat, occurred_at=Instant(at + 10_000), received_at=Instant(at + 10_040), started_at=at
        )
        progress = apply(progress, beat, POLICY)
    return progress


def kept(progress: Progress) -> KeptItem:
    """The item as a store has it."""
    record, older = split(progress, POLICY)
    return KeptItem(encode_progress(record), None if older is None else encode_progress(older))


def test_the_sessions_of_both_are_kept_those_that_lie_apart_too() -> None:
    hot, stored = kept(watched(range(10, KEPT_SESSIONS + 20))), kept(watched(range(KEPT_SESSIONS + 10)))
    both = joined(hot, stored)
    assert both == watched(range(KEPT_SESSIONS + 20))
    older, record = states_of(NAME, both, stored, None, POLICY)
    assert (older.part, record.part) == ("older", None)
    assert record.summary.total_sessions == KEPT_SESSIONS + 20
    assert (record.source_partition, record.source_offset) == (0, 0)
    assert KeptItem(bytes(record.progress), bytes(older.progress)).whole == both


def test_what_postgresql_knows_already_is_not_stored_again() -> None:
    more, fewer = kept(watched(range(3))), kept(watched(range(2)))
    assert joined(fewer, more) is None
    assert joined(more, more) is None
    assert joined(KeptItem(), more) is None
    assert joined(more, fewer) == join(watched(range(2)), watched(range(3)))
    assert joined(fewer, KeptItem()) == watched(range(2))


def test_a_place_beyond_its_log_is_named_once_a_store() -> None:
    ends = NewLogEnds({0: 5, 1: 5}, {0: 9})
    within = StoredPlaces("Redis", {0: 5, 1: 0})
    beyond = StoredPlaces("PostgreSQL", {0: 5}, {0: 10, 1: 1})
    assert RebaseFindings(ends, [within]).beyond == []
    assert RebaseFindings(ends, [within, beyond]).beyond == [
        (
            "PostgreSQL has states up to offset 10 of partition 0, and the log ends at 9; "
            "1 more partitions are alike"
        )
    ]
    assert RebaseFindings(ends, [replace(beyond, is_begun=True)]).is_begun
