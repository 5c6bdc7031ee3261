"""Lines of PostgreSQL's COPY text format. Pure.

The order of the fields is that of the temporary tables in `incoming.sql`. Instants are written in
milliseconds and become timestamps on the server, which converts them faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

from playhead.policies.override_text import encode_override
from playhead.progress.figures.credit import content_ms
from playhead.progress.figures.summary import Summary
from playhead.progress.figures.watch_time import own_times, shared_times, wall_ms
from playhead.progress.identifiers import DAY_MS
from playhead.progress.intervals import Intervals
from playhead.progress.policy import Policy
from playhead.progress.progress import is_visit
from playhead.progress.quarters import QUARTER_MS
from playhead.progress.session import Session
from sinks.states.decode import StateEntry
from sinks.tables.milestones import digest

MAX_PAGES_LISTED = 10_000
"""`metadata` lists a document's pages up to this many; the column `state` has them all."""
SLICES = 20
"""The drop-off curve of an item is drawn from its twentieths."""
_ALL_SLICES = (1 << SLICES) - 1
_NULL = "\\N"
_SMALLEST_REAL = 2.0**-149
"""PostgreSQL refuses a `real` that is closer to zero. Ingest rounds it; older states may hold one."""
_CACHED_FORMATS = 128
"""Formats are cached for up to this many spans. Longer ones are rare; all of them would take a gigabyte."""


def progress_line(place: int, entry: StateEntry, course: str | None = None) -> str:
    """The line for `user_progress`; `place` identifies the entry in its batch.

    `course` is the digest of the definition that the row of a course was derived from.
    """
    state, summary = entry.state, entry.state.summary
    return (
        f"{place}\t{'f' if stands_for_all(entry) else 't'}\t{row_id(entry.owner)}\t{entry.owner}\t"
        f"{summary.kind}\t{summary.percentage}\t{summary.completion_count}\t{summary.total_sessions}\t"
        f"{_or_null(summary.started_at)}\t{_or_null(summary.last_at)}\t{_or_null(summary.completed_at)}\t"
        f"{metadata(summary)}\t{summary.status}\t{summary.evidence}\t"
        f"{multirange(summary.watched)}\t{_or_null(summary.duration_ms)}\t"
        f"{summary.content_ms}\t{summary.wall_ms}\t{summary.coverage}\t{summary.attained}\t{slices(summary)}\t"
        f"{_or_null(encode_override(state.override))}\t{escape(entry.encoded)}\t"
        f"{state.source_partition}\t{state.source_offset}\t{_or_null(course)}\t{_or_null(summary.attempt_at)}\t"
        f"{_or_null(digest(entry))}\n"
    )


def older_line(place: int, entry: StateEntry) -> str:
    """The line for `older_sessions`."""
    state = entry.state
    return (
        f"{place}\t{'f' if stands_for_all(entry) else 't'}\t{entry.owner}\t{escape(entry.encoded)}\t"
        f"{state.source_partition}\t{state.source_offset}\n"
    )


def row_id(owner: str) -> str:
    """The row's id: a version 8 UUID derived from its key, so that a replay into empty tables gives the same.

    The column's default would also be computed for every row that exists, at a tenth of the cost of an
    update.
    """
    digest = blake2b(owner.encode(), digest_size=16).hexdigest()
    return f"{digest[:12]}8{digest[13:16]}8{digest[17:]}"


def session_lines(entry: StateEntry, policy: Policy, *, every: bool = False) -> str:
    """The lines for `sessions`: of the touched sessions, or of `every` one.

    `policy` is the installation's; the state brings the item's override.

    An unnamed visit that is joined with another, or that turns out to have begun earlier, changes its key; so
    if one was touched, all visits of the item are written.
    """
    sessions, touched = entry.progress.sessions, entry.touched
    if every or touched is None:
        chosen = list(sessions)
    elif any(map(is_visit, touched)):
        chosen = [key for key in sessions if key in touched or is_visit(key)]
    else:
        chosen = [key for key in touched if key in sessions]
    under = policy.under(entry.state.override)
    if chosen and len(chosen) < len(sessions):
        chosen += _neighbours(chosen, sessions)
    shared = shared_times(sessions, under) if chosen else None
    return "".join(
        [
            _session_line(
                entry.owner, key, sessions[key], under, session_quarters(key, sessions[key], under, shared)
            )
            for key in chosen
        ]
    )


def _neighbours(chosen: Sequence[str], sessions: Mapping[str, Session]) -> list[str]:
    """The other sessions that may share watch time with these, or may have shared some until now.

    Sessions share the watch time of a quarter of an hour.
    """
    taken = [_quarters(sessions[key]) for key in chosen]
    return [
        key
        for key, session in sessions.items()
        if key not in chosen and any(_overlap(_quarters(session), each) for each in taken)
    ]


