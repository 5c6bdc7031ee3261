"""Compaction preserves what old sessions showed, and counts nothing twice that the log still holds."""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress import (
    NOTHING,
    Heartbeat,
    Intervals,
    Progress,
    Refusal,
    SessionId,
    advance,
    apply,
    summarize,
)
from playhead.progress.advance import TOO_MANY_SESSIONS
from playhead.progress.compaction import COMPACT_AFTER_MS, KEPT_SESSIONS, MAX_SESSIONS
from playhead.progress.figures.completion import MOST_TIMES
from playhead.progress.older import split
from playhead.progress.session import begin
from tests.playhead.progress.strategies import DAY_MS, SESSIONS, T0
from tests.playhead.progress.test_examples import POLICY, applied, beat, viewing

LATER_MS = COMPACT_AFTER_MS + 10 * DAY_MS


def never_compacting(*parts: list[Heartbeat]) -> Progress:
    """The same heartbeats received at one instant, so that nothing is ever old."""
    progress = NOTHING
    for part in parts:
        for heartbeat in part:
            progress = apply(progress, replace(heartbeat, received_at=heartbeat.occurred_at), POLICY)
    return progress


def test_compaction_changes_nothing_that_is_shown() -> None:
    old = [viewing(600), viewing(570, at_ms=DAY_MS, session=SESSIONS[1])]
    new = viewing(300, at_ms=LATER_MS, session=SESSIONS[2])
    compacted = applied(*old, new)
    assert compacted.compacted.sessions == 2
    assert list(compacted.sessions) == [SESSIONS[2]]
    summary = summarize(compacted, POLICY)
    assert (summary.percentage, summary.completion_count, summary.total_sessions) == (100, 2, 3)
    assert summary.content_ms == summary.wall_ms == 1_470_000
    assert (summary.started_at, summary.completed_at) == (T0, T0 + 540_000)
    assert summary.position_ms == 300_000


def test_three_viewings_over_years_are_three() -> None:
    parts = [viewing(600, at_ms=n * LATER_MS, session=SESSIONS[n]) for n in range(3)]
    assert summarize(applied(*parts), POLICY).completion_count == 3


def test_replaying_what_was_compacted_counts_nothing_twice() -> None:
    old, new = viewing(600), viewing(300, at_ms=LATER_MS, session=SESSIONS[1])
    progress = applied(old, new)
    for heartbeat in old:
        assert apply(progress, heartbeat, POLICY) is progress


def test_what_the_log_still_holds_is_never_compacted() -> None:
    """Received 7 days ago and 30 days late then: it may be replayed, in any order, and must still count."""
    at = 37 * DAY_MS
    newest = viewing(60, at_ms=at, session=SESSIONS[1])
    late = [replace(each, received_at=each.occurred_at + 30 * DAY_MS) for each in viewing(540)]
    shuffled = applied(newest, late)
    assert summarize(shuffled, POLICY).status == "completed"
    assert shuffled.sessions == applied(late, newest).sessions


def test_sessions_in_excess_of_their_budget_stay_by_id() -> None:
    forged = [beat(0, watched=Intervals((0, 600_000)), playback_rate=1.0, duration_ms=600_000)]
    progress = applied(forged, viewing(60, at_ms=LATER_MS, session=SESSIONS[1]))
    assert set(progress.sessions) == {SESSIONS[0], SESSIONS[1]}
    assert (
        summarize(progress, POLICY).percentage == summarize(never_compacting(forged), POLICY).percentage + 10
    )


def test_sessions_since_a_reopening_still_complete_the_item() -> None:
    reopened = applied(viewing(600), beat(DAY_MS, event="reopen"))
    part = viewing(300, at_ms=2 * DAY_MS, session=SESSIONS[1])
    rest = viewing(600, start_s=300, at_ms=LATER_MS, session=SESSIONS[2])
    assert summarize(applied(part, rest, start=reopened), POLICY).status == "completed"


def test_a_session_id_for_every_heartbeat_does_not_grow_for_ever() -> None:
    sessions = [begin(beat(n * 10_000, SessionId(f"{n:036}"), watch_ms=1)) for n in range(MAX_SESSIONS)]
    progress = Progress(sessions={f"{n:036}": session for n, session in enumerate(sessions)})
    assert not isinstance(advance(progress, beat(0, SessionId(f"{1:036}"), watch_ms=5), POLICY), Refusal)
    assert advance(progress, beat(0, SESSIONS[0]), POLICY) == TOO_MANY_SESSIONS
    later = advance(progress, beat(LATER_MS, SESSIONS[0]), POLICY)
    assert isinstance(later, Progress)
    assert (len(later.sessions), later.compacted.sessions) == (1, MAX_SESSIONS)


def test_what_was_watched_more_often_than_is_counted_still_counts_as_often() -> None:
    progress = NOTHING
    for number in range(MOST_TIMES + 84):
        viewed = beat(
            number * 600_000,
            SessionId(f"{number:036}"),
            duration_ms=600_000,
            watched=Intervals((0, 600_000)),
        )
        progress = apply(progress, replace(viewed, started_at=viewed.occurred_at - 600_000), POLICY)
    record, _ = split(progress, POLICY)
    assert len(record.compacted.layers) <= 2 * KEPT_SESSIONS + 1
    for each in (progress, record):
        assert summarize(each, POLICY).completion_count == MOST_TIMES
