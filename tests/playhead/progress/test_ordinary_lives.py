"""Figures in ordinary lives: two tabs, midnights, late heartbeats, rewatching, attempts, odd files."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from playhead.progress import Heartbeat, Instant, Intervals, Policy, SessionId, resume, summarize
from playhead.progress.watch_time import quarter_times
from tests.playhead.progress.strategies import DAY_MS, DURATION_MS, SESSIONS, T0
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
    """It was heard before and after the other viewing, not during it."""
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


def ended_at(end_s: int, claimed_s: int, *, session: SessionId = SESSIONS[0]) -> list[Heartbeat]:
    played = viewing(end_s, session=session)
    return [
        *(replace(each, duration_ms=claimed_s * 1_000) for each in played),
        replace(played[-1], event="ended", sequence=999, duration_ms=claimed_s * 1_000),
    ]


def test_a_file_shorter_than_the_catalogue_says_can_be_completed() -> None:
    minute = Policy(duration_ms=60_000, threshold=0.9)
    summary = summarize(applied(ended_at(53, 53), policy=minute), minute)
    assert (summary.status, summary.percentage, summary.duration_ms) == ("completed", 100, 53_000)
    other_file = summarize(applied(ended_at(30, 30), policy=minute), minute)
    assert (other_file.status, other_file.duration_ms) == ("in_progress", 60_000)


def test_a_short_advertisement_completes_nothing() -> None:
    advertisement = [replace(each, duration_ms=30_000) for each in viewing(15)]
    ended = replace(advertisement[-1], event="ended", sequence=999)
    film = viewing(60, at_ms=60_000, session=SESSIONS[1])
    summary = summarize(applied(advertisement, ended, film), POLICY)
    assert (summary.duration_ms, summary.status) == (DURATION_MS, "in_progress")


def test_one_absurd_claim_spoils_nothing() -> None:
    absurd = beat(0, SESSIONS[1], duration_ms=2_000_000_000, watched=Intervals((0, 1_000)))
    summary = summarize(applied(absurd, ended_at(600, 600)), POLICY)
    assert (summary.duration_ms, summary.status) == (600_000, "completed")


def test_an_end_without_a_duration_is_where_it_was_reached() -> None:
    played = [replace(each, duration_ms=None) for each in viewing(600)]
    ended = replace(played[-1], event="ended", sequence=999)
    summary = summarize(applied(played, ended), POLICY)
    assert (summary.duration_ms, summary.coverage) == (600_000, 1000)


def test_a_live_stream_has_no_percentage_and_no_offer() -> None:
    summary = summarize(applied([replace(each, duration_ms=None) for each in viewing(600)]), POLICY)
    assert (summary.duration_ms, summary.percentage) == (None, 0)
    assert not resume(summary).offer


def test_a_part_of_a_file_is_an_item() -> None:
    part = Policy(start_ms=120_000, end_ms=240_000)
    half = summarize(applied(viewing(180, start_s=60), policy=part), part)
    assert (half.coverage, half.duration_ms, half.watched.bounds) == (500, 120_000, (120_000, 180_000))
    assert resume(half).position_ms == 180_000
    whole = summarize(applied(viewing(300, start_s=60), policy=part), part)
    assert (whole.status, whole.coverage) == ("completed", 1000)


@pytest.mark.parametrize(("before_end_s", "offer"), [(25 * 60, True), (61, True), (59, False), (1, False)])
def test_an_offer_is_made_until_a_minute_before_the_end(before_end_s: int, offer: bool) -> None:
    long = 36_000_000
    at = beat(
        long,
        duration_ms=long,
        started_at=Instant(T0),
        position_ms=long - before_end_s * 1_000,
        watched=Intervals((0, 60_000)),
        watch_ms=60_000,
    )
    assert resume(summarize(applied(at), POLICY)).offer is offer


def test_a_course_has_its_latest_claim() -> None:
    claims = [beat(n, kind="course", reported_percentage=value) for n, value in ((0, 60.0), (1, 45.0))]
    assert summarize(applied(claims), POLICY).percentage == 45
    assert summarize(applied(claims[::-1]), POLICY).percentage == 45


def test_a_video_has_its_largest_claim() -> None:
    claims = [beat(n, reported_percentage=value) for n, value in ((0, 60.0), (1, 45.0))]
    assert summarize(applied(claims), POLICY).percentage == 60


def reading(
    at_s: int,
    pages: list[tuple[int, int]],
    count: int,
    session: SessionId = SESSIONS[0],
    **more: object,
) -> Heartbeat:
    read = Intervals.of(pages)
    return beat(at_s * 1_000, session, kind="document", pages_viewed=read, page_count=count, **more)


def test_the_latest_edition_counts() -> None:
    editions = [reading(0, [(1, 2)], 2), reading(1, [(1, 2)], 1, sequence=1)]
    assert summarize(applied(*editions), POLICY).coverage == 1000
    assert summarize(applied(*editions[::-1]), POLICY).coverage == 1000
    catalogue = Policy(page_count=4)
    assert summarize(applied(*editions, policy=catalogue), catalogue).coverage == 250


def test_a_hundred_pages_in_a_second_are_not_read() -> None:
    leafed = [reading(0, [(1, 2)], 100), reading(1, [(1, 101)], 100, sequence=1)]
    summary = summarize(applied(*leafed, policy=STRICT), STRICT)
    assert (summary.status, summary.coverage) == ("in_progress", 40)
    read = reading(98, [(1, 101)], 100, sequence=2)
    assert summarize(applied(*leafed, read, policy=STRICT), STRICT).status == "completed"


def test_a_document_without_pages_is_covered_by_how_far_it_was_scrolled() -> None:
    fits = beat(0, kind="document", scroll_position=1.0)
    assert summarize(applied(fits), POLICY).status == "completed"
    half = beat(0, kind="document", scroll_position=0.5)
    back = beat(60_000, kind="document", scroll_position=0.1, sequence=1)
    assert summarize(applied(half, back), POLICY).percentage == 50
    strict = summarize(applied(fits, policy=STRICT), STRICT)
    assert (strict.status, strict.percentage) == ("in_progress", 15)


def test_a_document_continues_on_the_page_it_was_left_on() -> None:
    left = reading(0, [(1, 38)], 100, page=37, watch_ms=6_000)
    offer = resume(summarize(applied(left), POLICY))
    assert (offer.offer, offer.page) == (True, 37)
    glanced = reading(60, [(1, 2)], 100, session=SESSIONS[1], page=1, watch_ms=0)
    assert resume(summarize(applied(left, glanced), POLICY)).page == 37


def test_time_in_a_hidden_tab_can_be_left_out() -> None:
    played = beat(
        100_000, started_at=Instant(T0), watch_ms=100_000, hidden_ms=40_000, watched=Intervals((0, 100_000))
    )
    assert summarize(applied(played), POLICY).wall_ms == 100_000
    visible = Policy(count_hidden=False)
    assert summarize(applied(played, policy=visible), visible).wall_ms == 60_000
