"""Compaction: sessions too old to change become totals, so that progress stays small.

A heartbeat is at most 30 days old when it is received, and the log keeps it for 7 more. A session whose last
heartbeat is older than both, and a day of slack, can receive no further heartbeat, not even when the whole
log is replayed in any order; a heartbeat from before that horizon is a replay of one that was counted.
Compaction must preserve how often each part was watched, which the layers do exactly.
"""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress.attempts import attempt_at
from playhead.progress.figures.completion import MOST_TIMES, viewed
from playhead.progress.figures.credit import claim, content_ms
from playhead.progress.figures.durations import ItemSpan, duration_at_end, item_span
from playhead.progress.figures.viewings import viewings
from playhead.progress.figures.watch_time import watch_time_ms
from playhead.progress.heartbeat import OLDEST_MS
from playhead.progress.identifiers import DAY_MS, NEVER, Instant
from playhead.progress.intervals import EMPTY, Intervals, layers, union
from playhead.progress.policy import Policy
from playhead.progress.progress import CompactedSessions, Progress, later_end
from playhead.progress.session import Session, later

RETENTION_MS = 7 * DAY_MS
"""How long the log keeps a heartbeat; the retention of the topic (`playhead.wire.topics`)."""
COMPACT_AFTER_MS = OLDEST_MS + RETENTION_MS + DAY_MS
MAX_SESSIONS = 64
"""Sessions kept by id. A client that names a new session with every heartbeat would otherwise make each save
more expensive than the last. The oldest beyond this limit are compacted early; a replay of their heartbeats
then counts as watched again (their coverage does not change)."""


def compact(progress: Progress, now: Instant, policy: Policy) -> Progress:
    """`progress` with the sessions that can no longer change at `now` summed into its layers.

    The sessions of a viewing are summed together or not at all.
    """
    horizon = Instant(max(now - COMPACT_AFTER_MS, progress.compacted.before))
    surplus = len(progress.sessions) - MAX_SESSIONS
    if surplus <= 0 and all(session.last_at >= horizon for session in progress.sessions.values()):
        return progress
    expired = _expired(progress, horizon, policy)
    if not expired:
        return progress
    kept = {key: session for key, session in progress.sessions.items() if key not in expired}
    before = min(horizon, min((session.last_at for session in kept.values()), default=horizon))
    remaining = replace(progress, sessions=kept)
    wall = watch_time_ms(progress.sessions.values(), policy) - watch_time_ms(kept.values(), policy)
    compacted = replace(
        _add(progress, {key: progress.sessions[key] for key in expired}, policy),
        before=Instant(max(before, progress.compacted.before)),
        wall_ms=progress.compacted.wall_ms + wall,
    )
    return replace(remaining, compacted=compacted)


def _expired(progress: Progress, horizon: Instant, policy: Policy) -> set[str]:
    """The keys of the sessions of whole viewings that cannot change, and of the oldest beyond the limit."""
    sessions, span = progress.sessions, item_span(progress, policy)
    expired: set[str] = set()
    young: list[list[str]] = []
    for keys in viewings(sessions):
        settled = all(
            sessions[key].last_at < horizon and claim(sessions[key], policy, span).fits for key in keys
        )
        if settled:
            expired.update(keys)
        else:
            young.append(keys)
    young.sort(key=lambda keys: max((sessions[key].last_at, key) for key in keys))
    for keys in young:
        if len(sessions) - len(expired) <= MAX_SESSIONS:
            break
        expired.update(keys)
    return expired


def _add(progress: Progress, expiring: dict[str, Session], policy: Policy) -> CompactedSessions:
    compacted, span = progress.compacted, item_span(progress, policy)
    sessions = list(expiring.values())
    position, ended = compacted.position, compacted.ended
    for session in sessions:
        position = later(position, session.position if session.has_played else None)
        ended = later_end(ended, duration_at_end(session, policy))
    credited = viewed(replace(progress, sessions=expiring), policy, span)
    latest = _latest_attempt(progress, sessions)
    return replace(
        _of_attempt(progress, latest, sessions, policy, span),
        sessions=compacted.sessions + len(sessions),
        started_at=min(filter(None, (compacted.started_at, *(session.started_at for session in sessions)))),
        last_at=max(filter(None, (compacted.last_at, *(session.last_at for session in sessions)))),
        layers=tuple(layers((*compacted.layers, *credited), MOST_TIMES)),
        content_ms=compacted.content_ms + sum(_content_ms(session, policy, span) for session in sessions),
        position=position,
        ended=ended,
    )


def _latest_attempt(progress: Progress, sessions: list[Session]) -> Instant:
    if not progress.acts:
        return NEVER
    begun = (attempt_at(progress, session.started_at).since for session in sessions)
    return max(progress.compacted.attempt, *begun)


def _of_attempt(
    progress: Progress, attempt: Instant, sessions: list[Session], policy: Policy, span: ItemSpan
) -> CompactedSessions:
    """The compacted sessions with what those of the attempt covered, read and claimed."""
    known = (
        progress.compacted if progress.compacted.attempt == attempt else CompactedSessions(attempt=attempt)
    )
    own = [session for session in sessions if not attempt or session.started_at >= attempt]
    covered: Intervals = EMPTY
    if attempt:  # the first one's is the first layer
        covered = union([known.covered, *(claim(session, policy, span).credited for session in own)])
    return replace(
        progress.compacted,
        attempt=attempt,
        covered=covered,
        pages=union([known.pages, *(session.pages for session in own)]),
        reported=max(known.reported, *(session.reported for session in own), 0.0),
        scroll=max(known.scroll, *(session.scroll for session in own), 0.0),
    )


def _content_ms(session: Session, policy: Policy, span: ItemSpan) -> int:
    return content_ms(session, policy, claim(session, policy, span).credited_ms)
