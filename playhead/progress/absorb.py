"""Joins one heartbeat into progress: the quick form of `join(progress, of(heartbeat))`.

Most heartbeats continue a known session within the same quarter of an hour. For these, no progress and no
session of the heartbeat alone is made.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from playhead.progress.attempts import dividing
from playhead.progress.heartbeat import MAX_RATE, Heartbeat
from playhead.progress.identifiers import NEVER, Instant
from playhead.progress.progress import Progress, is_visit, join, of
from playhead.progress.quarters import QUARTER_MS, without_gaps
from playhead.progress.session import Session, begin, join_sessions, later, position_of

N = TypeVar("N", int, float)

MOST_ATTEMPTS = 4
"""Attempts under which a heartbeat is looked for; each costs a join."""


def absorb(progress: Progress, heartbeat: Heartbeat) -> Progress:
    """`progress` with the heartbeat; itself if that adds nothing. A known session takes a shortcut."""
    attempt = _attempt_of(progress, heartbeat) if progress.acts else NEVER
    key = heartbeat.session_id
    known = progress.sessions.get(key) if key is not None and not heartbeat.is_act else None
    if (
        key is None
        or known is None
        or heartbeat.page_count
        or (heartbeat.duration_ms or 0) > progress.duration_ms
        or (heartbeat.kind or "video") != progress.kind
        or progress.kind == "course"
    ):
        return join(progress, of(heartbeat, attempt))
    session = extend(known, heartbeat, attempt)
    if session is known:
        return progress
    return replace(progress, sessions=progress.sessions | {key: session})


def _attempt_of(progress: Progress, heartbeat: Heartbeat) -> Instant:
    """The attempt that divides the heartbeat's quarter of an hour, or did when it was applied before.

    Which acts began an attempt follows from what was active between them, so heartbeats and acts that came
    after it may have changed that. One that is sent again then still changes nothing.
    """
    now = dividing(progress, heartbeat.occurred_at)
    for attempt in _attempts_around(progress, heartbeat):
        if attempt != now and join(progress, of(heartbeat, attempt)) is progress:
            return attempt
    return now


def _attempts_around(progress: Progress, heartbeat: Heartbeat) -> list[Instant]:
    """The attempts under which the session has heartbeats before and after it, in its quarter of an hour.

    The latest `MOST_ATTEMPTS`: only who begins attempt after attempt within minutes has more.
    """
    key, at = heartbeat.session_id, heartbeat.occurred_at
    if key is None:
        sessions = [each for name, each in progress.sessions.items() if is_visit(name)]
    else:
        sessions = [progress.sessions[key]] if key in progress.sessions else []
    found: set[Instant] = set()
    for session in sessions:
        if session.quarter_at <= at <= session.last_at:
            found.add(session.attempt)
        for quarter in reversed(session.quarters):
            if quarter.first_at // QUARTER_MS < at // QUARTER_MS:
                break
            if quarter.first_at <= at <= quarter.last_at:
                found.add(quarter.attempt)
    return sorted(found, reverse=True)[:MOST_ATTEMPTS]


def extend(session: Session, heartbeat: Heartbeat, attempt: Instant = NEVER) -> Session:
    """`join_sessions(session, begin(heartbeat, attempt))`; the session itself if nothing is added."""
    at, last_at, first_at = heartbeat.occurred_at, session.last_at, session.first_at or session.last_at
    if (
        at // QUARTER_MS != last_at // QUARTER_MS
        or attempt != session.attempt
        or session.edges
        or heartbeat.edge is not None
    ):
        return join_sessions(session, begin(heartbeat, attempt))
    started_at, watched, watch_ms = heartbeat.started_at or at, heartbeat.watched, heartbeat.watch_ms
    first_at, last_at = at if at < first_at else first_at, at if at > last_at else last_at
    # Conditions rather than `min` and `max`, which take three times as long; `replace` rather than all fields
    # by name, which takes five times as long.
    extended = replace(
        session,
        started_at=started_at if started_at < session.started_at else session.started_at,
        last_at=last_at,
        first_at=NEVER if first_at == last_at else first_at,
        watched=session.watched if watched is None else without_gaps(session.watched | without_gaps(watched)),
        watch_ms=_larger(session.watch_ms, watch_ms),
        rate=_larger(session.rate, MAX_RATE if heartbeat.playback_rate is None else heartbeat.playback_rate),
        duration_ms=_larger(session.duration_ms, heartbeat.duration_ms),
        position=later(session.position, position_of(heartbeat)),
        measured=session.measured or watched is not None or watch_ms is not None,
    )
    if _says_more(heartbeat):
        extended = replace(
            extended,
            pages=session.pages if heartbeat.pages_viewed is None else session.pages | heartbeat.pages_viewed,
            scroll=_larger(session.scroll, heartbeat.scroll_position),
            content_ms=_larger(session.content_ms, heartbeat.content_ms),
            hidden_ms=_larger(session.hidden_ms, heartbeat.hidden_ms),
            reported=_larger(session.reported, heartbeat.reported_percentage),
            ended=session.ended or heartbeat.event == "ended",
            adjusted_ms=max(session.adjusted_ms, abs(heartbeat.adjusted_ms)),
        )
    return session if extended == session else extended


def _says_more(heartbeat: Heartbeat) -> bool:
    """Whether it states anything that a player of videos without measurements of its own does not."""
    return bool(
        heartbeat.content_ms
        or heartbeat.hidden_ms
        or heartbeat.adjusted_ms
        or heartbeat.event == "ended"
        or heartbeat.reported_percentage
        or heartbeat.scroll_position
        or heartbeat.pages_viewed is not None
    )


def _larger(one: N, other: N | None) -> N:
    return one if other is None or one >= other else other
