"""Figures of files and documents: durations, parts of files, courses, editions and reading."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from playhead.progress import Heartbeat, Instant, Intervals, Policy, SessionId, summarize
from playhead.progress.figures.resume import resume
from tests.playhead.progress.strategies import DURATION_MS, SESSIONS, T0
from tests.playhead.progress.test_examples import POLICY, applied, beat, viewing

STRICT = Policy(evidence="watched")


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
