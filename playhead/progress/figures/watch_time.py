"""Wall-clock time spent with an item: never more than the clock shows, however many tabs were open.

Each session spreads its watch time over the quarters of an hour in which it was active. In each quarter, the
sessions of an item together have at most the time during which any of them was open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import attrgetter, itemgetter

from playhead.progress.identifiers import DAY_MS
from playhead.progress.policy import Policy
from playhead.progress.quarters import QUARTER_MS
from playhead.progress.session import Session

_STARTED_AT = attrgetter("started_at")


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
    if apart is not None:
        return apart
    return sum(
        wall_ms(group[0], policy) if len(group) == 1 else sum(quarter_times(group, policy).values())
        for group in _in_different_quarters(sessions, policy)
    )


def _time_apart(sessions: Collection[Session], policy: Policy) -> int | None:
    """The watch time of sessions that follow one another; None if two of them may have been open together.

    A record lists sessions by their keys, so that often they are not in the order in which they began.
    """
    apart = _time_in_order(sessions, policy)
    if apart is None:
        return _time_in_order(sorted(sessions, key=_STARTED_AT), policy)
    return apart


def _time_in_order(sessions: Iterable[Session], policy: Policy) -> int | None:
    """The watch time of sessions each of which began after the one before; None if one did not."""
    total = until = 0
    for session in sessions:
        wall = wall_ms(session, policy)
        if _opened_at(session, wall, policy) < until:
            return None
        total += wall
        until = session.last_at
    return total


def _opened_at(session: Session, wall: int, policy: Policy) -> int:
    """No window of the session begins before: it may have begun before its first heartbeat.

    That is by the grace, or by the time that it asserts.
    """
    opened = session.started_at - policy.grace_ms
    if policy.evidence == "any" and not session.watched.bounds:
        asserted = (session.started_at if session.quarters else session.last_at) - wall
        return asserted if asserted < opened else opened
    return opened


def _in_different_quarters(sessions: Iterable[Session], policy: Policy) -> list[list[Session]]:
    """The sessions in groups, of which no two share a quarter of an hour."""
    opened = [(_opened_at(each, wall_ms(each, policy), policy), each) for each in sessions]
    groups: list[list[Session]] = []
    until = 0
    for at, session in sorted(opened, key=itemgetter(0)):
        if groups and at // QUARTER_MS <= until // QUARTER_MS:
            groups[-1].append(session)
        else:
            groups.append([session])
        if session.last_at > until:
            until = session.last_at
    return groups


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
    for start, end, wall in windows(session, policy):
        for quarter, part in spread(start, end, wall):
            times[quarter] = times.get(quarter, 0) + part
    return times


def quarter_times(sessions: Collection[Session], policy: Policy) -> dict[int, int]:
    """Wall-clock time in ms that the sessions spent playing together, by quarter of an hour since 1970."""
    walls, starts, ends = spread_windows(sessions, policy)
    opened = _opened(starts, ends)
    return {
        quarter: wall if wall < opened[quarter] else opened[quarter]
        for quarter, wall in sorted(walls.items())
    }


def spread_windows(
    sessions: Iterable[Session], policy: Policy
) -> tuple[dict[int, int], list[int], list[int]]:
    """The sum of the watch times by quarter of an hour, and where the sessions' windows start and end."""
    walls: defaultdict[int, int] = defaultdict(int)
    starts: list[int] = []
    ends: list[int] = []
    for session in sessions:
        for start, end, wall in windows(session, policy):
            starts.append(start)
            ends.append(end)
            quarter = start // QUARTER_MS
            stop = (quarter + 1) * QUARTER_MS
            # As `spread` does, without the call where it is at most two quarters: nearly always.
            if end <= stop:
                walls[quarter] += wall
            elif end <= stop + QUARTER_MS:
                part = wall * (stop - start) // (end - start)
                walls[quarter] += part
                walls[quarter + 1] += wall - part
            else:
                for each, part in spread(start, end, wall):
                    walls[each] += part
    return walls, starts, ends


def _opened(starts: list[int], ends: list[int]) -> dict[int, int]:
    """How long any of the windows was open in each quarter of an hour; sorts both lists, see `intervals`."""
    starts.sort()
    ends.sort()
    opened: defaultdict[int, int] = defaultdict(int)
    until = 0
    for start, end in zip(starts, ends, strict=True):
        at = start if start > until else until
        while at < end:
            quarter = at // QUARTER_MS
            stop = (quarter + 1) * QUARTER_MS
            if stop > end:
                stop = end
            opened[quarter] += stop - at
            at = stop
        until = end
    return opened


def windows(session: Session, policy: Policy) -> list[tuple[int, int, int]]:
    """Start, end and watch time of the times in which a session was open; apart, and long enough for it.

    What was watched since the quarter before is placed within the time in which the session was active in
    that quarter. If that is too short, since heartbeats in between were lost or did not say, it shares the
    time before.
    """
    whole, began, last = wall_ms(session, policy), session.started_at, session.last_at
    if not session.quarters:
        return [(began if began < last - whole else last - whole, last, whole)]
    claimed, reached = session.watch_ms, 0
    # Most that it can have spent until an instant is that instant less this, as in `_most`.
    since = began - policy.grace_ms
    asserts = policy.evidence == "any" and not session.watched.bounds
    found: list[tuple[int, int, int]] = []
    for first, end, watch in _reached(session):
        # Of time spent in a hidden tab, each quarter has its share.
        until = whole if watch == claimed else whole * watch // claimed
        most = DAY_MS if asserts else end - since
        if until > most:
            until = most
        wall = until - reached if until > reached else 0
        reached += wall
        start = first if found else began
        while found and wall > end - found[-1][1]:
            start, _, before = found.pop()
            wall += before
        found.append((start if start < end - wall else end - wall, end, wall))
    return found


def _reached(session: Session) -> list[tuple[int, int, int]]:
    """The first and the last heartbeat of each quarter, and the watch time reached by its end."""
    reached = 0
    found: list[tuple[int, int, int]] = []
    for quarter in session.quarters:
        first = quarter.first_at
        reached += quarter.watch_ms
        found.append((first, first + quarter.active_ms, reached))
    found.append((session.first_at or session.last_at, session.last_at, session.watch_ms))
    return found


def spread(start: int, end: int, wall: int) -> Iterator[tuple[int, int]]:
    """Watch time spread evenly over [start, end], by quarter of an hour."""
    quarter = start // QUARTER_MS
    stop = (quarter + 1) * QUARTER_MS
    if end <= stop:  # nearly always
        yield quarter, wall
        return
    whole, before = end - start, 0
    while stop < end:
        until = wall * (stop - start) // whole
        yield quarter, until - before
        before = until
        quarter += 1
        stop += QUARTER_MS
    yield quarter, wall - before
