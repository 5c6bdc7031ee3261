"""Compaction: sessions too old to change become totals, so that progress stays small.

A heartbeat is at most 30 days old when it is received, and the log keeps it for 7 more. A session whose last
heartbeat is older than both, and a day of slack, can receive no further heartbeat, not even when the whole
log is replayed in any order; a heartbeat from before that horizon is a replay of one that was counted.
Compaction must preserve how often each part was watched, which the layers do exactly.
"""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress.credit import claim, wall_ms
from playhead.progress.heartbeat import OLDEST_MS
from playhead.progress.identifiers import DAY_MS, Instant
from playhead.progress.intervals import layers, union
from playhead.progress.policy import Policy
from playhead.progress.progress import CompactedSessions, Progress
from playhead.progress.session import Session, later

RETENTION_MS = 7 * DAY_MS
"""How long the log keeps a heartbeat; the retention of the topic (`playhead.wire.topics`)."""
COMPACT_AFTER_MS = OLDEST_MS + RETENTION_MS + DAY_MS
MAX_SESSIONS = 64
"""Sessions kept by id. A client that names a new session with every heartbeat would otherwise make each save
more expensive than the last. The oldest beyond this limit are compacted early; a replay of their heartbeats
then counts as watched again (their coverage does not change)."""
MOST_TIMES = 256
"""The number of times up to which the viewings of a part are counted. Layers up to any depth are exact
without those below, so the order of compaction makes no difference."""


def compact(progress: Progress, now: Instant, policy: Policy) -> Progress:
    """`progress` with the sessions that can no longer change at `now` summed into its layers."""
    horizon = Instant(max(now - COMPACT_AFTER_MS, progress.compacted.before))
    expired = {
        key
        for key, session in progress.sessions.items()
        if session.last_at < horizon and _settled(progress, session, policy)
    }
    surplus = len(progress.sessions) - len(expired) - MAX_SESSIONS
    if surplus > 0:
        young = (item for item in progress.sessions.items() if item[0] not in expired)
        oldest = sorted(young, key=lambda item: (item[1].last_at, item[0]))
        expired.update(key for key, _ in oldest[:surplus])
    if not expired:
        return progress
    expiring = [progress.sessions[key] for key in expired]
    kept = {key: session for key, session in progress.sessions.items() if key not in expired}
    before = min(horizon, min((session.last_at for session in kept.values()), default=horizon))
    compacted = replace(
        _add(progress, expiring, policy), before=Instant(max(before, progress.compacted.before))
    )
    return replace(progress, sessions=kept, compacted=compacted)


def _settled(progress: Progress, session: Session, policy: Policy) -> bool:
    """Whether the layers can represent the session.

    They cannot represent a session in excess of its budget, whose credit depends on the other sessions, nor
    one begun since the item was reopened, which counts towards completing it again.
    """
    since_reopening = 0 < progress.reopened_at <= session.started_at
    return claim(session, policy, effective_duration(progress, policy)).fits and not since_reopening


def _add(progress: Progress, expiring: list[Session], policy: Policy) -> CompactedSessions:
    compacted = progress.compacted
    duration = effective_duration(progress, policy)
    credited = [claim(session, policy, duration).credited for session in expiring]
    position = compacted.position
    for session in expiring:
        position = later(position, session.position if session.has_played else None)
    return CompactedSessions(
        sessions=compacted.sessions + len(expiring),
        started_at=min(filter(None, (compacted.started_at, *(session.started_at for session in expiring)))),
        last_at=max(filter(None, (compacted.last_at, *(session.last_at for session in expiring)))),
        layers=tuple(layers((*compacted.layers, *credited), MOST_TIMES)),
        pages=union([compacted.pages, *(session.pages for session in expiring)]),
        content_ms=compacted.content_ms + sum(each.length for each in credited),
        wall_ms=compacted.wall_ms + sum(wall_ms(session, policy) for session in expiring),
        reported=max(compacted.reported, *(session.reported for session in expiring)),
        position=position,
    )


def effective_duration(progress: Progress, policy: Policy) -> int | None:
    """The item's duration in ms: the catalogue's, else the largest that a player claimed, else unknown."""
    if policy.duration_ms is not None:
        return policy.duration_ms
    return progress.duration_ms or None
