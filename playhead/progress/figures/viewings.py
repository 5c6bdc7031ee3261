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
    found: list[tuple[int, list[str]]] = []
    """With the last time at which one of its sessions was active."""
    ended: list[list[str]] = []
    for key in sorted(sessions, key=lambda key: (sessions[key].started_at, key)):
        spans = active[key]
        if sum(end - start for start, end in spans) <= TOGETHER_MS:
            ended.append([key])  # too short to have been active together with any other
            continue
        began = sessions[key].started_at
        if any(end <= began for end, _ in found):  # no later session can have been active together with it
            ended += [keys for end, keys in found if end <= began]
            found = [each for each in found if each[0] > began]
        joined = [each for each in found if any(_are_together(active[one], spans) for one in each[1])]
        if joined:
            found = [each for each in found if each not in joined]
        last = max(spans[-1][1], *(end for end, _ in joined)) if joined else spans[-1][1]
        found.append((last, [*(one for _, keys in joined for one in keys), key]))
    return [*ended, *(keys for _, keys in found)]


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
