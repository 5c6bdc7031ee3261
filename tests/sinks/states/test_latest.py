"""The latest state of each key, and the gaps that compaction leaves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sinks.states.assigned import AssignedPartition
from sinks.states.decode import ConsumedRecord, StateEntry, decode
from sinks.states.latest import latest_per_key
from tests.sinks.author import Author, Item, Record


def entry(record: Record, offset: int = 0) -> StateEntry:
    found = decode(ConsumedRecord(record.partition, offset, record.key, record.value))
    assert isinstance(found, StateEntry)
    return found


AUTHOR = Author()
TEMPLATES = [
    entry(AUTHOR.watch(Item.of(content=content), 30 + content, session=content)) for content in range(5)
]


def with_offset(template: int, offset: int) -> StateEntry:
    entry = TEMPLATES[template]
    return replace(entry, state=replace(entry.state, source_offset=offset), touched=frozenset({f"{offset}"}))


entries = st.lists(st.builds(with_offset, st.integers(0, 4), st.integers(0, 50)), max_size=40)


@given(entries)
def test_the_state_with_the_highest_offset_of_each_key_is_kept(these: list[StateEntry]) -> None:
    highest: dict[str, int] = {}
    for each in these:
        content = each.state.content_id
        highest[content] = max(highest.get(content, 0), each.state.source_offset)
    kept = latest_per_key(these).entries
    assert {each.state.content_id: each.state.source_offset for each in kept} == highest
    keys = [(each.state.user_id, each.state.content_id, each.state.tenant_id) for each in kept]
    assert keys == sorted(keys)


@given(entries)
def test_the_latest_state_has_the_touched_sessions_of_all(these: list[StateEntry]) -> None:
    latest = latest_per_key(these)
    touched = [each.touched or frozenset() for each in latest.entries]
    assert frozenset().union(*touched) == {str(each.state.source_offset) for each in these}
    others = [other for each in latest.entries for other in latest.alternatives(each)]
    assert len(latest.entries) + len(others) == len(these)


def test_of_two_partitions_the_state_of_the_higher_one_is_kept_in_whatever_order_they_are_read() -> None:
    one, other = with_offset(0, 40), with_offset(0, 3)
    moved = replace(other, state=replace(other.state, source_partition=1))
    for order in ([one, moved], [moved, one]):
        latest = latest_per_key(order)
        assert latest.entries[0].state.source_partition == 1
        assert [each.state.source_partition for each in latest.alternatives(latest.entries[0])] == [0]


def test_the_latest_state_keeps_a_gap() -> None:
    whole = replace(with_offset(0, 1), touched=None)
    assert latest_per_key([whole, with_offset(0, 2)]).entries[0].touched is None


def test_a_contiguous_log_has_no_gap() -> None:
    partition = AssignedPartition(10)
    assert not any(partition.advance(offset, lambda: 100) for offset in range(10, 50))
    assert partition.position == 50


def test_after_a_gap_everything_up_to_the_end_of_that_moment_is_suspect() -> None:
    partition = AssignedPartition(10)
    found = [partition.advance(offset, lambda: 14) for offset in (10, 12, 13, 14, 15)]
    assert found == [False, True, True, False, False]


def test_a_session_that_moved_to_the_older_ones_within_a_batch_is_touched_there() -> None:
    """Its last heartbeats are in a state of the record alone, which a later one supersedes."""
    before, record = with_offset(0, 1), with_offset(0, 2)
    older = replace(record, state=replace(record.state, part="older"), touched=frozenset())
    kept = latest_per_key([before, older, record]).entries
    assert [each.touched for each in kept] == [frozenset({"1", "2"})] * 2
