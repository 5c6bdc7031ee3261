"""Older sessions: all but the youngest, kept apart from the record that every heartbeat reads.

`split` divides all that is known of an item into the record and the older sessions; `whole` joins the two.
The split depends on what is known alone, not on the order in which it became known. The record sums its
older sessions as if they were compacted, so every figure follows from the record alone; the older sessions
are needed for a heartbeat of one of them (`needs_older`), and when the policy changes (`is_outdated`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from itertools import chain

from msgspec import json
from msgspec.structs import replace

from playhead.progress.advance import Refusal, advance, span_count
from playhead.progress.compaction import KEPT_SESSIONS, oldest, totals
from playhead.progress.figures.durations import ItemSpan, item_span
from playhead.progress.heartbeat import Heartbeat
from playhead.progress.policy import Policy
from playhead.progress.progress import VISIT_GAP_MS, CompactedSessions, Progress, is_visit, join
from playhead.progress.session import OlderSessions, Session

APART_MS = VISIT_GAP_MS
"""A session that began so long after others ended shares no quarter of an hour and no visit with them."""


def split(progress: Progress, policy: Policy) -> tuple[Progress, Progress | None]:
    """The record, and the older sessions with what was compacted before them; None if there are none.

    Args:
        progress: All that is known of the item; not a record.
        policy: The one that the record is summed under.
    """
    if len(progress.sessions) <= KEPT_SESSIONS:
        return progress, None
    summed = oldest(progress.sessions, KEPT_SESSIONS)
    if not summed:
        return progress, None
    keys = set(chain.from_iterable(summed))
    apart = {key: session for key, session in progress.sessions.items() if key in keys}
    older = Progress(sessions=apart, compacted=progress.compacted)
    record = replace(
        progress,
        sessions={key: session for key, session in progress.sessions.items() if key not in keys},
        compacted=_with_few_layers(totals(progress, summed, policy), item_span(progress, policy), policy),
        older=OlderSessions(len(keys), span_count(older), _digest(policy)),
    )
    return record, older


def whole(record: Progress, older: Progress | None) -> Progress:
    """All that is known of the item.

    If the older sessions are lost, their sums stay; a heartbeat of theirs then counts once more.
    """
    if record.older is None:
        return record
    if older is None:
        return replace(record, older=None)
    known = replace(record, older=None, compacted=older.compacted)
    return join(known, replace(older, kind=record.kind))


def is_outdated(record: Progress, policy: Policy) -> bool:
    """Whether the record sums its older sessions under another policy, so that figures need `whole`."""
    return record.older is not None and record.older.policy != _digest(policy)


def summed_under(record: Progress, older: Progress | None, policy: Policy) -> Progress:
    """The record, with its older sessions summed under this policy."""
    if not is_outdated(record, policy) or older is None:
        return record
    return split(whole(record, older), policy)[0]


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
        if _concerns_all(record, advanced, policy):
            return True
        record = advanced
    return False


@lru_cache(maxsize=4096)
def _digest(policy: Policy) -> str:
    return blake2b(json.encode(policy, order="deterministic"), digest_size=4).hexdigest()


def _with_few_layers(compacted: CompactedSessions, span: ItemSpan, policy: Policy) -> CompactedSessions:
    """The sums with those layers that decide how often the item was watched in full.

    Each session that the record keeps by id adds one viewing at most.
    """
    full = sum(policy.completes(layer.length, span.length_ms) for layer in compacted.layers)
    below = max(0, full - KEPT_SESSIONS - 1)
    return replace(
        compacted,
        below=below,
        layers=compacted.layers[below : full + KEPT_SESSIONS],
        covered=compacted.covered_in(compacted.attempt),
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


def _concerns_all(before: Progress, after: Progress, policy: Policy) -> bool:
    """Whether the change concerns older sessions: what they are credited, or the date of a completion."""
    return (
        after.completions != before.completions
        or after.kind != before.kind
        or after.page_count != before.page_count
        or item_span(after, policy) != item_span(before, policy)
    )
