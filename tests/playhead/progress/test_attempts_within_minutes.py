"""Attempts that begin within one quarter of an hour: what is sent again changes nothing there either."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from playhead.progress import NOTHING, Heartbeat, HeartbeatId, Instant, Intervals, Policy, Progress, apply
from playhead.progress.attempts import attempts
from tests.playhead.progress.strategies import CONTENT, DURATION_MS, SESSIONS, TENANT, USER

BEGAN = 1_790_000_000_000 - 1_790_000_000_000 % 900_000


def sent(seconds: int, **fields: Any) -> Heartbeat:
    at = Instant(BEGAN + seconds * 1_000)
    return Heartbeat(
        heartbeat_id=HeartbeatId(f"{seconds:036}"),
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        occurred_at=at,
        received_at=at,
        **fields,
    )


def watching(seconds: int, until: int, session: int = 0, began: int | None = None) -> Heartbeat:
    """A heartbeat so long after the quarter's beginning, having played from 0 to a second."""
    return sent(
        seconds,
        session_id=SESSIONS[session],
        started_at=Instant(BEGAN + (seconds if began is None else began) * 1_000),
        duration_ms=DURATION_MS,
        watched=Intervals.of([(0, until * 1_000)]),
        watch_ms=until * 1_000,
    )


def reopening(seconds: int) -> Heartbeat:
    return sent(seconds, event="reopen")


def applied(these: list[Heartbeat]) -> Progress:
    progress = NOTHING
    for each in these:
        progress = apply(progress, each, Policy())
    return progress


def test_a_heartbeat_that_shows_that_an_act_began_an_attempt() -> None:
    """Its session was open between the two acts, so the second began an attempt as well, once it is known."""
    last = watching(300, 20, began=100)
    progress = applied([watching(100, 10, began=100), reopening(200), reopening(250), last])
    assert len(attempts(progress)) == 3
    assert apply(progress, last, Policy()) is progress


def test_a_session_that_arrives_late_shows_that_an_act_began_an_attempt() -> None:
    early = watching(300, 20)
    before = [watching(100, 10, 1), reopening(200), reopening(250), early]
    progress = applied([*before, watching(240, 5, 2, began=210)])
    assert (len(attempts(applied(before))), len(attempts(progress))) == (2, 3)
    assert apply(progress, early, Policy()) is progress


def test_a_mark_that_arrives_late_takes_an_attempt_away() -> None:
    early = watching(300, 20, began=100)
    mark = sent(150, event="complete")
    progress = applied([watching(100, 10, began=100), reopening(200), early, mark])
    assert len(attempts(progress)) == 1
    assert apply(progress, early, Policy()) is progress


some_minutes = st.lists(
    st.one_of(
        st.builds(
            lambda at, played, session, since: watching(at, played, session, max(0, at - since)),
            st.integers(1, 800),
            st.integers(0, 60),
            st.integers(0, 2),
            st.integers(0, 300),
        ),
        st.integers(1, 800).map(reopening),
    ),
    min_size=1,
    max_size=12,
)


@given(some_minutes, st.data())
def test_what_is_sent_again_changes_nothing(these: list[Heartbeat], data: st.DataObject) -> None:
    progress = applied(these)
    for again in data.draw(st.lists(st.sampled_from(these), max_size=12)):
        assert apply(progress, again, Policy()) is progress
