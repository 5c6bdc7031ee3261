"""Lines of PostgreSQL's COPY text format. Pure.

The order of the fields is that of the temporary tables in `statements`. Instants go as milliseconds and
become timestamps on the server, which is quicker at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from playhead.policies.override_text import encode_override
from playhead.progress.credit import wall_ms
from playhead.progress.intervals import Intervals
from playhead.progress.policy import Policy
from playhead.progress.progress import is_visit
from playhead.progress.session import Session
from playhead.progress.summary import Summary
from sinks.states.decode import Entry
from sinks.tables.slices import slices

MAX_PAGES_LISTED = 10_000
"""Of a document's pages in `metadata`, which lists each; `state` has them all."""
_NULL = "\\N"
_SMALLEST_REAL = 2.0**-149
"""PostgreSQL refuses a `real` that is closer to zero. Ingest rounds such a one; states from before do not."""
_FORMATS = 128
"""Formats that are kept, one for each number of spans up to it. Longer ones are few, and made each time: all
of them together would take a gigabyte."""


def progress_line(place: int, entry: Entry) -> str:
    """The line for `user_progress`; `place` tells the entries of a batch apart."""
    state, summary = entry.state, entry.state.summary
    return (
        f"{place}\t{'f' if stands_for_all(entry) else 't'}\t{row_id(entry.owner)}\t{entry.owner}\t"
        f"{summary.kind}\t{summary.percentage}\t{summary.completion_count}\t{summary.total_sessions}\t"
        f"{_or_null(summary.started_at)}\t{_or_null(summary.last_at)}\t{_or_null(summary.completed_at)}\t"
        f"{metadata(summary)}\t{summary.status}\t{summary.evidence}\t"
        f"{multirange(summary.watched)}\t{_or_null(summary.duration_ms)}\t"
        f"{summary.content_ms}\t{summary.wall_ms}\t{summary.coverage}\t{summary.attained}\t{slices(summary)}\t"
        f"{_or_null(encode_override(state.override))}\t{escape(entry.encoded)}\t"
        f"{state.source_partition}\t{state.source_offset}\n"
    )


def row_id(owner: str) -> str:
    """The row's own id: a version 8 UUID made of whose it is, so that a replay into nothing gives the same.

    The column's default would also be drawn for each row that is there already, at a tenth of the cost of an
    update.
    """
    digest = blake2b(owner.encode(), digest_size=16).hexdigest()
    return f"{digest[:12]}8{digest[13:16]}8{digest[17:]}"


def session_lines(entry: Entry, policy: Policy, *, every: bool = False) -> str:
    """The lines for `sessions`: of those that were touched, or of `every` one.

    `policy` is the installation's; what the catalogue says of the item comes with the state.

    An unnamed visit may have joined another or begun earlier, and goes by another key then; so where one was
    touched, all of the item's visits are written.
    """
    sessions, touched = entry.progress.sessions, entry.touched
    if every or touched is None:
        chosen = list(sessions)
    elif any(map(is_visit, touched)):
        chosen = [key for key in sessions if key in touched or is_visit(key)]
    else:
        chosen = [key for key in touched if key in sessions]
    under = policy.under(entry.state.override)
    return "".join([_session_line(entry.owner, key, sessions[key], under) for key in chosen])


def stands_for_all(entry: Entry) -> bool:
    """Whether the sessions it touched are all that there are."""
    return entry.touched is None or entry.touched.issuperset(entry.progress.sessions)


def _session_line(owner: str, key: str, session: Session, policy: Policy) -> str:
    position, watched = session.position, session.watched
    media = None if position is None else position.media_ms
    scroll = None if position is None else position.scroll
    return (
        f"{owner}\t{escape(key)}\t{session.started_at}\t{session.last_at}\t"
        f"{multirange(watched)}\t{multirange(session.pages)}\t{session.watch_ms}\t"
        f"{wall_ms(session, policy)}\t{watched.length}\t"
        f"{_or_null(media)}\t{_real(scroll)}\t{'t' if session.ended else 'f'}\n"
    )


def multirange(intervals: Intervals) -> str:
    """As `int4multirange` writes itself."""
    bounds = intervals.bounds
    if not bounds:
        return "{}"
    spans = len(bounds) // 2
    return (_kept_format(spans) if spans <= _FORMATS else _format(spans)) % bounds


def _format(spans: int) -> str:
    return "{" + ",".join(["[%d,%d)"] * spans) + "}"


_kept_format = lru_cache(_FORMATS)(_format)


def _or_null(value: float | str | None) -> float | str:
    return _NULL if value is None else value


def _real(value: float | None) -> float | str:
    return _NULL if value is None else value if abs(value) >= _SMALLEST_REAL else 0.0


def metadata(summary: Summary) -> str:
    """The `metadata` object that the product promises for each kind of item; seconds to the millisecond."""
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
    """Text that stands for itself between tabs. A character that needs no escape costs a search each."""
    text = text.replace("\\", "\\\\") if "\\" in text else text
    for character, escaped in (("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        if character in text:
            text = text.replace(character, escaped)
    return text
