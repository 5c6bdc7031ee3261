"""Adds sessions to the record and to the sums of the older sessions, without the older sessions.

A new session of an item with many is one that no part has, and that comes after the older ones. All that it
changes follows from the record and from `OlderSums`; what would need the older sessions themselves is left to
`whole` and `split`, which give the same result.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.advance import Refusal, advance, session_count, span_count
from playhead.progress.compaction import COMPACT_AFTER_MS, KEPT_SESSIONS, MAX_SESSIONS, oldest, totals
from playhead.progress.figures.quarter_sums import added, added_ms, quarter_sums
from playhead.progress.figures.viewings import TOGETHER_MS, first_at, may_be_together
from playhead.progress.heartbeat import Heartbeat
from playhead.progress.identifiers import DAY_MS
from playhead.progress.older.division import is_outdated, record_of
from playhead.progress.older.needs import concerns_all
from playhead.progress.older.sums import OlderSums, first_quarter, is_within_tail, tail_of
from playhead.progress.policy import Policy
from playhead.progress.progress import VISIT_GAP_MS, Progress
from playhead.progress.session import OlderSessions, Session

COMPACTED_LATER_MS = DAY_MS
"""How long sessions that can no longer change may wait to be compacted: it takes all sessions, so an item of
many has it once a day, and not with every session."""


class Growth(Struct, frozen=True, gc=False):
    """The record of an item, and what is added to its older sessions."""

    record: Progress
    sums: OlderSums
    moved: dict[str, Session]
    """The sessions that the record had, and that are older now."""


def may_grow(
    record: Progress,
    sums: OlderSums | None,
    older: Collection[str],
    heartbeats: Iterable[Heartbeat],
    policy: Policy,
) -> bool:
    """Whether these heartbeats may be applied to the record, and `grown` gives what `split` would.

    Args:
        record: As it is stored.
        sums: Those that are stored with the older sessions.
        older: The keys of the older sessions.
        heartbeats: In the order of the log.
        policy: That of the item.
    """
    if sums is None or record.older is None or is_outdated(record, policy):
        return False
    # Another number: one part was restored, and the other was not.
    if sums.policy != record.older.policy or record.older.count != len(older):
        return False
    progress = record
    for heartbeat in heartbeats:
        if heartbeat.is_act or heartbeat.merged is not None or _is_among(older, heartbeat, sums):
            return False
        if _compacts(progress, heartbeat, sums):
            return False
        advanced = advance(progress, heartbeat, policy)
        if advanced is progress or isinstance(advanced, Refusal):
            continue
        if progress.sessions.keys() - advanced.sessions.keys() or concerns_all(progress, advanced, policy):
            return False
        progress = advanced
    return grown(progress, sums, policy) is not None


def grown(progress: Progress, sums: OlderSums, policy: Policy) -> Growth | None:
    """The record, and what is added to the older sessions; None if that takes the older sessions.

    Args:
        progress: A record to which heartbeats were applied that `may_grow` accepts.
        sums: Those that are stored with the older sessions.
        policy: That of the item.
    """
    stored = progress.older
    if stored is None or not all(_is_later(key, each, sums) for key, each in progress.sessions.items()):
        return None
    by_quarter = quarter_sums(progress.sessions.values(), policy)
    if not is_within_tail(by_quarter, sums.latest_at):
        return None
    moved: dict[str, Session] = {}
    summed = oldest(progress.sessions, KEPT_SESSIONS)
    if summed:
        moved = {key: progress.sessions[key] for key in chain.from_iterable(summed)}
        if progress.acts and any(each.started_at < sums.latest_at for each in moved.values()):
            return None  # whether it was open when an attempt began depends on the order
        stored = OlderSessions(
            stored.count + len(moved), stored.spans + span_count(Progress(sessions=moved)), stored.policy
        )
        sums = _with(progress, sums, summed, moved, policy)
    kept = {key: each for key, each in progress.sessions.items() if key not in moved}
    if moved:
        by_quarter = quarter_sums(kept.values(), policy)
        if not is_within_tail(by_quarter, sums.latest_at):
            return None
    wall = added_ms(sums.by_quarter, by_quarter)
    return Growth(record_of(replace(progress, sessions=kept), sums, wall, stored, policy), sums, moved)


def _with(
    progress: Progress, sums: OlderSums, summed: list[list[str]], moved: dict[str, Session], policy: Policy
) -> OlderSums:
    """The sums with these viewings of the record."""
    known, more = sums.by_quarter, quarter_sums(moved.values(), policy)
    latest = max(sums.latest, *((each.last_at, key) for key, each in moved.items()))
    known_totals = replace(progress, compacted=sums.totals)
    return OlderSums(
        sums.policy,
        totals(known_totals, summed, policy, added_ms(known, more)),
        latest,
        min(sums.oldest_at, *(each.last_at for each in moved.values())),
        tail_of(added(known, more).values(), first_quarter(latest[0])),
    )


def _is_later(key: str, session: Session, sums: OlderSums) -> bool:
    """Whether the session comes after the older ones, and is in no viewing with one of them."""
    if (session.last_at, key) <= sums.latest:
        return False
    return not may_be_together(session) or first_at(session) >= sums.latest_at - TOGETHER_MS


def _is_among(older: Collection[str], heartbeat: Heartbeat, sums: OlderSums) -> bool:
    """Whether the heartbeat may be one of an older session."""
    if heartbeat.session_id is not None:
        return heartbeat.session_id in older
    began = heartbeat.occurred_at if heartbeat.started_at is None else heartbeat.started_at
    return min(began, heartbeat.occurred_at) - sums.latest_at < VISIT_GAP_MS


def _compacts(progress: Progress, heartbeat: Heartbeat, sums: OlderSums) -> bool:
    """Whether sessions have to be compacted before, or since there are too many."""
    horizon = heartbeat.received_at - COMPACT_AFTER_MS
    if any(session.last_at < horizon for session in progress.sessions.values()):
        return True
    waited_ms = horizon - sums.oldest_at
    return waited_ms > COMPACTED_LATER_MS or (waited_ms > 0 and session_count(progress) >= MAX_SESSIONS)
