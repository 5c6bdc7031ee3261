"""What people meet: the examples of the design and of the complaints it answers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from playhead.progress import (
    NOTHING,
    Heartbeat,
    Instant,
    Intervals,
    Policy,
    Progress,
    SessionId,
    apply,
    summarize,
)
from playhead.progress.figures.resume import resume
from playhead.progress.progress import VISIT_GAP_MS
from tests.playhead.progress.strategies import CONTENT, DAY_MS, DURATION_MS, SESSIONS, T0, TENANT, USER

POLICY = Policy()


def beat(at_ms: int, session: SessionId | None = SESSIONS[0], **members: object) -> Heartbeat:
    return Heartbeat(
        heartbeat_id=SESSIONS[0],  # type: ignore[arg-type]
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        session_id=session,
        occurred_at=Instant(T0 + at_ms),
        received_at=Instant(T0 + at_ms),
        **members,  # type: ignore[arg-type]
    )


def viewing(
    until_s: int, *, start_s: int = 0, at_ms: int = 0, session: SessionId = SESSIONS[0]
) -> list[Heartbeat]:
    """A session in real time, a heartbeat every 10 s, from `start_s` to `until_s` of a 10-minute video."""
    marks = [*range(start_s, until_s, 10), until_s]
    return [
        beat(
            at_ms + (mark - start_s) * 1000,
            session,
            sequence=number,
            position_ms=mark * 1000,
            duration_ms=DURATION_MS,
            watched=Intervals.of([(start_s * 1000, mark * 1000)]),
            watch_ms=(mark - start_s) * 1000,
            playback_rate=1.0,
        )
        for number, mark in enumerate(marks)
    ]


def applied(
    *parts: list[Heartbeat] | Heartbeat, policy: Policy = POLICY, start: Progress = NOTHING
) -> Progress:
    for part in parts:
        for heartbeat in [part] if isinstance(part, Heartbeat) else part:
            start = apply(start, heartbeat, policy)
    return start


def test_540_of_600_seconds_is_completed_and_539_is_not() -> None:
    enough = summarize(applied(viewing(540)), POLICY)
    assert (enough.coverage, enough.status, enough.completed_at) == (900, "completed", T0 + 540_000)
    assert enough.percentage == 100
    short = summarize(applied(viewing(539)), POLICY)
    assert (short.percentage, short.status, short.completed_at) == (89, "in_progress", None)


def test_the_same_five_minutes_twice_is_half() -> None:
    twice = applied(viewing(300), viewing(300, at_ms=DAY_MS, session=SESSIONS[1]))
    summary = summarize(twice, POLICY)
    assert (summary.percentage, summary.status, summary.total_sessions) == (50, "in_progress", 2)
    assert summary.content_ms == summary.wall_ms == 600_000


def test_a_second_full_viewing_counts() -> None:
    once = applied(viewing(600))
    assert summarize(once, POLICY).completion_count == 1
    twice = applied(viewing(560, at_ms=DAY_MS, session=SESSIONS[1]), start=once)
    assert summarize(twice, POLICY).completion_count == 2
    assert summarize(twice, POLICY).completed_at == T0 + 540_000


def test_seeking_to_the_end_completes_nothing() -> None:
    seeking = applied(viewing(10), viewing(600, start_s=595, at_ms=20_000, session=SESSIONS[1]))
    assert summarize(seeking, POLICY).percentage == 2


def test_a_stale_tab_moves_no_position() -> None:
    watched = applied(viewing(300))
    stale = beat(DAY_MS, SESSIONS[1], position_ms=0, watched=Intervals(), duration_ms=DURATION_MS)
    assert summarize(applied(stale, start=watched), POLICY).position_ms == 300_000
    playing = viewing(4, at_ms=DAY_MS, session=SESSIONS[1])
    assert summarize(applied(playing, start=watched), POLICY).position_ms == 300_000
    played = viewing(6, at_ms=DAY_MS, session=SESSIONS[1])
    assert summarize(applied(played, start=watched), POLICY).position_ms == 6_000


def test_a_play_that_fails_moves_nothing() -> None:
    watched = applied(viewing(300))
    failed = beat(DAY_MS, SESSIONS[1], event="play", position_ms=0, watched=Intervals(), watch_ms=0)
    before, after = summarize(watched, POLICY), summarize(applied(failed, start=watched), POLICY)
    assert (after.position_ms, after.percentage) == (before.position_ms, before.percentage)
    opened = summarize(applied(failed), POLICY)
    assert (opened.status, opened.percentage, opened.total_sessions) == ("in_progress", 0, 1)


def test_ended_closes_the_last_gap() -> None:
    almost = [*viewing(599)]
    assert summarize(applied(almost), POLICY).coverage == 998
    ended = replace(almost[-1], event="ended", sequence=999)
    assert summarize(applied(almost, ended), POLICY).coverage == 1000


def test_the_product_requirements_minimal_client_is_believed_and_labelled() -> None:
    reported = beat(0, None, reported_percentage=75.0, watch_ms=450_000, position_ms=450_000)
    summary = summarize(applied(reported), POLICY)
    assert (summary.percentage, summary.evidence, summary.status) == (75, "reported", "in_progress")
    assert (summary.position_ms, summary.wall_ms) == (450_000, 450_000)
    strict = Policy(evidence="watched")
    assert summarize(applied(reported, policy=strict), strict).percentage == 0


def test_a_manual_mark_completes_and_its_undoing_reopens() -> None:
    marked = applied(viewing(60), beat(DAY_MS, event="complete"))
    summary = summarize(marked, POLICY)
    assert (summary.status, summary.evidence, summary.completed_at) == ("completed", "manual", T0 + DAY_MS)
    assert (summary.percentage, summary.coverage) == (100, 100)
    undone = applied(beat(DAY_MS + 1, event="reopen"), start=marked)
    assert (summarize(undone, POLICY).status, summarize(undone, POLICY).percentage) == ("in_progress", 10)


def test_a_reopened_item_is_completed_by_watching_anew() -> None:
    reopened = applied(viewing(600), beat(DAY_MS, event="reopen"))
    assert summarize(reopened, POLICY).status == "in_progress"
    part = applied(viewing(300, at_ms=2 * DAY_MS, session=SESSIONS[1]), start=reopened)
    assert summarize(part, POLICY).status == "in_progress"
    rest = viewing(600, start_s=300, at_ms=3 * DAY_MS, session=SESSIONS[2])
    assert summarize(applied(rest, start=part), POLICY).status == "completed"


def test_raising_the_threshold_revokes_nothing() -> None:
    strict = Policy(threshold=1.0)
    assert summarize(applied(viewing(540)), strict).status == "completed"


def test_heartbeats_without_a_session_less_than_half_an_hour_apart_are_one() -> None:
    apart = VISIT_GAP_MS - 1
    bridged = [beat(n * apart, None, watch_ms=10_000) for n in (0, 2, 1)]
    assert summarize(applied(bridged[:2]), POLICY).total_sessions == 2
    assert summarize(applied(bridged), POLICY).total_sessions == 1
    assert summarize(applied(beat(0, None), beat(VISIT_GAP_MS, None)), POLICY).total_sessions == 2


def test_a_document_is_completed_by_its_pages() -> None:
    pages = [
        beat(
            n,
            None,
            kind="document",
            page_count=10,
            pages_viewed=Intervals((n, n + 1)),
            scroll_position=n / 10,
        )
        for n in range(1, 10)
    ]
    summary = summarize(applied(pages), POLICY)
    assert (summary.coverage, summary.status, summary.kind) == (900, "completed", "document")
    assert summary.scroll_position == 0.9
    assert summarize(applied(pages[:8]), POLICY).status == "in_progress"


def test_double_speed_is_told_apart() -> None:
    start = beat(0, position_ms=0, watched=Intervals(), playback_rate=2.0, duration_ms=DURATION_MS)
    later = beat(150_000, watched=Intervals((0, 300_000)), watch_ms=150_000, playback_rate=2.0)
    summary = summarize(applied(start, later), POLICY)
    assert (summary.content_ms, summary.wall_ms, summary.percentage) == (300_000, 150_000, 50)


@pytest.mark.parametrize(
    ("until_s", "offer", "position_s"),
    [(4, False, 0), (5, True, 5), (300, True, 300), (539, True, 539), (545, False, 0), (600, False, 0)],
)
def test_resume_is_offered_between_the_start_and_the_end(until_s: int, offer: bool, position_s: int) -> None:
    decided = resume(summarize(applied(viewing(until_s)), POLICY))
    assert (decided.offer, decided.position_ms) == (offer, position_s * 1000)


def test_nobody_is_asked_to_continue_in_the_credits() -> None:
    skipped = applied(viewing(580, start_s=560))
    assert summarize(skipped, POLICY).position_ms == 580_000
    assert not resume(summarize(skipped, POLICY)).offer
