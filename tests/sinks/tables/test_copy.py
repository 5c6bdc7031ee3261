"""Fields of COPY lines, the sessions that are written, and the slices of an item that were seen."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.progress import Intervals, Summary
from sinks.tables.copy import MAX_PAGES_LISTED, SLICES, escape, metadata, multirange, slices

ALL = (1 << SLICES) - 1


def video(*spans: tuple[int, int], duration: int | None) -> Summary:
    return Summary(watched=Intervals.of(spans), duration_ms=duration)


def document(*pages: int, of: int) -> Summary:
    return Summary(kind="document", pages=Intervals.of((page, page + 1) for page in pages), page_count=of)


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
    found = metadata(Summary(wall_ms=20_007, position_ms=1_000))
    assert found == '{"watch_time_seconds": 20.007, "last_position_seconds": 1}'


def test_a_forged_page_range_is_not_written_out_page_by_page() -> None:
    found = metadata(Summary(kind="document", pages=Intervals((1, 2**31 - 1))))
    assert found.count(",") == MAX_PAGES_LISTED


@pytest.mark.parametrize(
    ("summary", "bits"),
    [
        (video(duration=600_000), []),
        (video((0, 1), duration=600_000), [0]),
        (video((0, 30_000), duration=600_000), [0]),
        (video((0, 30_001), duration=600_000), [0, 1]),
        (video((29_999, 30_001), (599_999, 600_000), duration=600_000), [0, 1, 19]),
        (video((0, 600_000), duration=600_000), range(SLICES)),
        (video((0, 5_000), duration=None), []),
        (video((0, 5_000), duration=0), []),
        (video((0, 5_000), duration=-1), []),
        (video((500_000, 700_000), duration=600_000), [16, 17, 18, 19]),
        (video((700_000, 800_000), duration=600_000), []),
        (video((3, 4), duration=7), [8, 9, 10, 11]),
        (document(1, of=20), [0]),
        (document(1, 20, of=20), [0, 19]),
        (document(2, of=4), range(5, 10)),
        (document(1, 2, 3, of=3), range(SLICES)),
        (document(1, of=0), []),
        (document(50, of=100), [9]),
    ],
)
def test_slices_by_example(summary: Summary, bits: list[int]) -> None:
    assert slices(summary) == sum(1 << bit for bit in bits)


@given(
    spans=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 300)), max_size=6),
    duration=st.integers(1, 2_000),
)
def test_a_bit_is_set_exactly_where_something_of_the_twentieth_was_seen(
    spans: list[tuple[int, int]], duration: int
) -> None:
    watched = Intervals.of((start, start + length) for start, length in spans)
    seen = slices(Summary(watched=watched, duration_ms=duration))
    for bit in range(SLICES):
        start, end = Fraction(bit * duration, SLICES), Fraction((bit + 1) * duration, SLICES)
        assert bool(seen >> bit & 1) == any(a < end and start < b for a, b in watched.spans)
    assert 0 <= seen <= ALL
