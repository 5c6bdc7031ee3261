"""Folding: sessions too old to change become sums, so that progress stays small for ever.

No heartbeat may be older than 30 days when it is received, and the log keeps it for 7 more. A session whose
last heartbeat lies further back than both, and a day's slack, can never be heard of again, not even by
replaying the whole log in any order; a heartbeat from before that horizon is a replay of one that was
counted. What folding must keep is how often each part was watched, which the layers do exactly.
"""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress.credit import claim, wall_ms
from playhead.progress.heartbeat import OLDEST_MS
from playhead.progress.identifiers import DAY_MS, Instant
from playhead.progress.intervals import layers, union
from playhead.progress.policy import Policy
from playhead.progress.progress import Folded, Progress
from playhead.progress.session import Session, later

RETENTION_MS = 7 * DAY_MS
"""How long the log keeps a heartbeat; `playhead.wire.topics` sets the topic's retention from it."""
COMPACT_AFTER_MS = OLDEST_MS + RETENTION_MS + DAY_MS
MAX_SESSIONS = 64
"""Sessions kept by id. A client that names a new session with every heartbeat would otherwise make every save
cost more than the last; the oldest beyond this are folded early, and a replay of theirs then counts
as watched again (their coverage does not change)."""
MOST_TIMES = 256
"""How often a part is counted to have been watched; beyond it, it makes no difference. Layers up to any depth
are exact without those below, so the order of folding still makes none either."""


def fold(progress: Progress, now: Instant, policy: Policy) -> Progress:
    """`progress` with the sessions that can no longer change at `now` folded into its layers."""
    horizon = Instant(max(now - COMPACT_AFTER_MS, progress.compacted.before))
    aged = {
        key
        for key, session in progress.sessions.items()
        if session.last_at < horizon and _settled(progress, session, policy)
    }
    surplus = len(progress.sessions) - len(aged) - MAX_SESSIONS
    if surplus > 0:
        young = (item for item in progress.sessions.items() if item[0] not in aged)
        oldest = sorted(young, key=lambda item: (item[1].last_at, item[0]))
        aged.update(key for key, _ in oldest[:surplus])
    if not aged:
        return progress
    gone = [progress.sessions[key] for key in aged]
    kept = {key: session for key, session in progress.sessions.items() if key not in aged}
    before = min(horizon, min((session.last_at for session in kept.values()), default=horizon))
    folded = replace(_add(progress, gone, policy), before=Instant(max(before, progress.compacted.before)))
    return replace(progress, sessions=kept, folded=folded)


def _settled(progress: Progress, session: Session, policy: Policy) -> bool:
    """Whether the layers would say all that the session does.

    They would not of a session in excess of its budget, whose credit depends on the others, nor of one begun
    since the item was reopened, which counts towards completing it anew.
    """
    since_reopening = 0 < progress.reopened_at <= session.started_at
    return claim(session, policy, effective_duration(progress, policy)).fits and not since_reopening


def _add(progress: Progress, gone: list[Session], policy: Policy) -> Folded:
    folded = progress.compacted
    duration = effective_duration(progress, policy)
    credited = [claim(session, policy, duration).credited for session in gone]
    position = folded.position
    for session in gone:
        position = later(position, session.position if session.has_played else None)
    return Folded(
        sessions=folded.sessions + len(gone),
        started_at=min(filter(None, (folded.started_at, *(session.started_at for session in gone)))),
        last_at=max(filter(None, (folded.last_at, *(session.last_at for session in gone)))),
        layers=tuple(layers((*folded.layers, *credited), MOST_TIMES)),
        pages=union([folded.pages, *(session.pages for session in gone)]),
        content_ms=folded.content_ms + sum(each.length for each in credited),
        wall_ms=folded.wall_ms + sum(wall_ms(session, policy) for session in gone),
        reported=max(folded.reported, *(session.reported for session in gone)),
        position=position,
    )


def effective_duration(progress: Progress, policy: Policy) -> int | None:
    """The item's duration in ms: the catalogue's, else the largest that a player claimed, else unknown."""
    if policy.duration_ms is not None:
        return policy.duration_ms
    return progress.duration_ms or None
