"""Wall-clock time spent with an item: never more than the clock shows, however many tabs were open.

Each session spreads its watch time over the quarters of an hour in which it was active. In each quarter, the
sessions of an item together have at most the time during which any of them was open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from playhead.progress.identifiers import DAY_MS, Instant
from playhead.progress.policy import Policy
from playhead.progress.quarters import QUARTER_MS
from playhead.progress.session import Session


class TimeSlice(Struct, frozen=True, gc=False):
    """Watch time of one session within one quarter of an hour."""

    quarter: int
    """Its number since 1970."""
    start: int
    """When the session was open, in ms since the quarter began."""
    end: int
    wall_ms: int


def wall_ms(session: Session, policy: Policy) -> int:
    """Wall-clock time that one session spent playing, limited to the time that passed.

    A session without intervals only asserts its time. The assertion is accepted, up to a day, if the policy
    accepts assertions: the first heartbeat may be the only one, and does not say when the session began.
    """
    watch = session.watch_ms
    if not policy.count_hidden:
        watch = max(0, watch - session.hidden_ms)
    most = _most(session, session.last_at, policy)
    return watch if watch < most else most


def _most(session: Session, until: int, policy: Policy) -> int:
    """The most that a session can have spent playing until an instant."""
    if policy.evidence == "any" and not session.watched.bounds:
        return DAY_MS
    return until - session.started_at + policy.grace_ms


def watch_time_ms(sessions: Collection[Session], policy: Policy) -> int:
    """Wall-clock time that the sessions spent playing together."""
    apart = _time_apart(sessions, policy)
    return sum(quarter_times(sessions, policy).values()) if apart is None else apart


def _time_apart(sessions: Iterable[Session], policy: Policy) -> int | None:
    """The watch time of sessions that follow one another; None if two of them may have been open together."""
    total = until = 0
    # In the order in which they began, nearly always: then no look at quarters is needed.
    for session in sessions:
        wall = wall_ms(session, policy)
        # It may have begun before its first heartbeat, by the grace or by what it asserts.
        start, last = session.started_at - policy.grace_ms, session.last_at
        opened = last - wall
        if (start if start < opened else opened) < until:
            return None
        total += wall
        until = last
    return total


def shared_times(sessions: Mapping[str, Session], policy: Policy) -> dict[str, dict[int, int]] | None:
    """Each session's part of the watch time of each quarter of an hour, `quarter_times`.

    In a quarter, the session that began first has its own watch time, and each later one what is left of the
    time that they spent together. None if the sessions follow one another: each has its own watch time.
    """
    if len(sessions) < 2 or _time_apart(sessions.values(), policy) is not None:
        return None
    left = quarter_times(sessions.values(), policy)
    shared: dict[str, dict[int, int]] = {}
    for key, session in sorted(sessions.items(), key=lambda each: (each[1].started_at, each[0])):
        own = shared[key] = own_times(session, policy)
        for quarter, wall in own.items():
            own[quarter] = min(wall, left[quarter])
            left[quarter] -= own[quarter]
    return shared


def own_times(session: Session, policy: Policy) -> dict[int, int]:
    """The watch time of a session in ms, by quarter of an hour since 1970, in order."""
    times: dict[int, int] = {}
    for each in time_slices(session, policy):
        times[each.quarter] = times.get(each.quarter, 0) + each.wall_ms
    return times


def quarter_times(sessions: Collection[Session], policy: Policy) -> dict[int, int]:
    """Wall-clock time in ms that the sessions spent playing together, by quarter of an hour since 1970."""
    by_quarter: defaultdict[int, list[TimeSlice]] = defaultdict(list)
    for session in sessions:
        for each in time_slices(session, policy):
            by_quarter[each.quarter].append(each)
    return {quarter: _together(slices) for quarter, slices in sorted(by_quarter.items())}


def time_slices(session: Session, policy: Policy) -> Iterator[TimeSlice]:
    """The watch time of a session by quarter of an hour, and when it was open within each."""
    for start, end, wall in _windows(session, policy):
        yield from spread(start, end, wall)


def _windows(session: Session, policy: Policy) -> list[tuple[int, int, int]]:
    """Start, end and watch time of the times in which a session was open; apart, and long enough for it.

    What was watched since the quarter before is placed within the time in which the session was active in
    that quarter. If that is too short, since heartbeats in between were lost or did not say, it shares the
    time before.
    """
    whole, claimed = wall_ms(session, policy), session.watch_ms
    windows: list[tuple[int, int, int]] = []
    reached = 0
    for first, end, watch in _reached(session):
        # Of time spent in a hidden tab, each quarter has its share.
        until = whole if watch == claimed else whole * watch // claimed
        until = max(reached, min(until, _most(session, end, policy)))
        wall, reached = until - reached, until
        start: int = first if windows else session.started_at
        while windows and wall > end - windows[-1][1]:
            start, _, before = windows.pop()
            wall += before
        windows.append((min(start, end - wall), end, wall))
    return windows


def _reached(session: Session) -> Iterator[tuple[Instant, Instant, int]]:
    """The first and the last heartbeat of each quarter, and the watch time reached by its end."""
    reached = 0
    for quarter in session.quarters:
        reached += quarter.watch_ms
        yield quarter.first_at, quarter.last_at, reached
    yield session.quarter_at, session.last_at, session.watch_ms


def spread(start: int, end: int, wall: int) -> Iterator[TimeSlice]:
    """Watch time spread evenly over [start, end], cut at quarters of an hour."""
    whole = end - start
    at = start
    quarter = start // QUARTER_MS
    begins = quarter * QUARTER_MS
    if end <= begins + QUARTER_MS:  # nearly always
        yield TimeSlice(quarter, start - begins, end - begins, wall)
        return
    while True:
        quarter = at // QUARTER_MS
        begins = quarter * QUARTER_MS
        stop = min(end, begins + QUARTER_MS)
        part = wall * (stop - start) // whole - wall * (at - start) // whole if whole else wall
        yield TimeSlice(quarter, at - begins, stop - begins, part)
        if stop >= end:
            return
        at = stop


def _together(slices: list[TimeSlice]) -> int:
    walls = sum(each.wall_ms for each in slices)
    if len(slices) == 1:
        return walls
    opened = until = 0
    for start, end in sorted([(each.start, each.end) for each in slices]):
        if end > until:
            opened += end - (start if start > until else until)
            until = end
    return walls if walls < opened else opened
