"""The watch time of a person over all items: a quarter of an hour holds a quarter of an hour at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from playhead.progress.figures.watch_time import quarter_times
from playhead.progress.policy import Policy
from playhead.progress.quarters import QUARTER_MS
from playhead.progress.session import Session


class ItemSessions(NamedTuple):
    """A person's sessions with one item."""

    sessions: Collection[Session]
    policy: Policy


def excess_ms(items: Sequence[ItemSessions]) -> int:
    """By how much the sum of the items' watch times exceeds that of the person.

    Sessions that are compacted are taken to have been alone.
    """
    if not _were_together(items):
        return 0
    times: Counter[int] = Counter()
    for item in items:
        times.update(quarter_times(item.sessions, item.policy))
    return sum(wall - QUARTER_MS for wall in times.values() if wall > QUARTER_MS)


def _were_together(items: Sequence[ItemSessions]) -> bool:
    """Whether sessions of two items may have been open at the same time; quick, and nearly always no."""
    spans = sorted(
        (
            min(session.started_at - item.policy.grace_ms, session.last_at - session.watch_ms),
            session.last_at,
            n,
        )
        for n, item in enumerate(items)
        for session in item.sessions
    )
    until = latest = 0
    for start, end, item_number in spans:
        if start < until and item_number != latest:
            return True
        if end > until:
            until, latest = end, item_number
    return False
