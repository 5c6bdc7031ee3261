"""Figures in ordinary lives: two tabs, midnights, late heartbeats, rewatching, attempts, odd files."""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress import Heartbeat, Instant, Intervals, Policy, apply, summarize
from playhead.progress.figures.watch_time import quarter_times
from tests.playhead.progress.strategies import DAY_MS, SESSIONS, T0
from tests.playhead.progress.test_examples import POLICY, applied, beat, viewing

STRICT = Policy(evidence="watched")
MIDNIGHT_MS = DAY_MS - T0 % DAY_MS
"""The next midnight in UTC, in ms since `T0`."""
HOUR_MS = 3_600_000


def by_day(*parts: list[Heartbeat], policy: Policy = POLICY) -> list[int]:
    """Watch time in whole seconds of each day (UTC) with any."""
    progress = applied(*parts)
    days: dict[int, int] = {}
    for quarter, wall in quarter_times(progress.sessions.values(), policy).items():
        days[quarter // 96] = days.get(quarter // 96, 0) + wall
    return [round(wall / 1000) for wall in days.values() if wall]


def test_who_stops_at_the_threshold_has_a_hundred_per_cent() -> None:
    summary = summarize(applied(viewing(540)), POLICY)
    assert (summary.percentage, summary.coverage) == (100, 900)
    claimed = summarize(applied(beat(0, reported_percentage=95.0)), POLICY)
    assert (claimed.percentage, claimed.coverage, claimed.evidence) == (100, 0, "reported")
    assert summarize(applied(beat(0, reported_percentage=89.9)), POLICY).percentage == 89


def test_who_watched_nearly_all_under_a_high_threshold_has_no_hundred() -> None:
    whole = Policy(threshold=1.0)
    summary = summarize(applied(beat(0, reported_percentage=99.9), policy=whole), whole)
    assert (summary.status, summary.percentage) == ("in_progress", 99)


def test_a_mark_is_activity() -> None:
    summary = summarize(applied(beat(0, event="complete")), POLICY)
    assert (summary.percentage, summary.started_at, summary.last_at) == (100, T0, T0)
    assert (summary.completed_at, summary.total_sessions, summary.completion_count) == (T0, 0, 1)


def test_two_tabs_at_once_are_one_viewing() -> None:
    both = applied(viewing(600), viewing(600, at_ms=1_000, session=SESSIONS[1]))
    summary = summarize(both, POLICY)
    assert (summary.completion_count, summary.total_sessions) == (1, 2)
    assert 600_000 <= summary.wall_ms <= 601_000


def test_two_tabs_one_after_the_other_are_two_viewings() -> None:
    apart = applied(viewing(600), viewing(600, at_ms=595_000, session=SESSIONS[1]))
    assert summarize(apart, POLICY).completion_count == 2
    assert summarize(apart, POLICY).wall_ms == 1_195_000


def test_a_tab_open_in_silence_is_not_open() -> None:
    """It sent heartbeats before and after the other viewing, not during it."""
    tab = [*viewing(600), beat(3 * HOUR_MS, watched=Intervals((0, 600_000)), watch_ms=600_000)]
    both = applied(tab, viewing(600, at_ms=HOUR_MS, session=SESSIONS[1]))
    summary = summarize(both, POLICY)
    assert (summary.completion_count, summary.wall_ms) == (2, 1_200_000)


def test_watch_time_belongs_to_the_day_on_which_it_was_spent() -> None:
    assert by_day(viewing(600, at_ms=MIDNIGHT_MS - 1_000)) == [1, 599]


def test_one_page_open_for_three_days_counts_on_each() -> None:
    played = [
        beat(
            MIDNIGHT_MS + day * DAY_MS + 10 * HOUR_MS + at * 10_000,
            watch_ms=(day * 3_600 + at) * 10_000,
            watched=Intervals((0, (day * 3_600 + at) * 10_000 + 1)),
            playback_rate=1.0,
        )
        for day in range(3)
        for at in range(0 if day == 0 else 30, 3_601, 30)
    ]
    assert by_day(played) == [36_000, 36_000, 36_000]
    assert summarize(applied(played), POLICY).wall_ms == 108_000_000


def test_the_order_of_arrival_does_not_move_the_completion() -> None:
    """Half B was watched yesterday, half A three days ago on a telephone that was offline until today."""
    half_a = viewing(300)
    half_b = viewing(600, start_s=300, at_ms=2 * DAY_MS, session=SESSIONS[1])
    in_order = summarize(applied(half_a, half_b), POLICY)
    late = summarize(applied(half_b, half_a), POLICY)
    assert in_order.completed_at == T0 + 2 * DAY_MS + 240_000
    assert late.completed_at is not None
    assert 0 <= late.completed_at - in_order.completed_at < 15 * 60_000


def test_a_late_session_moves_the_completion_to_when_it_happened() -> None:
    late = summarize(applied(viewing(600, at_ms=2 * DAY_MS, session=SESSIONS[1]), viewing(600)), POLICY)
    assert late.completed_at is not None
    assert T0 + 540_000 <= late.completed_at <= T0 + 600_000


def test_another_attempt_starts_at_nothing_and_keeps_the_first_completion() -> None:
    again = applied(viewing(600), beat(DAY_MS, event="reopen"))
    summary = summarize(again, POLICY)
    assert (summary.status, summary.percentage) == ("in_progress", 0)
    assert (summary.position_ms, summary.attempt) == (0, 2)
    assert [each.at for each in summary.completions] == [T0 + 540_000]
    part = summarize(applied(viewing(60, at_ms=2 * DAY_MS, session=SESSIONS[1]), start=again), POLICY)
    assert (part.percentage, part.completed_at, part.completion_count) == (10, None, 1)
    rest = viewing(600, at_ms=3 * DAY_MS, session=SESSIONS[2])
    done = summarize(applied(rest, start=again), POLICY)
    assert [each.at - T0 for each in done.completions] == [540_000, 3 * DAY_MS + 540_000]
    assert (done.percentage, done.completion_count) == (100, 2)


def test_taking_back_a_mark_takes_back_nothing_else() -> None:
    marked = applied(viewing(300), beat(DAY_MS, event="complete"), beat(DAY_MS + 1, event="reopen"))
    summary = summarize(marked, POLICY)
    assert (summary.percentage, summary.attempt, summary.completions) == (50, 1, ())
    rest = viewing(600, start_s=300, at_ms=2 * DAY_MS, session=SESSIONS[1])
    assert summarize(applied(rest, start=marked), POLICY).status == "completed"


def test_a_double_click_begins_one_attempt() -> None:
    clicked = [beat(DAY_MS + n, event="attempt") for n in range(3)]
    assert summarize(applied(viewing(600), clicked), POLICY).attempt == 2
    assert summarize(applied(clicked), POLICY).status == "not_started"


def test_a_mark_made_twice_is_one() -> None:
    summary = summarize(applied(beat(0, event="complete"), beat(5_000, event="complete")), POLICY)
    assert (summary.completed_at, summary.completion_count) == (T0, 1)


def test_who_acted_stands_with_the_completion() -> None:
    by = SESSIONS[1]
    [completion] = summarize(applied(beat(0, event="complete", acting_user=by)), POLICY).completions
    assert (completion.by, completion.evidence) == (by, "manual")


def test_a_session_that_continues_counts_from_the_attempt_on() -> None:
    """It had played the first half; the second half, covered after the attempt began, counts for it."""
    played = viewing(600)
    act = beat(300_500, event="attempt")
    summary = summarize(applied(played[:31], act, played[31:]), POLICY)
    assert (summary.attempt, summary.percentage) == (2, 50)
    assert summary.total_sessions == 1


def test_replays_within_a_session_are_content_time() -> None:
    looped = [
        beat(
            n * 1_000,
            duration_ms=15_000,
            watched=Intervals((0, min(n, 15) * 1_000)),
            watch_ms=n * 1_000,
            content_ms=n * 1_000,
            playback_rate=1.0,
        )
        for n in range(1, 151)
    ]
    summary = summarize(applied(looped), POLICY)
    assert (summary.content_ms, summary.wall_ms) == (150_000, 150_000)


def test_content_time_is_at_most_what_the_time_allows() -> None:
    claimed = beat(
        10_000, watched=Intervals((0, 10_000)), watch_ms=10_000, content_ms=9_000_000, playback_rate=1.0
    )
    summary = summarize(applied(replace(claimed, started_at=Instant(T0))), POLICY)
    assert summary.content_ms == 10_000


def test_a_heartbeat_from_after_an_attempt_that_became_known_late_changes_nothing_when_sent_again() -> None:
    """It was counted before its quarter of an hour was divided."""
    watched = viewing(120)
    progress = applied(watched, [beat(60_000, event="attempt")])
    assert all(apply(progress, each, POLICY) is progress for each in watched)
