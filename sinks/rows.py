"""Lines of PostgreSQL's COPY text format. Pure.

The order of the fields is that of the temporary tables in `statements`. Instants go as milliseconds and
become timestamps on the server, which is quicker at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from playhead.progress.intervals import Intervals
from playhead.progress.progress import is_visit
from playhead.progress.session import Session
from playhead.progress.summary import Summary
from sinks.reading import Entry

MAX_PAGES_LISTED = 10_000
"""Of a document's pages in `metadata`, which lists each; `state` has them all."""
_NULL = "\\N"


def progress_line(place: int, entry: Entry) -> str:
    """The line for `user_progress`; `place` tells the entries of a batch apart."""
    state, summary = entry.state, entry.state.summary
    fields = (
        place,
        "f" if stands_for_all(entry) else "t",
        state.tenant_id,
        state.user_id,
        state.content_id,
        summary.kind,
        summary.percentage,
        summary.completion_count,
        summary.total_sessions,
        _NULL if summary.started_at is None else summary.started_at,
        _NULL if summary.last_at is None else summary.last_at,
        _NULL if summary.completed_at is None else summary.completed_at,
        metadata(summary),
        summary.status,
        summary.evidence,
        multirange(summary.watched),
        _NULL if summary.duration_ms is None else summary.duration_ms,
        summary.content_ms,
        summary.wall_ms,
        escape(bytes(state.progress).decode()),
        state.source_partition,
        state.source_offset,
    )
    return "\t".join(map(str, fields)) + "\n"


def session_lines(entry: Entry, *, every: bool = False) -> Iterator[str]:
    """The lines for `sessions`: of those that were touched, or of `every` one.

    An unnamed visit may have joined another or begun earlier, and goes by another key then; so where one was
    touched, all of the item's visits are written.
    """
    sessions = entry.progress.sessions
    chosen: Iterable[tuple[str, Session]]
    if every or entry.touched is None:
        chosen = sessions.items()
    elif any(map(is_visit, entry.touched)):
        chosen = (each for each in sessions.items() if each[0] in entry.touched or is_visit(each[0]))
    else:
        chosen = ((key, sessions[key]) for key in entry.touched if key in sessions)
    owner = f"{entry.state.tenant_id}\t{entry.state.user_id}\t{entry.state.content_id}\t"
    return (owner + _session_fields(key, session) for key, session in chosen)


def stands_for_all(entry: Entry) -> bool:
    """Whether the sessions it touched are all that there are."""
    return entry.touched is None or entry.touched.issuperset(entry.progress.sessions)


def _session_fields(key: str, session: Session) -> str:
    position = session.position
    fields = (
        escape(key),
        session.started_at,
        session.last_at,
        multirange(session.watched),
        multirange(session.pages),
        session.watch_ms,
        session.watched.length,
        _NULL if position is None or position.media_ms is None else position.media_ms,
        _NULL if position is None or position.scroll is None else position.scroll,
        "t" if session.ended else "f",
    )
    return "\t".join(map(str, fields)) + "\n"


def multirange(intervals: Intervals) -> str:
    """As `int4multirange` writes itself."""
    bounds = intervals.bounds
    if len(bounds) == 2:  # noqa: PLR2004 - one span, which is nearly every one
        return f"{{[{bounds[0]},{bounds[1]})}}"
    return "{" + ",".join(f"[{start},{end})" for start, end in intervals.spans) + "}"


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
