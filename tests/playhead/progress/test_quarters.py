"""What a session keeps of each quarter of an hour: what it added, so that nothing is kept twice."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from msgspec.structs import replace

from playhead.progress import NOTHING, Heartbeat, Instant, Intervals, Policy, Progress, advance, apply
from playhead.progress.attempts import since_attempt
from playhead.progress.intervals import at_least, union
from playhead.wire.progress import encode_progress
from tests.playhead.progress.strategies import SESSIONS, T0
from tests.playhead.progress.test_laws import apply_all, some, without_attempts

BEAT = 10_000
DAY = 86_400_000


def beat(at: int, watched: Intervals, watch_ms: int) -> Heartbeat:
    return Heartbeat(
        heartbeat_id=f"{at:036}",
        tenant_id=f"{1:036}",
        user_id=f"{2:036}",
        content_id=f"{3:036}",
        session_id=SESSIONS[0],
        occurred_at=Instant(at),
        received_at=Instant(at),
        started_at=Instant(T0),
        duration_ms=2_000_000_000,
        watched=watched,
        watch_ms=watch_ms,
        playback_rate=1.0,
    )


def three_days() -> Progress:
    """A page that is open for three days, on each of which ten hours are played, a gap every two minutes."""
    progress, played, bounds = NOTHING, 0, [0, 0]
    for day in range(3):
        for minute in range(0, 600, 2):
            played += 120_000
            bounds[-1] = played - 5_000
            at = T0 + day * DAY + (minute + 2) * 60_000
            progress = apply(progress, beat(at, Intervals(tuple(bounds)), played), Policy())
            bounds += [played, played]
    return progress


def test_a_session_of_three_days_with_900_gaps_is_not_refused() -> None:
    session = three_days().sessions[SESSIONS[0]]
    assert len(session.watched.bounds) == 2 * 900
    assert session.watched.length == 900 * 115_000
    assert len(session.quarters) == 119


def test_a_quarter_of_an_hour_takes_few_bytes() -> None:
    progress, played = NOTHING, 0
    for day in range(3):
        for minute in range(1, 601):
            played += 60_000
            at = T0 + day * DAY + minute * 60_000
            progress = apply(progress, beat(at, Intervals((0, played)), played), Policy())
    quarters = len(progress.sessions[SESSIONS[0]].quarters)
    assert len(encode_progress(progress)) < 400 + 64 * quarters


@given(some)
def test_the_quarters_of_a_session_add_up_to_its_totals(these: list[Heartbeat]) -> None:
    for session in apply_all(without_attempts(these), Policy()).sessions.values():
        quarters = [*session.quarters, session.last_quarter]
        assert union([each.watched for each in quarters]) == session.watched
        assert union([each.pages for each in quarters]) == session.pages
        assert not at_least(2, [each.watched for each in quarters])
        assert sum(each.watch_ms for each in quarters) == session.watch_ms
        assert all(each.watch_ms >= 0 for each in quarters)
        assert all(one.key < other.key for one, other in pairwise(quarters))


def test_of_a_session_that_continues_into_an_attempt_only_what_follows_counts() -> None:
    session = three_days().sessions[SESSIONS[0]]
    rest = since_attempt(session, Instant(T0 + 2 * DAY))
    assert rest.watched.length == 300 * 115_000
    assert rest.watch_ms == 36_000_000
    assert rest.quarters == tuple(each for each in session.quarters if each.first_at >= T0 + 2 * DAY)
    assert rest == since_attempt(replace(rest, started_at=session.started_at), Instant(T0 + 2 * DAY))


def test_more_gaps_than_an_item_may_have_are_still_refused() -> None:
    many = Intervals(tuple(n * 20_000 + side for n in range(2_001) for side in (0, 10_000)))
    assert advance(NOTHING, beat(T0 + BEAT, many, BEAT), Policy()) != NOTHING
    assert apply(NOTHING, beat(T0 + BEAT, many, BEAT), Policy()) == NOTHING
