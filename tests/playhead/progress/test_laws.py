"""The laws of design section 3: what must hold whatever is replayed, reordered or sent again."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from random import Random

import msgspec
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import (
    NOTHING,
    Heartbeat,
    Instant,
    Intervals,
    Policy,
    Progress,
    apply,
    join,
    summarize,
)
from playhead.progress.absorb import extend
from playhead.progress.figures.credit import claim, credited_scroll, page_claim
from playhead.progress.figures.durations import ItemSpan, item_span
from playhead.progress.figures.watch_time import own_times, quarter_times, wall_ms, watch_time_ms, windows
from playhead.progress.progress import of
from playhead.progress.quarters import QUARTER_MS, SHORTEST_GAP_MS
from playhead.progress.session import Session, begin, join_all, join_sessions
from tests.playhead.progress.strategies import DURATION_MS, SESSIONS, heartbeats, media, policies

some = st.lists(heartbeats(), max_size=8)


def apply_all(these: list[Heartbeat], policy: Policy) -> Progress:
    progress = NOTHING
    for heartbeat in these:
        progress = apply(progress, heartbeat, policy)
    return progress


def apart_from_when(progress: Progress) -> Progress:
    """The time of a completion alone may depend on the order of the log, within a quarter of an hour."""
    return replace(progress, completions=())


def without_attempts(these: list[Heartbeat]) -> list[Heartbeat]:
    """An attempt that becomes known late divides no quarter of an hour (`since_attempt`)."""
    return [heartbeat for heartbeat in these if heartbeat.event not in ("reopen", "attempt")]


@given(some, st.randoms(use_true_random=False), policies)
def test_order_makes_no_difference(these: list[Heartbeat], random: Random, policy: Policy) -> None:
    chosen = without_attempts(these)
    shuffled = random.sample(chosen, len(chosen))
    one, other = apply_all(chosen, policy), apply_all(shuffled, policy)
    assert apart_from_when(one) == apart_from_when(other)


@given(some, st.randoms(use_true_random=False), policies)
def test_order_makes_no_difference_to_what_is_shown(
    these: list[Heartbeat], random: Random, policy: Policy
) -> None:
    """Under one catalogue: where the length is known from a later heartbeat, that one completes the item."""
    chosen, policy = without_attempts(these), replace(policy, page_count=10)
    one, other = (
        summarize(apply_all(each, policy), policy) for each in (chosen, random.sample(chosen, len(chosen)))
    )
    assert replace(one, completed_at=None, completions=()) == replace(
        other, completed_at=None, completions=()
    )
    if is_honest(chosen, policy):
        assert quarter_of(one.completed_at) == quarter_of(other.completed_at)


def is_honest(these: list[Heartbeat], policy: Policy) -> bool:
    """Whether all was credited at once: what exceeds a budget is credited later, when the budget grows."""
    progress = NOTHING
    for heartbeat in sorted(these, key=lambda each: each.occurred_at):
        progress = apply(progress, heartbeat, policy)
        if not all(is_credited(session, policy) for session in progress.sessions.values()):
            return False
    return True


def is_credited(session: Session, policy: Policy) -> bool:
    fits = claim(session, policy, ItemSpan(0, DURATION_MS)).fits and page_claim(session, 10).fits
    return fits and credited_scroll(session) == session.scroll


def quarter_of(at: Instant | None) -> int | None:
    return None if at is None else at // QUARTER_MS


@given(some, st.data(), policies)
def test_duplicates_make_no_difference(these: list[Heartbeat], data: st.DataObject, policy: Policy) -> None:
    again = data.draw(st.lists(st.sampled_from(these), max_size=8)) if these else []
    progress = apply_all(these, policy)
    assert apply_all([*these, *again], policy) is not None
    for heartbeat in again:
        assert apply(progress, heartbeat, policy) is progress


@given(some, some, policies)
def test_batching_makes_no_difference(
    first: list[Heartbeat], second: list[Heartbeat], policy: Policy
) -> None:
    """Two parts applied apart and joined equal both applied together."""
    first, second = without_attempts(first), without_attempts(second)
    joined = join(apply_all(first, policy), apply_all(second, policy))
    assert apart_from_when(joined) == apart_from_when(apply_all([*first, *second], policy))


progresses = st.builds(apply_all, some, st.just(Policy()))


@given(progresses, progresses, progresses)
def test_join_is_associative(one: Progress, two: Progress, three: Progress) -> None:
    assert join(join(one, two), three) == join(one, join(two, three))


@given(progresses, progresses)
def test_join_is_commutative(one: Progress, two: Progress) -> None:
    assert join(one, two) == join(two, one)


@given(progresses, progresses)
def test_join_is_idempotent(one: Progress, two: Progress) -> None:
    joined = join(one, two)
    assert join(joined, two) is joined
    assert join(joined, one) is joined
    assert join(one, one) is one


@given(progresses)
def test_nothing_is_neutral(one: Progress) -> None:
    assert join(NOTHING, one) == one
    assert join(one, NOTHING) is one


@given(some, policies)
def test_coverage_never_shrinks(these: list[Heartbeat], policy: Policy) -> None:
    chosen = without_attempts(these)
    covered = [
        summarize(apply_all(chosen[:n], policy), policy).watched.length for n in range(len(chosen) + 1)
    ]
    assert all(before <= after for before, after in pairwise(covered))


@given(some, policies)
def test_coverage_stays_within_the_duration(these: list[Heartbeat], policy: Policy) -> None:
    summary = summarize(apply_all(these, policy), policy)
    assert summary.watched.length <= DURATION_MS
    assert not summary.watched or summary.watched.bounds[-1] <= DURATION_MS
    assert 0 <= summary.percentage <= 100


@given(some, policies)
def test_playing_never_reverts_completion(these: list[Heartbeat], policy: Policy) -> None:
    playing = [heartbeat for heartbeat in these if heartbeat.event != "reopen"]
    completed = [
        summarize(apply_all(playing[:n], policy), policy).status == "completed"
        for n in range(len(playing) + 1)
    ]
    assert completed == sorted(completed)


@settings(suppress_health_check=[HealthCheck.too_slow])  # it measures the machine, and `assume` leaves few
@given(some, heartbeats(duration_ms=2 * DURATION_MS), policies)
def test_a_longer_duration_never_reverts_completion(
    these: list[Heartbeat], longer: Heartbeat, policy: Policy
) -> None:
    progress = apply_all(without_attempts(these), policy)
    assume(summarize(progress, policy).completed_at is not None and longer.event != "reopen")
    assert summarize(apply(progress, longer, policy), policy).status == "completed"


@given(some, policies)
def test_completed_at_only_moves_earlier(these: list[Heartbeat], policy: Policy) -> None:
    chosen = without_attempts(these)
    found = [summarize(apply_all(chosen[:n], policy), policy).completed_at for n in range(len(chosen) + 1)]
    for before, after in pairwise(found):
        if before is not None:
            assert after is not None
            assert after <= before


@given(some)
def test_no_session_is_credited_more_than_it_could_have_played(these: list[Heartbeat]) -> None:
    policy = Policy()
    progress = apply_all(these, policy)
    claims = [claim(session, policy, item_span(progress, policy)) for session in progress.sessions.values()]
    for session, each in zip(progress.sessions.values(), claims, strict=True):
        lasted = session.last_at - session.started_at
        assert each.credited.length <= lasted * policy.max_rate + policy.grace_ms
    assert summarize(progress, policy).watched.length <= sum(each.credited_ms for each in claims)


@given(heartbeats())
def test_what_one_heartbeat_tells_is_told_once(heartbeat: Heartbeat) -> None:
    assert join(of(heartbeat), of(heartbeat)) == of(heartbeat)


@given(st.lists(heartbeats().filter(lambda each: not each.is_act), min_size=1, max_size=6))
def test_many_sessions_join_at_once_as_they_join_one_by_one(these: list[Heartbeat]) -> None:
    sessions = [begin(heartbeat) for heartbeat in these]
    assert join_all(sessions) == reduce(join_sessions, sessions)


@given(some, policies)
def test_no_session_keeps_a_gap_that_is_shorter_than_is_kept(these: list[Heartbeat], policy: Policy) -> None:
    for session in apply_all(these, policy).sessions.values():
        assert session.watched.close(SHORTEST_GAP_MS) is session.watched


@given(media(), heartbeats())
def test_a_session_stored_before_gaps_closed_joins_to_what_a_closed_one_joins_to(
    watched: Intervals, heartbeat: Heartbeat
) -> None:
    chosen = replace(heartbeat, session_id=SESSIONS[0], event="heartbeat")
    progress, more = of(replace(chosen, watched=watched)), of(chosen)
    stored = msgspec.to_builtins(progress)
    stored["byId"][SESSIONS[0]]["watched"] = {"bounds": watched.bounds}
    decoded = msgspec.convert(stored, Progress)
    assert join(decoded, more) == join(more, decoded) == join(progress, more)


@given(heartbeats(), heartbeats())
def test_a_session_is_extended_as_it_is_joined(one: Heartbeat, other: Heartbeat) -> None:
    known, at = begin(one), Instant(one.occurred_at + 10_000)
    near = replace(other, occurred_at=at, received_at=at, started_at=None)
    for each in (other, near):
        assert extend(known, each) == join_sessions(known, begin(each))


@given(some, policies)
def test_watch_time_is_that_of_its_quarters_and_no_more_than_was_open(
    these: list[Heartbeat], policy: Policy
) -> None:
    sessions = apply_all(these, policy).sessions
    by_quarter = quarter_times(sessions.values(), policy)
    in_any_order = watch_time_ms([sessions[key] for key in sorted(sessions)], policy)
    assert watch_time_ms(sessions.values(), policy) == in_any_order == sum(by_quarter.values())
    for quarter, wall in by_quarter.items():
        began = quarter * QUARTER_MS
        within = [
            (max(start - began, 0), min(end - began, QUARTER_MS))
            for session in sessions.values()
            for start, end, _ in windows(session, policy)
        ]
        opened = Intervals.of((start, end) for start, end in within if start < end)
        assert wall <= opened.length <= QUARTER_MS
    for session in sessions.values():
        assert sum(own_times(session, policy).values()) == wall_ms(session, policy)
