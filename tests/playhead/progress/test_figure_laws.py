"""The laws of what the figures mean: midnights, parallel tabs, wrong clocks and many sessions."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from itertools import pairwise
from random import Random
from statistics import fmean

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest.clocks import correction, moved
from playhead.curriculum.figures import curriculum_figures
from playhead.progress import NOTHING, ContentId, Heartbeat, Policy, Progress, Summary, apply, join, summarize
from playhead.progress.figures.watch_time import quarter_times
from playhead.progress.quarters import QUARTER_MS
from tests.playhead.progress.lives import Sitting, few, in_order, many, open_time
from tests.playhead.progress.strategies import DAY_MS

POLICY = Policy()
CLOCKS = st.integers(-10 * DAY_MS, 10 * DAY_MS)
large = settings(
    max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example]
)
"""For many sessions, of which each example has hundreds of heartbeats."""
ordinary = settings(deadline=None)
"""A deadline would measure the machine."""


def applied(these: list[Heartbeat]) -> Progress:
    return reduce(lambda progress, heartbeat: apply(progress, heartbeat, POLICY), these, NOTHING)


def shown(these: list[Heartbeat]) -> Summary:
    return summarize(applied(these), POLICY)


def agree(one: Summary, other: Summary) -> None:
    """Equal, but for the dates of completions."""
    for name in Summary.__struct_fields__:
        if name not in ("completed_at", "completions"):
            assert getattr(one, name) == getattr(other, name), name


@ordinary
@given(few, st.randoms(use_true_random=False))
def test_law_any_order_duplication_and_batching_gives_equal_figures(
    those: list[Sitting], random: Random
) -> None:
    _any_order(those, random)


def _any_order(those: list[Sitting], random: Random) -> None:
    these = in_order(those)
    again = random.sample(these, len(these) // 3)
    mixed = random.sample([*these, *again], len(these) + len(again))
    half = len(mixed) // 2
    expected = shown(these)
    assert expected.total_sessions == len(those)
    found = shown(mixed)
    agree(expected, found)
    assert (expected.completed_at is None) == (found.completed_at is None)
    if expected.completed_at is not None and found.completed_at is not None:
        assert abs(expected.completed_at - found.completed_at) <= QUARTER_MS
    agree(expected, summarize(join(applied(mixed[:half]), applied(mixed[half:])), POLICY))


@ordinary
@given(few)
def test_law_heartbeats_sent_again_in_their_order_move_no_completion(those: list[Sitting]) -> None:
    these = in_order(those)
    assert shown([*these, *these]) == shown(these)


@ordinary
@given(few)
def test_law_watch_time_is_at_most_the_time_during_which_any_tab_was_open(those: list[Sitting]) -> None:
    assert shown(in_order(those)).wall_ms <= open_time(those).length


@large
@given(many)
def test_law_watch_time_of_many_sessions_is_at_most_their_open_time(those: list[Sitting]) -> None:
    assert shown(in_order(those)).wall_ms <= open_time(those).length


@ordinary
@given(few, few)
def test_law_days_sum_to_the_persons_quarters(one: list[Sitting], other: list[Sitting]) -> None:
    """Of two items at once a quarter of an hour holds no more than one; each lies in one day."""
    quarters: Counter[int] = Counter()
    for those in (one, other):
        quarters.update(quarter_times(applied(in_order(those)).sessions.values(), POLICY))
    of_person = {quarter: min(wall, QUARTER_MS) for quarter, wall in quarters.items()}
    days: Counter[int] = Counter()
    for quarter, wall in of_person.items():
        days[quarter * QUARTER_MS // DAY_MS] += wall
    assert sum(days.values()) == sum(of_person.values())
    assert sum(of_person.values()) <= open_time(one).length + open_time(other).length
    assert all(wall <= DAY_MS for wall in days.values())


@ordinary
@given(few, CLOCKS)
def test_law_shifting_all_clocks_of_a_device_that_sends_its_offset_changes_nothing(
    those: list[Sitting], clock_ms: int
) -> None:
    assert shown(corrected(those, clock_ms)) == shown(corrected(those, 0))


def corrected(those: list[Sitting], clock_ms: int) -> list[Heartbeat]:
    """One request of all heartbeats, as ingest corrects it."""
    these = sorted(
        (each for one in those for each in one.heartbeats(clock_ms)), key=lambda each: each.heartbeat_id
    )
    if not these:
        return []
    newest = max(each.occurred_at for each in these)
    received = type(newest)(newest - clock_ms)
    by = correction(newest, received, clock_ms)
    return [
        replace(
            each,
            occurred_at=moved(each.occurred_at, received, by),
            received_at=received,
            started_at=moved(each.started_at or received, received, by),
        )
        for each in these
    ]


@ordinary
@given(few, st.randoms(use_true_random=False))
def test_law_coverage_never_shrinks_within_an_attempt(those: list[Sitting], random: Random) -> None:
    these = in_order(those)
    mixed = random.sample(these, len(these))
    covered = [shown(mixed[:count]).coverage for count in range(len(mixed) + 1)]
    assert all(before <= after for before, after in pairwise(covered))


ITEMS = [ContentId(f"item {number}") for number in range(8)]
summaries = st.dictionaries(
    st.sampled_from(ITEMS),
    st.builds(
        Summary,
        status=st.sampled_from(["not_started", "in_progress", "completed"]),
        percentage=st.integers(0, 99),
    ).map(
        lambda drawn: Summary(
            status=drawn.status,
            percentage={"completed": 100, "not_started": 0}.get(drawn.status, drawn.percentage),
        )
    ),
)
some_items = st.sets(st.sampled_from(ITEMS))


@given(summaries, some_items, some_items)
def test_law_a_persons_progress_is_the_mean_over_their_curriculum(
    rows: dict[ContentId, Summary], required: set[ContentId], archived: set[ContentId]
) -> None:
    required -= archived
    opened = {item for item, row in rows.items() if row.status != "not_started"} - archived
    curriculum = required or opened
    figures = curriculum_figures(rows, required, archived)
    each = [rows.get(item, Summary()) for item in curriculum]
    assert figures.counts.items == len(curriculum)
    assert figures.counts.completed == sum(row.status == "completed" for row in each)
    assert figures.progress == (fmean(row.percentage for row in each) if each else None)


@given(summaries, some_items.filter(bool), some_items, summaries)
def test_law_optional_and_archived_items_leave_progress_alone(
    rows: dict[ContentId, Summary],
    required: set[ContentId],
    archived: set[ContentId],
    others: dict[ContentId, Summary],
) -> None:
    optional = {ContentId(f"another {item}"): row for item, row in others.items()}
    before = curriculum_figures(rows, required, frozenset())
    for out in (frozenset(), optional.keys()):
        after = curriculum_figures(rows | optional, required, out)
        assert (after.progress, after.counts) == (before.progress, before.counts)
    nothing = curriculum_figures(
        {item: row for item, row in rows.items() if item not in archived}, frozenset(), frozenset()
    )
    assert curriculum_figures(rows, frozenset(), archived).progress == nothing.progress
