"""Credit is a maximum flow from sessions, within their budgets, to the media they claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import NOTHING, Heartbeat, Instant, Intervals, Policy, apply, summarize
from playhead.progress.figures.credit import CREDITED_TOGETHER, Claim, coverage
from tests.playhead.progress.strategies import CONTENT, DURATION_MS, SESSIONS, T0, TENANT, USER, intervals

claims = st.lists(st.builds(Claim, intervals(12), st.integers(0, 12)), min_size=1, max_size=CREDITED_TOGETHER)


def matching(these: list[Claim]) -> int:
    """The oracle: each session takes points one by one, and makes way where another point is free."""
    taken: dict[int, tuple[int, int]] = {}

    def place(slot: tuple[int, int], seen: set[int]) -> bool:
        for start, end in these[slot[0]].extent.spans:
            for point in range(start, end):
                if point in seen:
                    continue
                seen.add(point)
                if point not in taken or place(taken[point], seen):
                    taken[point] = slot
                    return True
        return False

    slots = [(i, n) for i, each in enumerate(these) for n in range(each.budget_ms)]
    return sum(place(slot, set()) for slot in slots)


@given(claims)
def test_coverage_is_the_most_that_the_budgets_allow_together(these: list[Claim]) -> None:
    assert coverage(these).length == matching(these)


@given(claims)
def test_only_what_was_claimed_is_covered(these: list[Claim]) -> None:
    claimed = Intervals.of(span for each in these for span in each.extent.spans)
    assert coverage(these) <= claimed


@given(claims, st.data())
def test_coverage_grows_with_every_claim_and_budget(these: list[Claim], data: st.DataObject) -> None:
    grown = [
        Claim(each.extent | data.draw(intervals(12)), each.budget_ms + data.draw(st.integers(0, 3)))
        for each in these
    ]
    assert coverage(grown).length >= coverage(these).length


def heartbeat(seconds: int, watched: list[tuple[int, int]], **more: object) -> Heartbeat:
    """One heartbeat, `seconds` into its session, that claims these seconds of media."""
    claimed = Heartbeat(
        heartbeat_id=SESSIONS[0],  # type: ignore[arg-type]
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        session_id=SESSIONS[0],
        sequence=seconds,
        occurred_at=Instant(T0 + seconds * 1000),
        received_at=Instant(T0 + seconds * 1000),
        duration_ms=DURATION_MS,
        playback_rate=1.0,
        watched=Intervals.of((start * 1000, end * 1000) for start, end in watched),
    )
    return replace(claimed, **more)


def percentage(*claimed: Heartbeat, policy: Policy = Policy()) -> int:
    progress = NOTHING
    for each in claimed:
        progress = apply(progress, each, policy)
    return summarize(progress, policy).coverage // 10


def test_a_forged_claim_is_credited_what_the_clock_allows() -> None:
    """Ten seconds in, a player at normal speed may have covered 10 s and the grace of 20 s: 5 %."""
    assert percentage(heartbeat(0, []), heartbeat(10, [(0, 600)])) == 5


def test_the_rest_is_credited_when_the_budget_grows() -> None:
    assert percentage(heartbeat(0, []), heartbeat(10, [(0, 600)]), heartbeat(580, [(0, 600)])) == 100


def test_the_rate_stated_bounds_the_credit_and_the_policy_bounds_the_rate() -> None:
    start = heartbeat(0, [])
    assert percentage(start, heartbeat(100, [(0, 600)], playback_rate=2.0)) == 36
    unstated = replace(start, playback_rate=None)
    assert percentage(unstated, heartbeat(100, [(0, 600)])) == 70


def test_one_heartbeat_that_says_when_it_began_stands_for_all_that_were_lost() -> None:
    assert percentage(heartbeat(540, [(0, 540)])) == 3
    assert percentage(heartbeat(540, [(0, 540)], started_at=Instant(T0))) == 90


@pytest.mark.parametrize(("watch_ms", "credited"), [(10_000, 10_000), (3_600_000, 30_000)])
def test_wall_time_cannot_exceed_the_wall_clock(watch_ms: int, credited: int) -> None:
    progress = apply(NOTHING, heartbeat(0, [(0, 1)]), Policy())
    progress = apply(progress, heartbeat(10, [(0, 10)], watch_ms=watch_ms), Policy())
    assert summarize(progress, Policy()).wall_ms == credited
