"""The laws of edges: any order, any repetition and any split give the same progress."""

from __future__ import annotations

from functools import reduce
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import (
    NOTHING,
    Heartbeat,
    HeartbeatId,
    Instant,
    Intervals,
    Policy,
    apply,
    join,
    summarize,
)
from playhead.progress.absorb import absorb
from playhead.progress.edges.pairs import PlaybackEdge, ranges
from playhead.progress.heartbeat import ReportedEdge
from playhead.progress.progress import Progress, of
from playhead.progress.session import begin, join_all, join_sessions
from playhead.wire.progress import decode_progress, encode_progress
from tests.playhead.progress.strategies import CONTENT, SESSIONS, T0, TENANT, USER, heartbeats

SECOND = 1_000
position = st.integers(0, 600).map(lambda second: second * SECOND)
reported = st.builds(ReportedEdge, st.none() | position, st.none() | position).filter(
    lambda edge: edge != ReportedEdge()
)


@st.composite
def edge_heartbeats(draw: st.DrawFn) -> Heartbeat:
    """Edges within three quarters of an hour of few sessions; some statements report intervals as well."""
    at = Instant(T0 + draw(st.integers(0, 150)) * 20 * SECOND)
    return Heartbeat(
        heartbeat_id=HeartbeatId(str(draw(st.uuids()))),
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        session_id=draw(st.none() | st.sampled_from(SESSIONS[:2])),
        occurred_at=at,
        received_at=at,
        duration_ms=600 * SECOND,
        edge=draw(reported),
        watched=draw(st.none() | st.none() | st.none() | st.just(Intervals((0, 5_000)))),
    )


some = st.lists(edge_heartbeats() | heartbeats().filter(lambda each: not each.is_act), max_size=10)


def joined(these: list[Heartbeat]) -> Progress:
    return reduce(absorb, these, NOTHING)


@given(some, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_makes_a_difference(these: list[Heartbeat], random: Random) -> None:
    again = random.choices(these, k=5) if these else []
    assert joined(random.sample([*these, *again], len(these) + len(again))) == joined(these)


@given(some, some)
def test_two_parts_joined_are_both_applied_together(one: list[Heartbeat], other: list[Heartbeat]) -> None:
    assert join(joined(one), joined(other)) == joined([*one, *other])


progresses = some.map(joined)


@given(progresses, progresses, progresses)
def test_join_is_associative_and_idempotent(one: Progress, two: Progress, three: Progress) -> None:
    assert join(join(one, two), three) == join(one, join(two, three))
    both = join(one, two)
    assert join(both, two) is both
    assert join(both, one) is both


@given(st.lists(edge_heartbeats(), min_size=1, max_size=6))
def test_many_sessions_join_at_once_as_they_join_one_by_one(these: list[Heartbeat]) -> None:
    sessions = [begin(each) for each in these]
    assert join_all(sessions) == reduce(join_sessions, sessions)


@given(progresses)
def test_edges_are_stored_with_the_progress(progress: Progress) -> None:
    assert decode_progress(encode_progress(progress)) == progress


@given(some)
def test_what_is_of_the_quarters_is_of_the_session(these: list[Heartbeat]) -> None:
    for session in joined(these).sessions.values():
        quarters = (*session.quarters, session.last_quarter)
        assert sum(each.watch_ms for each in quarters) == session.watch_ms or not session.edges
        assert reduce(lambda sum_, each: sum_ | each.watched, quarters, Intervals()) <= session.watched


def edge(second: int, until: int | None = None, start: int | None = None) -> PlaybackEdge:
    until_ms, from_ms = (None if each is None else each * SECOND for each in (until, start))
    return PlaybackEdge(Instant(T0 + second * SECOND), until_ms, from_ms)


def played(*edges: PlaybackEdge) -> list[tuple[int, int]]:
    return [(each.from_ms // SECOND, each.until_ms // SECOND) for each in ranges(edges)]


def test_a_play_is_paired_with_the_next_stop_or_seek() -> None:
    assert played(edge(0, start=0), edge(30, 30, 70), edge(60, 100)) == [(0, 30), (70, 100)]
    assert played(edge(0, start=0), edge(30, until=30), edge(60, start=50), edge(70, until=60)) == [
        (0, 30),
        (50, 60),
    ]


def test_a_seek_while_paused_plays_nothing() -> None:
    assert played(edge(0, start=0), edge(10, until=10), edge(11, 10, 50), edge(30, until=60)) == [(0, 10)]


def test_a_second_play_takes_the_place_of_the_first() -> None:
    assert played(edge(0, start=0), edge(500, start=100), edge(520, until=120)) == [(100, 120)]


def test_what_nobody_can_have_played_is_not_played() -> None:
    assert played(edge(0, start=0), edge(10, until=590)) == []
    assert played(edge(0, start=50), edge(10, until=40)) == []


def test_a_seek_that_arrives_late_takes_out_what_it_skipped() -> None:
    first = Heartbeat(
        heartbeat_id=HeartbeatId(str(UUID(int=9))),
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        session_id=SESSIONS[0],
        occurred_at=Instant(T0),
        received_at=Instant(T0),
        duration_ms=600 * SECOND,
        edge=ReportedEdge(from_ms=0),
    )

    def at(second: int, reported: ReportedEdge) -> Heartbeat:
        instant = Instant(T0 + second * SECOND)
        return replace(first, occurred_at=instant, received_at=instant, edge=reported)

    policy = Policy()
    seek, pause = at(30, ReportedEdge(30_000, 70_000)), at(60, ReportedEdge(until_ms=100_000))
    hasty = apply(apply(NOTHING, first, policy), pause, policy)
    whole = apply(hasty, seek, policy)
    assert summarize(whole, policy).watched == Intervals((0, 30_000, 70_000, 100_000))
    assert summarize(whole, policy).wall_ms == 60_000
    assert of(first).sessions[SESSIONS[0]].edges
