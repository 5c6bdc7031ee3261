"""The sink's arithmetic, without a store."""

from __future__ import annotations

import tracemalloc
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import Intervals, Summary
from playhead.wire.codec import encode
from playhead.wire.states import Checkpoint, decode_state
from sinks.states.assigned import AssignedPartition
from sinks.states.decode import ConsumedRecord, RejectedRecord, StateEntry, decode
from sinks.states.latest import latest_per_key
from sinks.tables.copy import MAX_PAGES_LISTED, escape, metadata, multirange
from sinks.tables.months import months_ahead, months_of
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
    told = TEMPLATES[template]
    return replace(told, state=replace(told.state, source_offset=offset), touched=frozenset({f"{offset}"}))


entries = st.lists(st.builds(with_offset, st.integers(0, 4), st.integers(0, 50)), max_size=40)


@given(entries)
def test_collapsing_keeps_of_each_key_the_highest_offset(these: list[StateEntry]) -> None:
    highest: dict[str, int] = {}
    for each in these:
        content = each.state.content_id
        highest[content] = max(highest.get(content, 0), each.state.source_offset)
    kept = latest_per_key(these).entries
    assert {each.state.content_id: each.state.source_offset for each in kept} == highest
    keys = [(each.state.user_id, each.state.content_id, each.state.tenant_id) for each in kept]
    assert keys == sorted(keys)


@given(entries)
def test_collapsing_unites_what_was_touched_and_loses_nothing(these: list[StateEntry]) -> None:
    latest = latest_per_key(these)
    touched = [each.touched or frozenset() for each in latest.entries]
    assert frozenset().union(*touched) == {str(each.state.source_offset) for each in these}
    others = [other for each in latest.entries for other in latest.alternatives(each)]
    assert len(latest.entries) + len(others) == len(these)


def test_of_two_partitions_the_later_read_is_kept() -> None:
    one, other = with_offset(0, 40), with_offset(0, 3)
    moved = replace(other, state=replace(other.state, source_partition=1))
    assert latest_per_key([one, moved]).entries[0].state.source_partition == 1


def test_a_gap_outlasts_the_collapse() -> None:
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


def test_months_are_made_ahead_over_the_turn_of_the_year() -> None:
    assert months_ahead(date(2026, 12, 31)) == [date(2026, 12, 1), date(2027, 1, 1)]


def test_only_plausible_months_are_made() -> None:
    days = [
        (date(*day) - date(1970, 1, 1)).days
        for day in [(1970, 1, 1), (2019, 12, 31), (2020, 1, 1), (2026, 11, 30), (2026, 12, 31), (2027, 1, 1)]
    ]
    made, strays = months_of([*days, 10**12, -(10**12)], date(2026, 11, 22))
    assert made == {date(2020, 1, 1), date(2026, 11, 1), date(2026, 12, 1)}
    assert strays == {days[0], days[1], days[-1], 10**12, -(10**12)}


@given(st.text())
def test_escaped_text_is_one_field_of_one_line(text: str) -> None:
    escaped = escape(text)
    assert not set(escaped) & set("\t\n\r")
    unescaped = escaped.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r")
    assert "\0" in text or unescaped.replace("\0", "\\") == text


def test_a_multirange_is_written_as_postgres_does() -> None:
    assert multirange(Intervals()) == "{}"
    assert multirange(Intervals((0, 5, 7, 9))) == "{[0,5),[7,9)}"


def test_only_short_multiranges_leave_their_format_behind() -> None:
    """A person may claim any number of spans, and each number has a format of its own."""
    claims = [Intervals(tuple(range(2 * length))) for length in (*range(1, 400), 5_000)]
    tracemalloc.start()
    for claim in claims:
        assert multirange(claim).count("[") == len(claim.bounds) // 2
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 200_000


def test_seconds_have_at_most_three_decimals() -> None:
    told = metadata(Summary(wall_ms=20_007, position_ms=1_000))
    assert told == '{"watch_time_seconds": 20.007, "last_position_seconds": 1}'


def test_a_forged_page_range_is_not_written_out_page_by_page() -> None:
    told = metadata(Summary(kind="document", pages=Intervals((1, 2**31 - 1))))
    assert told.count(",") == MAX_PAGES_LISTED


def test_bytes_that_are_no_text_do_not_hide_in_an_unknown_field() -> None:
    author = Author()
    honest = author.watch(Item.of(), 30)
    forged = (honest.value or b"").replace(b'"progress":{', b'"progress":{"later":"\xff",')
    found = decode(ConsumedRecord(0, 0, honest.key, forged))
    assert isinstance(found, RejectedRecord)
    assert "0xff" in found.detail


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"partition": 3}, "wrong_key"), ({"next_offset": 2**63}, "malformed"), ({"applied": -1}, "malformed")],
)
def test_a_checkpoint_that_cannot_be_is_rejected(changed: dict[str, int], reason: str) -> None:
    record = Author().checkpoint()
    told = decode_state(record.value or b"")
    assert isinstance(told, Checkpoint)
    found = decode(ConsumedRecord(0, 0, record.key, encode(replace(told, **changed))))
    assert isinstance(found, RejectedRecord)
    assert found.reason == reason


@pytest.mark.parametrize("key", ["a:b:c:d", "a\tb:c:d", "a:b\\:c", "a\n:b:c"])
def test_ids_cannot_break_out_of_their_fields(key: str) -> None:
    author, item = Author(), Item.of()
    author.watch(item, 30)
    tenant, user, *rest = key.split(":")
    forged = author.forge_ids(item, tenant, user, ":".join(rest))
    found = decode(ConsumedRecord(0, 0, forged.key, forged.value))
    assert isinstance(found, RejectedRecord)
    assert found.reason == "malformed"
