"""Compaction: sessions too old to change become totals, so that progress stays small.

A heartbeat is at most 30 days old when it is received, and the log keeps it for 7 more. A session whose last
heartbeat is older than both, and a day of slack, can receive no further heartbeat, not even when the whole
log is replayed in any order; a heartbeat from before that horizon is a replay of one that was counted.
Compaction must preserve how often each part was watched, which the layers do exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from playhead.progress.acts import ItemAct
from playhead.progress.attempts import attempt_at, sessions_of
from playhead.progress.figures.completion import MOST_TIMES, page_count
from playhead.progress.figures.credit import claim, content_ms, credited_scroll, page_claim
from playhead.progress.figures.durations import ItemSpan, duration_at_end, furthest_end, item_span
from playhead.progress.figures.viewings import viewings
from playhead.progress.figures.watch_time import watch_time_ms
from playhead.progress.heartbeat import OLDEST_MS
from playhead.progress.identifiers import DAY_MS, Instant
from playhead.progress.intervals import EMPTY, Intervals, layers, union
from playhead.progress.policy import Policy
from playhead.progress.progress import CompactedSessions, Progress
from playhead.progress.session import Session, later, later_end

RETENTION_MS = 7 * DAY_MS
"""How long the log keeps a heartbeat; the retention of the topic (`playhead.wire.topics`)."""
COMPACT_AFTER_MS = OLDEST_MS + RETENTION_MS + DAY_MS
MAX_SESSIONS = 2_000
"""Sessions of one person with one item that may still receive heartbeats: one every 27 minutes."""
KEPT_SESSIONS = 8
"""The youngest sessions, which every heartbeat reads; those before them are read when they are touched."""


def compact(progress: Progress, now: Instant, policy: Policy) -> Progress:
    """`progress` with the sessions that can no longer change at `now` summed into its layers.

    The sessions of a viewing are summed together or not at all.
    """
    horizon = Instant(max(now - COMPACT_AFTER_MS, progress.compacted.before))
    if all(session.last_at >= horizon for session in progress.sessions.values()):
        return progress
    expired = _expired(progress, horizon, policy)
    if not expired:
        return progress
    keys = set(chain.from_iterable(expired))
    kept = {key: session for key, session in progress.sessions.items() if key not in keys}
    wall = watch_time_ms(progress.sessions.values(), policy) - watch_time_ms(kept.values(), policy)
    compacted = totals(progress, expired, policy, wall)
    before = min(horizon, min((session.last_at for session in kept.values()), default=horizon))
    before = Instant(max(before, progress.compacted.before))
    return replace(progress, sessions=kept, compacted=replace(compacted, before=before))


def oldest(sessions: Mapping[str, Session], most: int) -> list[list[str]]:
    """The oldest viewings, by the keys of their sessions, without which at most `most` sessions are left."""
    return [] if len(sessions) <= most else _oldest_of(viewings(sessions), sessions, most)


def _oldest_of(viewed: Sequence[list[str]], sessions: Mapping[str, Session], most: int) -> list[list[str]]:
    """The oldest of these viewings, without which at most `most` sessions are left."""
    left = len(sessions)
    if left <= most:
        return []
    found: list[list[str]] = []
    for _, _, keys in sorted(
        [(*max([(sessions[key].last_at, key) for key in keys]), keys) for keys in viewed]
    ):
        if left <= most:
            break
        found.append(keys)
        left -= len(keys)
    return found


def _expired(progress: Progress, horizon: Instant, policy: Policy) -> list[list[str]]:
    """The viewings, by the keys of their sessions, that cannot change.

    A session in excess of its budget is credited together with others, so the youngest sessions keep it.
    """
    sessions, span = progress.sessions, item_span(progress, policy)
    viewed = viewings(sessions)
    beyond = set(chain.from_iterable(_oldest_of(viewed, sessions, KEPT_SESSIONS)))
    expired: list[list[str]] = []
    for keys in viewed:
        is_over = all(sessions[key].last_at < horizon for key in keys)
        if is_over and (
            beyond.issuperset(keys) or all(claim(sessions[key], policy, span).fits for key in keys)
        ):
            expired.append(keys)
    return expired


def totals(
    progress: Progress, summed: Sequence[list[str]], policy: Policy, added_wall_ms: int
) -> CompactedSessions:
    """The compacted sessions of `progress` and these.

    Args:
        progress: What is known of the item.
        summed: Viewings, by the keys of their sessions.
        policy: The one that the sessions are summed under.
        added_wall_ms: What the watch time of these adds to that of the compacted sessions.
    """
    compacted, span = progress.compacted, item_span(progress, policy)
    by_key = {key: progress.sessions[key] for key in sorted(chain.from_iterable(summed))}
    credited = {key: claim(session, policy, span).credited for key, session in by_key.items()}
    viewed = [union([credited[key] for key in keys]) for keys in _with_media(summed, by_key)]
    sessions = list(by_key.values())
    position, ended = compacted.position, compacted.ended
    for session in sessions:
        position = later(position, session.position if session.has_played else None)
        ended = later_end(ended, duration_at_end(session, policy))
    starts = [session.started_at for session in sessions]
    return replace(
        _of_attempt(progress, by_key, policy, span),
        sessions=compacted.sessions + len(sessions),
        started_at=min(filter(None, (compacted.started_at, *starts))),
        last_at=max(filter(None, (compacted.last_at, *(session.last_at for session in sessions)))),
        active=active_between(compacted, sessions, progress.acts),
        layers=tuple(layers((*compacted.layers, *viewed), MOST_TIMES)),
        content_ms=compacted.content_ms
        + sum([content_ms(session, policy, credited[key].length) for key, session in by_key.items()]),
        wall_ms=compacted.wall_ms + added_wall_ms,
        position=position,
        ended=ended,
        furthest=max(compacted.furthest, furthest_end(sessions)),
    )


def _with_media(summed: Iterable[list[str]], sessions: Mapping[str, Session]) -> Iterator[list[str]]:
    """The viewings of those sessions that show any media: those without do not make two viewings one."""
    for keys in summed:
        media = {key: sessions[key] for key in keys if sessions[key].watched.bounds}
        if len(media) == len(keys):
            yield keys
        elif media:
            yield from viewings(media)


def active_between(
    compacted: CompactedSessions, sessions: Iterable[Session], acts: tuple[ItemAct, ...]
) -> tuple[tuple[Instant, Instant], ...]:
    """See `CompactedSessions.active`: gaps with fewer than two acts in them make no difference."""
    if not acts:
        return ()
    spans = [*compacted.active_spans, *((session.started_at, session.last_at) for session in sessions)]
    merged: list[tuple[Instant, Instant]] = []
    for start, end in sorted(spans):
        if merged and sum(merged[-1][1] < act.at <= start for act in acts) <= 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged) if len(merged) > 1 else ()


def _of_attempt(
    progress: Progress, summed: dict[str, Session], policy: Policy, span: ItemSpan
) -> CompactedSessions:
    """The compacted sessions with what these covered, read and claimed in their latest attempt."""
    known, attempt = progress.compacted, progress.compacted.attempt
    own = list(summed.values())
    if progress.acts:
        latest = attempt_at(progress, max(session.last_at for session in own))
        attempt = max(attempt, latest.since)
        own = sessions_of(replace(progress, sessions=summed), latest) if latest.since == attempt else []
    if known.attempt != attempt:
        known = CompactedSessions(attempt=attempt)
    covered: Intervals = EMPTY
    if attempt:  # the first one's is the first layer
        covered = union([known.covered, *(claim(session, policy, span).credited for session in own)])
    is_any, count = policy.evidence == "any", page_count(progress, policy)
    pages = [each.pages if is_any else page_claim(each, count).credited for each in own if each.pages.bounds]
    scroll = [each.scroll if is_any else credited_scroll(each) for each in own if each.scroll]
    return replace(
        progress.compacted,
        attempt=attempt,
        covered=covered,
        pages=union([known.pages, *pages]),
        reported=max([known.reported, *(session.reported for session in own)]),
        scroll=max([known.scroll, *scroll]),
    )
