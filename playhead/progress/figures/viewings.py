"""Viewings: sessions of one person with one item that were open at the same time are one viewing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playhead.progress.identifiers import NEVER, Instant
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
    for began, last_at, key in sorted(
        [(first_at(session), session.last_at, key) for key, session in sessions.items()]
    ):
        if last_at - began <= TOGETHER_MS:
            found.append([key])
            continue
        if near and until - began <= TOGETHER_MS:  # no session from here on was open together with those
            found += _among(near, sessions)
            near = []
        near.append(key)
        if last_at > until:
            until = last_at
    return [*found, *_among(near, sessions)] if near else found


def may_be_together(session: Session) -> bool:
    """Whether the session was open for long enough to be in a viewing with another."""
    return session.last_at - first_at(session) > TOGETHER_MS


def first_at(session: Session) -> Instant:
    """The first heartbeat of a session."""
    return session.quarters[0].first_at if session.quarters else session.quarter_at


def _among(keys: list[str], sessions: Mapping[str, Session]) -> list[list[str]]:
    """The viewings of sessions, some of which may have been open together."""
    if len(keys) == 1:
        return [keys]
    spans = _active_spans([sessions[key] for key in keys])
    groups = _Groups(len(keys))
    _unite_by_one_span(spans, groups)
    if groups.count > 1:
        _unite_by_sums(spans, groups)
    return [[keys[number] for number in group] for group in groups.all]


def _unite_by_one_span(spans: Sequence[tuple[int, int, int]], groups: _Groups) -> None:
    """Unite the sessions that are active together for long without a pause."""
    longest = longest_end = 0
    for start, end, number in spans:
        if end - start > TOGETHER_MS:
            if longest_end - start > TOGETHER_MS:
                groups.unite(longest, number)
            if end > longest_end:
                longest_end, longest = end, number


def _unite_by_sums(spans: Sequence[tuple[int, int, int]], groups: _Groups) -> None:
    """Unite the sessions that are active together for long in sum; see `COMPARED`."""
    of, until = groups.of, 0
    shared: dict[tuple[int, int], int] = {}
    recent: list[tuple[int, int]] = []
    for start, end, number in spans:
        if start >= until:  # none of those before is open
            recent, until = [(end, number)], end
            continue
        recent = [each for each in recent[-COMPARED:] if each[0] > start]
        for other_end, other in recent:
            if of[other] is not of[number]:
                pair = (other, number) if other < number else (number, other)
                together = shared[pair] = shared.get(pair, 0) + min(end, other_end) - start
                if together > TOGETHER_MS:
                    groups.unite(other, number)
        recent.append((end, number))
        if end > until:
            until = end


class _Groups:
    """A partition of the numbers from 0, in which two groups become one."""

    def __init__(self, count: int) -> None:
        self.count = count
        """How many groups there are."""
        self.of = [[number] for number in range(count)]
        """The group of each number."""

    @property
    def all(self) -> list[list[int]]:
        """Every group once."""
        return list({id(group): group for group in self.of}.values())

    def unite(self, one: int, other: int) -> None:
        """Make the groups of two numbers one; the smaller is added to the larger."""
        larger, smaller = self.of[one], self.of[other]
        if larger is smaller:
            return
        if len(larger) < len(smaller):
            larger, smaller = smaller, larger
        larger += smaller
        for number in smaller:
            self.of[number] = larger
        self.count -= 1


def _active_spans(sessions: Sequence[Session]) -> list[tuple[int, int, int]]:
    """When sessions sent heartbeats, in order, with their numbers; a tab open in silence sends none."""
    spans: list[tuple[int, int, int]] = []
    for number, session in enumerate(sessions):
        for quarter in session.quarters:
            first_at = quarter.first_at
            spans.append((first_at, first_at + quarter.active_ms, number))
        spans.append((session.first_at or session.last_at, session.last_at, number))
    spans.sort()
    return spans
