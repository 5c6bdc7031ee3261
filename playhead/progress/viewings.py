"""Viewings: sessions of one person with one item that were open at the same time are one viewing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playhead.progress.session import Session

TOGETHER_MS = 10_000
"""Sessions that were heard at the same time for longer are one viewing."""


def viewings(sessions: Mapping[str, Session]) -> list[list[str]]:
    """The keys of the sessions of each viewing, in the order in which the viewings began."""
    found: list[list[str]] = []
    for key in sorted(sessions, key=lambda key: (sessions[key].started_at, key)):
        joined = [keys for keys in found if any(_together(sessions[each], sessions[key]) for each in keys)]
        if joined:
            found = [keys for keys in found if keys not in joined]
        found.append([*(each for keys in joined for each in keys), key])
    return found


def _together(one: Session, other: Session) -> bool:
    """Whether two sessions, the earlier one first, are of one viewing."""
    if one.last_at - other.started_at <= TOGETHER_MS:
        return False
    return _overlap_ms(_heard(one), _heard(other)) > TOGETHER_MS


def _heard(session: Session) -> list[tuple[int, int]]:
    """When a session was heard, in order: a tab that is open in silence is not heard."""
    spans = [(quarter.first_at, quarter.last_at) for quarter in session.quarters]
    return [*spans, (session.heard_at, session.last_at)]


def _overlap_ms(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> int:
    total = mine = theirs = 0
    while mine < len(one) and theirs < len(other):
        (start, end), (begins, stops) = one[mine], other[theirs]
        total += max(0, min(end, stops) - max(start, begins))
        if end < stops:
            mine += 1
        else:
            theirs += 1
    return total
