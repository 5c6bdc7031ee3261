"""Divides all that is known of an item into its record and its older sessions, and joins the two."""

from __future__ import annotations

from itertools import chain

from msgspec.structs import replace

from playhead.progress.advance import span_count
from playhead.progress.compaction import KEPT_SESSIONS, oldest
from playhead.progress.figures.durations import ItemSpan, item_span
from playhead.progress.figures.quarter_sums import added_ms, quarter_sums
from playhead.progress.figures.watch_time import watch_time_ms
from playhead.progress.older.sums import OlderPart, OlderSums, digest, is_within_tail, sums_of
from playhead.progress.policy import Policy
from playhead.progress.progress import CompactedSessions, Progress, join
from playhead.progress.session import OlderSessions, Session


def split(progress: Progress, policy: Policy) -> tuple[Progress, OlderPart | None]:
    """The record, and the older sessions with what was compacted before them; None if there are none.

    Args:
        progress: All that is known of the item; not a record.
        policy: The one that the older sessions are summed under.
    """
    if len(progress.sessions) <= KEPT_SESSIONS:
        return progress, None
    summed = oldest(progress.sessions, KEPT_SESSIONS)
    if not summed:
        return progress, None
    keys = set(chain.from_iterable(summed))
    apart = {key: session for key, session in progress.sessions.items() if key in keys}
    sums = sums_of(progress, summed, policy)
    older = OlderPart(sessions=apart, compacted=progress.compacted, sums=sums)
    kept = {key: session for key, session in progress.sessions.items() if key not in keys}
    wall = _added_wall_ms(progress, kept, sums, policy)
    stored = OlderSessions(len(keys), span_count(older), sums.policy)
    return record_of(replace(progress, sessions=kept), sums, wall, stored, policy), older


def _added_wall_ms(progress: Progress, kept: dict[str, Session], sums: OlderSums, policy: Policy) -> int:
    """By how much the sessions of the record add to the watch time of the older ones."""
    by_quarter = quarter_sums(kept.values(), policy)
    if is_within_tail(by_quarter, sums.latest_at):
        return added_ms(sums.by_quarter, by_quarter)
    own = sums.totals.wall_ms - progress.compacted.wall_ms
    return watch_time_ms(progress.sessions.values(), policy) - own


def record_of(
    kept: Progress, sums: OlderSums, added_wall_ms: int, stored: OlderSessions, policy: Policy
) -> Progress:
    """The record: the sessions that are kept, and the sums of the older ones.

    Its sums have the watch time that all sessions have beyond those that are kept: `added_wall_ms` is what
    those add to that of the older ones.
    """
    wall = sums.totals.wall_ms + added_wall_ms - watch_time_ms(kept.sessions.values(), policy)
    known = replace(kept, compacted=sums.totals)
    compacted = _with_few_layers(replace(sums.totals, wall_ms=wall), item_span(known, policy), policy)
    return replace(kept, compacted=compacted, older=stored)


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
    return record.older is not None and record.older.policy != digest(policy)


def summed_under(record: Progress, older: Progress | None, policy: Policy) -> Progress:
    """The record, with its older sessions summed under this policy."""
    if not is_outdated(record, policy) or older is None:
        return record
    return split(whole(record, older), policy)[0]


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
