"""Viewings: sessions of one person with one item that were open at the same time are one viewing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from playhead.progress.identifiers import NEVER
from playhead.progress.session import Session

TOGETHER_MS = 10_000
"""Sessions that were active at the same time for longer are one viewing."""
COMPARED = 8
"""Sessions that are active together for longer without a pause are found however many there are. Shorter
times, which may add up, are compared with those of this many sessions that were the last to begin before, so
that many sessions open at once do not take long."""


def viewings(sessions: Mapping[str, Session]) -> list[list[str]]:
    """The keys of the sessions of each viewing, in no order."""
    found: list[list[str]] = []
    near: list[str] = []
    until = NEVER
    for first_at, last_at, key in sorted(
        [(_first_at(session), session.last_at, key) for key, session in sessions.items()]
    ):
        if near and until - first_at <= TOGETHER_MS:  # no session from here on was open together with those
            found += _among(near, sessions)
            near = []
        near.append(key)
        if last_at > until:
            until = last_at
    return [*found, *_among(near, sessions)] if near else found


def _first_at(session: Session) -> int:
    return session.quarters[0].first_at if session.quarters else session.quarter_at


def _among(keys: list[str], sessions: Mapping[str, Session]) -> list[list[str]]:
    """The viewings of sessions, some of which may have been open together."""
    if len(keys) == 1:
        return [keys]
    groups = _Groups(keys)
    longest = ""
    longest_end: int = NEVER
    shared: dict[tuple[str, str], int] = {}
    recent: list[tuple[int, str]] = []
    for start, end, key in sorted(span for one in keys for span in _active_spans(one, sessions[one])):
        if end - start > TOGETHER_MS:
            if longest_end - start > TOGETHER_MS:
                groups.unite(longest, key)
            if end > longest_end:
                longest_end, longest = end, key
        recent = [each for each in recent[-COMPARED:] if each[0] > start]
        for until, other in recent:
            if groups.of[other] is not groups.of[key]:
                pair = (other, key) if other < key else (key, other)
                shared[pair] = shared.get(pair, 0) + min(end, until) - start
                if shared[pair] > TOGETHER_MS:
                    groups.unite(other, key)
        recent.append((end, key))
    return groups.all


class _Groups:
    """A partition of keys, in which two groups become one."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.of = {key: [key] for key in keys}
        """The group of each key."""

    @property
    def all(self) -> list[list[str]]:
        """Every group once."""
        return list({id(group): group for group in self.of.values()}.values())

    def unite(self, one: str, other: str) -> None:
        """Make the groups of two keys one; the smaller is added to the larger."""
        larger, smaller = self.of[one], self.of[other]
        if larger is smaller:
            return
        if len(larger) < len(smaller):
            larger, smaller = smaller, larger
        larger += smaller
        for key in smaller:
            self.of[key] = larger


def _active_spans(key: str, session: Session) -> Sequence[tuple[int, int, str]]:
    """When a session sent heartbeats: a tab that is open in silence sends none."""
    spans = [(quarter.first_at, quarter.last_at, key) for quarter in session.quarters]
    return [*spans, (session.quarter_at, session.last_at, key)]
