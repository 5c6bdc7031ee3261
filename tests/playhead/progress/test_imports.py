"""Progress that a person made elsewhere: what an imported row changes, and that importing twice is once."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import NOTHING, Heartbeat, HeartbeatId, Instant, Policy, Progress, apply, summarize
from playhead.progress.advance import Refusal, advance
from playhead.progress.attempts import attempts
from playhead.progress.imports import MAX_IMPORTS
from playhead.progress.progress import join
from tests.playhead.progress.strategies import CONTENT, DAY_MS, T0, TENANT, USER, heartbeats, policies
from tests.playhead.progress.test_examples import POLICY, beat, viewing

IN_2022 = Instant(1_646_092_800_000)


def imported(
    number: int = 1, *, at: int = IN_2022, percentage: float = 100.0, watch_ms: int = 0, now: int = T0
) -> Heartbeat:
    return Heartbeat(
        heartbeat_id=HeartbeatId(f"00000000-0000-5000-8000-{number:012}"),
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        occurred_at=Instant(at),
        received_at=Instant(now),
        event="import",
        reported_percentage=percentage,
        watch_ms=watch_ms,
    )


def applied(*these: Heartbeat, policy: Policy = POLICY) -> Progress:
    progress = NOTHING
    for each in these:
        progress = apply(progress, each, policy)
    return progress


def test_a_completion_of_2022_keeps_its_date() -> None:
    summary = summarize(applied(imported(watch_ms=540_000)), POLICY)
    assert (summary.status, summary.percentage, summary.evidence) == ("completed", 100, "imported")
    assert (summary.completed_at, summary.started_at, summary.last_at) == (IN_2022, None, IN_2022)
    assert [(each.at, each.evidence) for each in summary.completions] == [(IN_2022, "imported")]
    assert (summary.total_sessions, summary.completion_count) == (0, 1)
    assert (summary.wall_ms, summary.content_ms, summary.coverage) == (540_000, 540_000, 0)


def test_a_percentage_is_believed_even_where_only_watching_counts() -> None:
    policy = replace(POLICY, evidence="watched")
    half = summarize(applied(imported(percentage=45.0), policy=policy), policy)
    assert (half.status, half.percentage, half.evidence) == ("in_progress", 45, "imported")
    done = summarize(applied(imported(percentage=95.0), policy=policy), policy)
    assert (done.status, done.percentage, done.completed_at) == ("completed", 100, IN_2022)


def test_a_completion_stays_when_the_threshold_is_raised() -> None:
    progress = applied(imported(percentage=95.0))
    summary = summarize(progress, replace(POLICY, threshold=1.0))
    assert (summary.status, summary.completed_at) == ("completed", IN_2022)


def test_a_row_without_a_date_counts_when_it_was_first_imported() -> None:
    progress = applied(imported(at=0, percentage=30.0, now=T0 + 5), imported(at=0, percentage=30.0, now=T0))
    summary = summarize(progress, POLICY)
    assert (summary.last_at, summary.percentage, len(progress.imports)) == (T0, 30, 1)


def test_rows_of_one_date_are_one_viewing() -> None:
    summary = summarize(applied(imported(1, watch_ms=60_000), imported(2, watch_ms=90_000)), POLICY)
    assert (summary.wall_ms, len(summary.completions), summary.completion_count) == (90_000, 1, 1)


def test_an_import_belongs_to_the_attempt_in_which_it_lies() -> None:
    begun = beat(0, event="attempt")
    progress = applied(imported(), begun)
    assert [each.since for each in attempts(progress)] == [0, T0]
    summary = summarize(progress, POLICY)
    assert (summary.status, summary.percentage, summary.completed_at) == ("in_progress", 0, None)
    assert [each.at for each in summary.completions] == [IN_2022]
    again = summarize(applied(imported(), begun, imported(2, at=T0 + DAY_MS, now=T0 + 2 * DAY_MS)), POLICY)
    assert (again.status, again.completed_at) == ("completed", T0 + DAY_MS)
    assert [each.at for each in again.completions] == [IN_2022, T0 + DAY_MS]


def test_what_is_watched_after_it_is_a_completion_of_its_own() -> None:
    progress = applied(imported(), *viewing(600))
    summary = summarize(progress, POLICY)
    assert [each.evidence for each in summary.completions] == ["imported", "watched"]
    assert (summary.completed_at, summary.total_sessions) == (IN_2022, 1)


def test_one_more_than_the_most_is_refused_and_a_known_one_is_not() -> None:
    rows = [imported(number, at=IN_2022 + number) for number in range(MAX_IMPORTS)]
    progress = applied(*rows)
    assert len(progress.imports) == MAX_IMPORTS
    assert isinstance(advance(progress, imported(1_000), POLICY), Refusal)
    assert apply(progress, rows[0], POLICY) is progress


def test_only_an_import_may_be_older_than_a_player_can_have_been_offline() -> None:
    with pytest.raises(ValueError, match="occurredAt"):
        replace(imported(), event="complete")
    with pytest.raises(ValueError, match="occurredAt"):
        imported(at=T0 + DAY_MS)
    with pytest.raises(ValueError, match="occurredAt"):
        imported(at=-1)


def _row(number: int, now: int) -> Heartbeat:
    """A row's id follows from what it says."""
    at = 0 if number == 0 else IN_2022 + number % 3 * DAY_MS
    return imported(number, at=at, percentage=(20.0, 60.0, 95.0, 100.0)[number % 4], now=T0 + now)


rows = st.builds(_row, st.integers(0, 5), st.integers(0, 3))
mixed = st.lists(rows | heartbeats(), max_size=8).map(
    lambda these: [each for each in these if each.event not in ("reopen", "attempt")]
)


@given(mixed, st.randoms(use_true_random=False), policies)
def test_the_order_of_imports_makes_no_difference(
    these: list[Heartbeat], random: Random, policy: Policy
) -> None:
    one = applied(*these, policy=policy)
    other = applied(*random.sample(these, len(these)), policy=policy)
    assert one.imports == other.imports
    assert replace(one, completions=()) == replace(other, completions=())


@given(mixed, policies)
def test_importing_twice_is_importing_once(these: list[Heartbeat], policy: Policy) -> None:
    progress = applied(*these, policy=policy)
    for each in these:
        if each.event == "import":
            later = replace(each, received_at=Instant(each.received_at + DAY_MS))
            assert apply(progress, later, policy) is progress
            assert apply(progress, each, policy) is progress


@given(mixed, mixed, mixed)
def test_joining_imports_is_associative_and_commutative(
    one: list[Heartbeat], two: list[Heartbeat], three: list[Heartbeat]
) -> None:
    a, b, c = (applied(*each) for each in (one, two, three))
    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(join(a, b), a) == join(a, b)
