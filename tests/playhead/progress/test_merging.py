"""Merging two accounts of one person: what the laws of figures say of it."""

from __future__ import annotations

from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import (
    NOTHING,
    Heartbeat,
    Instant,
    Policy,
    Progress,
    SessionId,
    UserId,
    advance_by_merge,
    apply,
    summarize,
)
from playhead.progress.merging import merge_progress
from playhead.wire.progress import decode_progress, encode_progress
from tests.playhead.progress.strategies import DAY_MS, SESSIONS, T0, heartbeats, policies
from tests.playhead.progress.test_compaction import LATER_MS
from tests.playhead.progress.test_examples import POLICY, applied, beat, viewing

OTHER, THIRD = UserId(f"{7:036}"), UserId(f"{8:036}")
UNTIMED = settings(deadline=None)  # what is drawn is pure; the machine is shared
NOW = Instant(T0 + LATER_MS + DAY_MS)


def merged(into: Progress, *sources: Progress, person: UserId = OTHER, policy: Policy = POLICY) -> Progress:
    for source in sources:
        into = advance_by_merge(into, source, person, NOW, policy)
    return into


def lives(prefix: int) -> st.SearchStrategy[Progress]:
    """What one account has: of weeks, so that some of it is compacted."""
    own = heartbeats(days=60).map(lambda each: _of_account(each, prefix))
    return st.lists(own, max_size=5).map(
        lambda these: reduce(
            lambda progress, each: apply(progress, each, POLICY),
            sorted(these, key=lambda each: each.occurred_at),
            NOTHING,
        )
    )


def _of_account(heartbeat: Heartbeat, prefix: int) -> Heartbeat:
    session = heartbeat.session_id or SESSIONS[0]
    return replace(heartbeat, session_id=SessionId(f"{prefix}{session[1:]}"))


@UNTIMED
@given(lives(1), lives(2), policies)
def test_merging_twice_is_once(into: Progress, source: Progress, policy: Policy) -> None:
    once = merged(into, source, policy=policy)
    assert merged(once, source, policy=policy) is once


@UNTIMED
@given(lives(1), lives(2))
def test_sessions_and_time_add_up(into: Progress, source: Progress) -> None:
    one, other = summarize(into, POLICY), summarize(source, POLICY)
    both = summarize(merged(into, source), POLICY)
    assert both.total_sessions == one.total_sessions + other.total_sessions
    assert both.wall_ms <= one.wall_ms + other.wall_ms
    assert both.completion_count >= len(both.completions)
    assert (
        both.completion_count >= max(one.completion_count, other.completion_count) or into.acts or source.acts
    )


parts = st.tuples(st.integers(0, 59), st.integers(0, 59), st.integers(0, 60)).map(
    lambda part: (min(part[:2]) * 10, max(part[:2]) * 10 + 10, part[2] * DAY_MS)
)


@UNTIMED
@given(st.lists(parts, max_size=3), st.lists(parts, max_size=3))
def test_coverage_is_the_union(one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]) -> None:
    into, source = watched(one, 1), watched(other, 2)
    both = summarize(merged(into, source), POLICY)
    each = [summarize(progress, POLICY) for progress in (into, source)]
    assert both.watched == each[0].watched | each[1].watched
    assert both.content_ms == each[0].content_ms + each[1].content_ms


def watched(these: list[tuple[int, int, int]], prefix: int) -> Progress:
    return applied(
        *(
            viewing(until, start_s=start, at_ms=at, session=SessionId(f"{prefix}{number:035}"))
            for number, (start, until, at) in enumerate(sorted(these, key=lambda part: part[2]))
        )
    )


@UNTIMED
@given(lives(1), lives(2), lives(3))
def test_two_people_merge_in_either_order(one: Progress, two: Progress, three: Progress) -> None:
    first = merge_progress(merge_progress(one, two, OTHER), three, THIRD)
    other = merge_progress(merge_progress(one, three, THIRD), two, OTHER)
    assert summarize(first, POLICY).total_sessions == summarize(other, POLICY).total_sessions
    assert first.merged == other.merged == (OTHER, THIRD)
    assert first.sessions == other.sessions


@UNTIMED
@given(lives(1), lives(2))
def test_the_encoding_keeps_who_was_merged(into: Progress, source: Progress) -> None:
    both = merged(into, source)
    assert decode_progress(encode_progress(both)) == both


def test_two_halves_are_completed_when_the_second_was_watched() -> None:
    first, second = viewing(300), viewing(600, start_s=300, at_ms=DAY_MS, session=SESSIONS[1])
    summary = summarize(merged(applied(second), applied(first)), POLICY)
    assert (summary.status, summary.coverage, summary.total_sessions) == ("completed", 1000, 2)
    assert summary.content_ms == summary.wall_ms == 600_000
    assert summary.completed_at is not None
    assert T0 + DAY_MS < summary.completed_at <= T0 + DAY_MS + 300_000
    assert summary.completion_count == 1


def test_halves_that_both_compacted_add_up() -> None:
    later = [viewing(10, at_ms=LATER_MS, session=SESSIONS[n]) for n in (1, 2)]
    first = applied(viewing(300), later[0])
    second = applied(viewing(600, start_s=300, at_ms=DAY_MS, session=f"a{SESSIONS[0][1:]}"), later[1])  # type: ignore[arg-type]
    assert first.compacted.sessions == second.compacted.sessions == 1
    summary = summarize(merged(first, second), POLICY)
    assert (summary.status, summary.coverage, summary.total_sessions) == ("completed", 1000, 4)
    assert summary.content_ms == 620_000
    assert summary.completed_at == T0 + DAY_MS + 300_000


def test_an_old_session_that_only_one_account_kept_is_not_lost() -> None:
    into = applied(viewing(600), viewing(10, at_ms=LATER_MS, session=SESSIONS[1]))
    assert into.compacted.before > T0 + DAY_MS
    source = applied(viewing(60, at_ms=DAY_MS, session=SESSIONS[2]))
    both = merged(into, source)
    assert summarize(both, POLICY).total_sessions == 3
    again = applied(viewing(10, at_ms=LATER_MS + DAY_MS, session=SessionId(f"{9:036}")), start=both)
    assert summarize(again, POLICY).total_sessions == 4
    assert summarize(merged(again, source), POLICY).total_sessions == 4


def test_what_arrives_after_the_merge_is_added_by_the_next_one() -> None:
    source = applied(viewing(300))
    once = merged(NOTHING, source)
    straggler = applied(viewing(400, start_s=300, at_ms=DAY_MS, session=SESSIONS[1]))
    assert summarize(merged(once, straggler), POLICY).total_sessions == 2


def test_a_completion_is_of_the_attempt_during_which_it_happened() -> None:
    into = applied(viewing(600), beat(DAY_MS, event="attempt"))
    source = applied(viewing(600, at_ms=2 * DAY_MS, session=SESSIONS[1]))
    summary = summarize(merged(into, source), POLICY)
    assert (summary.status, summary.completed_at) == ("completed", T0 + 2 * DAY_MS + 540_000)
    assert len(summary.completions) == summary.completion_count == 2
