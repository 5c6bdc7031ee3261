"""Viewings: sessions of one person with one item that were open at the same time are one viewing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playhead.progress.session import Session

TOGETHER_MS = 10_000
"""Sessions that were active at the same time for longer are one viewing."""


ActiveSpans = Sequence[tuple[int, int]]
"""When a session sent heartbeats, in order: a tab that is open in silence sends none."""


def viewings(sessions: Mapping[str, Session]) -> list[list[str]]:
    """The keys of the sessions of each viewing, in no order."""
    active = {key: _active_spans(session) for key, session in sessions.items()}
    found: list[list[str]] = []
    alone: list[list[str]] = []
    for key in sorted(sessions, key=lambda key: (sessions[key].started_at, key)):
        spans = active[key]
        if sum(end - start for start, end in spans) <= TOGETHER_MS:
            alone.append([key])  # too short to have been active together with any other
            continue
        joined = [keys for keys in found if any(_are_together(active[each], spans) for each in keys)]
        if joined:
            found = [keys for keys in found if keys not in joined]
        found.append([*(each for keys in joined for each in keys), key])
    return [*found, *alone]


def _are_together(one: ActiveSpans, other: ActiveSpans) -> bool:
    if one[-1][1] - other[0][0] <= TOGETHER_MS or other[-1][1] - one[0][0] <= TOGETHER_MS:
        return False
    return _overlap_ms(one, other) > TOGETHER_MS


def _active_spans(session: Session) -> ActiveSpans:
    spans = [(quarter.first_at, quarter.last_at) for quarter in session.quarters]
    return [*spans, (session.quarter_at, session.last_at)]


def _overlap_ms(one: ActiveSpans, other: ActiveSpans) -> int:
    total = mine = theirs = 0
    while mine < len(one) and theirs < len(other):
        (start, end), (begins, stops) = one[mine], other[theirs]
        total += max(0, min(end, stops) - max(start, begins))
        if end < stops:
            mine += 1
        else:
            theirs += 1
    return total