def _quarters(session: Session) -> range:
    """The quarters of an hour in which a session may have watch time, or may have had some until now.

    It may have begun before its first heartbeat, by the watch time that it asserts, up to a day.
    """
    begun = session.started_at - min(session.watch_ms, DAY_MS)
    return range(begun // QUARTER_MS, session.last_at // QUARTER_MS + 1)


def _overlap(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop


def session_quarters(
    key: str, session: Session, policy: Policy, shared: Mapping[str, Mapping[int, int]] | None
) -> Sequence[int] | None:
    """The column `quarters` of a session: its first quarter of an hour since 1970, then the ms in each.

    Args:
        key: Of the session.
        session: The session.
        policy: The item's.
        shared: The item's `shared_times`.

    Returns:
        None if the watch time is spread evenly over the session, which `progress.quarters_of` does.
    """
    if shared is None and not session.quarters:
        return None
    own = own_times(session, policy)
    times = own if shared is None else shared[key]
    if times == own and not session.quarters:
        return None
    first, last = min(times), max(times)
    return [first, *(times.get(quarter, 0) for quarter in range(first, last + 1))]


def stands_for_all(entry: StateEntry) -> bool:
    """Whether all of its sessions are touched."""
    return entry.touched is None or entry.touched.issuperset(entry.progress.sessions)


def _session_line(
    owner: str, key: str, session: Session, policy: Policy, quarters: Sequence[int] | None
) -> str:
    position, watched = session.position, session.watched
    media = None if position is None else position.media_ms
    scroll = None if position is None else position.scroll
    return (
        f"{owner}\t{escape(key)}\t{session.started_at}\t{session.last_at}\t"
        f"{multirange(watched)}\t{multirange(session.pages)}\t{session.watch_ms}\t"
        f"{wall_ms(session, policy)}\t{content_ms(session, policy, watched.length)}\t"
        f"{_or_null(media)}\t{_real(scroll)}\t{'t' if session.ended else 'f'}\t"
        f"{_NULL if quarters is None else '{' + ','.join(map(str, quarters)) + '}'}\n"
    )


def multirange(intervals: Intervals) -> str:
    """The text form of `int4multirange`."""
    bounds = intervals.bounds
    if not bounds:
        return "{}"
    spans = len(bounds) // 2
    return (_cached_format(spans) if spans <= _CACHED_FORMATS else _format(spans)) % bounds


def _format(spans: int) -> str:
    return "{" + ",".join(["[%d,%d)"] * spans) + "}"


_cached_format = lru_cache(_CACHED_FORMATS)(_format)


def _or_null(value: float | str | None) -> float | str:
    return _NULL if value is None else value


def _real(value: float | None) -> float | str:
    return _NULL if value is None else value if abs(value) >= _SMALLEST_REAL else 0.0


def metadata(summary: Summary) -> str:
    """The `metadata` object of the product's data model, by content type; seconds have three decimals."""
    if summary.kind == "video":
        watch_time, position = _seconds(summary.wall_ms), _seconds(summary.position_ms)
        return f'{{"watch_time_seconds": {watch_time}, "last_position_seconds": {position}}}'
    if summary.kind == "document":
        pages = ", ".join(map(str, _pages(summary.pages)))
        return f'{{"pages_viewed": [{pages}], "scroll_position": {summary.scroll_position}}}'
    return "{}"


def _pages(pages: Intervals) -> Iterator[int]:
    return (page for start, end in pages.first(MAX_PAGES_LISTED).spans for page in range(start, end))


def _seconds(ms: int) -> str:
    whole, rest = divmod(ms, 1000)
    return f"{whole}.{rest:03d}" if rest else str(whole)


def escape(text: str) -> str:
    """Escape a field. Text without special characters costs a search for each of them."""
    text = text.replace("\\", "\\\\") if "\\" in text else text
    for character, escaped in (("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        if character in text:
            text = text.replace(character, escaped)
    return text


def slices(summary: Summary) -> int:
    """A mask of `SLICES` bits: bit k is set if something of the item's k-th twentieth was credited."""
    mask = 0
    if summary.watched.bounds:
        mask = _slice_mask(summary.watched.bounds, summary.start_ms, summary.duration_ms or 0)
    if summary.pages.bounds:
        mask |= _slice_mask(summary.pages.bounds, 1, summary.page_count)
    return mask


def _slice_mask(bounds: Sequence[int], first: int, whole: int) -> int:
    """The slices of intervals in an item that begins at `first`, `whole` long; none if that is unknown."""
    if whole <= 0:
        return 0
    mask = 0
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        lowest = (start - first) * SLICES // whole
        highest = ((end - first) * SLICES - 1) // whole
        mask |= (1 << min(highest + 1, SLICES)) - (1 << min(lowest, SLICES))
    return mask & _ALL_SLICES
