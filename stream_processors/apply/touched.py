"""Which of an item's sessions some heartbeats belong to. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from playhead.progress import Heartbeat, Progress
from playhead.progress.progress import is_visit
from stream_processors.apply.decode import OffsetHeartbeat


def touched(progress: Progress, heartbeats: list[OffsetHeartbeat]) -> tuple[str, ...]:
    """Keys of the sessions that the heartbeats belong to, as far as they are still kept by id."""
    keys: dict[str, None] = {}
    for _, heartbeat in heartbeats:
        if heartbeat.is_mark:
            continue
        if heartbeat.session_id is not None:
            keys[heartbeat.session_id] = None
        else:
            keys.update(dict.fromkeys(_visit_of(progress, heartbeat)))
    return tuple(key for key in keys if key in progress.sessions)


def _visit_of(progress: Progress, heartbeat: Heartbeat) -> Iterator[str]:
    return (
        key
        for key, session in progress.sessions.items()
        if is_visit(key) and session.started_at <= heartbeat.occurred_at <= session.last_at
    )
