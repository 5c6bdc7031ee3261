"""Decides whether heartbeats need the older sessions of an item, or its record is enough."""

from __future__ import annotations

from collections.abc import Iterable

from playhead.progress.advance import Refusal, advance
from playhead.progress.figures.durations import item_span
from playhead.progress.heartbeat import Heartbeat
from playhead.progress.older.division import is_outdated
from playhead.progress.policy import Policy
from playhead.progress.progress import VISIT_GAP_MS, Progress, is_visit
from playhead.progress.session import Session

APART_MS = VISIT_GAP_MS
"""A session that began so long after others ended shares no quarter of an hour and no visit with them."""


def needs_older(record: Progress, heartbeats: Iterable[Heartbeat], policy: Policy) -> bool:
    """Whether the record alone does not show what these heartbeats change.

    It does if each continues a session that lies apart from the older ones, and changes nothing that their
    sums depend on.
    """
    if record.older is None:
        return False
    if is_outdated(record, policy):
        return True
    for heartbeat in heartbeats:
        if heartbeat.occurred_at < record.compacted.before and not heartbeat.is_act:
            continue
        key = _key_in(record, heartbeat)
        if key is None:
            return True
        advanced = advance(record, heartbeat, policy)
        if advanced is record or isinstance(advanced, Refusal):
            continue
        states = record.sessions.get(key), advanced.sessions.get(key)
        if not all(_is_apart(record, each, policy) for each in states):
            return True
        if concerns_all(record, advanced, policy):
            return True
        record = advanced
    return False


def concerns_all(before: Progress, after: Progress, policy: Policy) -> bool:
    """Whether the change concerns older sessions: what they are credited, or the date of a completion."""
    return (
        after.completions != before.completions
        or after.kind != before.kind
        or after.page_count != before.page_count
        or item_span(after, policy) != item_span(before, policy)
    )


def _key_in(record: Progress, heartbeat: Heartbeat) -> str | None:
    """The session of the record to which the heartbeat belongs."""
    if heartbeat.is_act or heartbeat.merged is not None:
        return None
    named, at = heartbeat.session_id, heartbeat.occurred_at
    if named is not None:
        return named if named in record.sessions else None
    began = at if heartbeat.started_at is None else min(at, heartbeat.started_at)
    for key, session in record.sessions.items():
        if is_visit(key) and session.started_at <= began and at - session.last_at < VISIT_GAP_MS:
            return key
    return None


def _is_apart(record: Progress, session: Session | None, policy: Policy) -> bool:
    if session is None:  # a visit that became part of another
        return False
    opened = min(session.started_at, session.last_at - session.watch_ms) - policy.grace_ms
    return opened - (record.compacted.last_at or 0) > APART_MS
