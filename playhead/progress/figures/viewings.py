"""Viewings: sessions of one person with one item that were open at the same time are one viewing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playhead.progress.session import Session

TOGETHER_MS = 10_000
"""Sessions that were heard at the same time for longer are one viewing."""


HeardSpans = Sequence[tuple[int, int]]
"""When a session was heard, in order: a tab that is open in silence is not heard."""


def viewings(sessions: Mapping[str, Session]) -> list[list[str]]:
    """The keys of the sessions of each viewing, in no order."""
    heard = {key: _heard(session) for key, session in sessions.items()}
    found: list[list[str]] = []
    alone: list[list[str]] = []
    for key in sorted(sessions, key=lambda key: (sessions[key].started_at, key)):
        spans = heard[key]
        if sum(end - start for start, end in spans) <= TOGETHER_MS:
            alone.append([key])  # too short to have been heard together with any other
            continue
        joined = [keys for keys in found if any(_are_together(heard[each], spans) for each in keys)]
        if joined:
            found = [keys for keys in found if keys not in joined]
        found.append([*(each for keys in joined for each in keys), key])
    return [*found, *alone]


def _are_together(one: HeardSpans, other: HeardSpans) -> bool:
    if one[-1][1] - other[0][0] <= TOGETHER_MS or other[-1][1] - one[0][0] <= TOGETHER_MS:
        return False
    return _overlap_ms(one, other) > TOGETHER_MS


def _heard(session: Session) -> HeardSpans:
    spans = [(quarter.first_at, quarter.last_at) for quarter in session.quarters]
    return [*spans, (session.heard_at, session.last_at)]


def _overlap_ms(one: HeardSpans, other: HeardSpans) -> int:
    total = mine = theirs = 0
    while mine < len(one) and theirs < len(other):
        (start, end), (begins, stops) = one[mine], other[theirs]
        total += max(0, min(end, stops) - max(start, begins))
        if end < stops:
            mine += 1
        else:
            theirs += 1
    return total
