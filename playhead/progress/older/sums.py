"""The sums of the older sessions, which are stored with them, so that one more does not need the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain

from msgspec import Struct, json

from playhead.progress.compaction import totals
from playhead.progress.figures.quarter_sums import QuarterSum, QuarterSums, quarter_sums, total_ms
from playhead.progress.figures.watch_time import watch_time_ms
from playhead.progress.identifiers import DAY_MS, Instant
from playhead.progress.policy import Policy
from playhead.progress.progress import CompactedSessions, Progress
from playhead.progress.quarters import QUARTER_MS

TAIL_QUARTERS = DAY_MS // QUARTER_MS
"""Quarters of an hour before the latest heartbeat of the older sessions of which the sums are kept: a session
that was open earlier than that is added to all the others."""


class OlderSums(Struct, frozen=True, gc=False, array_like=True):
    """The sums of the older sessions: they follow from the sessions, and the policy, alone."""

    policy: str
    """The digest of the policy under which they are summed."""
    totals: CompactedSessions
    """Of the older sessions and what was compacted before them, all layers included."""
    latest: tuple[Instant, str]
    """The latest heartbeat of an older session, and the session's key; the largest if there are several."""
    oldest_at: Instant
    """The last heartbeat of the session whose last heartbeat is the earliest."""
    tail: tuple[QuarterSum, ...]
    """The watch time of the last `TAIL_QUARTERS`, in order, as far as there is any."""

    @property
    def latest_at(self) -> Instant:
        """The latest heartbeat of an older session."""
        return self.latest[0]

    @property
    def by_quarter(self) -> QuarterSums:
        """The tail by quarter of an hour."""
        return {each.quarter: each for each in self.tail}


class OlderPart(Progress, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The older sessions of an item, with what was compacted before them."""

    sums: OlderSums | None = None
    """None if a release that had none wrote them."""


def sums_of(progress: Progress, summed: Sequence[list[str]], policy: Policy) -> OlderSums:
    """The sums of these viewings, by the keys of their sessions, of all that is known of an item."""
    sessions = {key: progress.sessions[key] for key in chain.from_iterable(summed)}
    latest = max((session.last_at, key) for key, session in sessions.items())
    first = first_quarter(latest[0])
    recent = [each for each in sessions.values() if each.last_at // QUARTER_MS >= first]
    by_quarter = quarter_sums(recent, policy)
    is_all = len(recent) == len(sessions)
    wall = total_ms(by_quarter.values()) if is_all else watch_time_ms(sessions.values(), policy)
    return OlderSums(
        digest(policy),
        totals(progress, summed, policy, wall),
        latest,
        min(session.last_at for session in sessions.values()),
        tail_of(by_quarter.values(), first),
    )


def first_quarter(latest_at: Instant) -> int:
    """The first quarter of an hour of the tail."""
    return latest_at // QUARTER_MS - TAIL_QUARTERS


def tail_of(sums: Iterable[QuarterSum], first: int) -> tuple[QuarterSum, ...]:
    """The sums from this quarter of an hour on, in order."""
    return tuple(sorted([each for each in sums if each.quarter >= first], key=lambda each: each.quarter))


def is_within_tail(sums: QuarterSums, latest_at: Instant) -> bool:
    """Whether the tail has every quarter of an hour of these sums."""
    return min(sums, default=latest_at) >= first_quarter(latest_at)


@lru_cache(maxsize=4096)
def digest(policy: Policy) -> str:
    """What a record and its older sessions say of the policy under which they are summed."""
    return blake2b(json.encode(policy, order="deterministic"), digest_size=4).hexdigest()
