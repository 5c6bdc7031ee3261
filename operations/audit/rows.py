"""Compare a row of progress and its sessions with its state. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from operations.audit.finding import FindingKind
from playhead.policies.override_text import NOT_RECORDED, decode_override
from playhead.progress import Policy, Progress, Session, Summary, summarize
from playhead.progress.figures.watch_time import shared_times, wall_ms
from playhead.progress.identifiers import DAY_MS
from playhead.progress.older import OlderPart, is_outdated, split, whole
from playhead.wire.errors import WireError
from playhead.wire.progress import PRESENT_VERSION, decode_older_part, decode_progress
from sinks.tables.copy import metadata, multirange, session_quarters, slices
from sinks.tables.milestones import act_rows
from sinks.tables.months import month_of

_EPOCH = date(1970, 1, 1).toordinal()
_WAITS = "it is from before this release and waits for a sink to derive it again"


def faults(
    row: Mapping[str, Any], policy: Policy, archived: Collection[date]
) -> Iterator[tuple[FindingKind, str]]:
    """The differences between a row and its state.

    Args:
        row: A row of `rows.sql`.
        policy: The installation's.
        archived: The months whose sessions were dropped from the database.
    """
    if row["override"] == NOT_RECORDED or row["milestones"] is None:
        yield "row", _WAITS
        return
    try:
        record = decode_progress(row["state"].encode())
        older = None if row["older"] is None else decode_older_part(row["older"].encode())
        under = policy.under(decode_override(row["override"]))
    except WireError as error:
        yield "row", f"its state, or its override, cannot be read: {error}"
        return
    if row["course"] is None and not row["state"].startswith(PRESENT_VERSION):
        yield "row", _WAITS
        return
    if row["acts"] != (acts := [[at, *act] for at, _, *act in sorted(act_rows(record))]):
        yield "row", f"acts is {row['acts']!r}, the state makes it {acts!r}"
    if row["course"] is None:  # else it derives from the parts: see `courses`
        for name, value in columns(summarize(record, under)).items():
            if row[name] != value:
                yield "row", f"{name} is {row[name]!r}, the state makes it {value!r}"
    yield from _older_faults(record, older, under)
    is_shared = record.compacted.sessions > 0  # with sessions that are gone, or in another record
    progress = whole(record, older)
    yield from _session_faults(progress, row["sessions"] or {}, under, archived, is_shared=is_shared)
    yield from _number_faults(row, archived)


def _session_faults(
    progress: Progress,
    stored: Mapping[str, list[Any]],
    policy: Policy,
    archived: Collection[date],
    *,
    is_shared: bool,
) -> Iterator[tuple[FindingKind, str]]:
    shared = shared_times(progress.sessions, policy)
    for key, session in progress.sessions.items():
        found = stored.get(key, [])
        wanted = [*_stored(session, policy), session_quarters(key, session, policy, shared)]
        if is_shared:
            found, wanted = [each[:-1] for each in found], wanted[:-1]
        if found != [wanted] and _month(session) not in archived:
            yield "session", f"{key} is stored as {found}, the state has {wanted}"


def _number_faults(row: Mapping[str, Any], archived: Collection[date]) -> Iterator[tuple[FindingKind, str]]:
    """Whether every session that is counted has its row; unknown if some are in the file of a month."""
    stored, counted = sum(map(len, (row["sessions"] or {}).values())), row["total_sessions"]
    began = row["started_ms"]
    first = None if began is None else _month_at(began)
    in_files = bool(archived) and (first is None or first <= max(archived))
    if row["course"] is None and stored != counted and not in_files:
        yield "session", f"{stored} are stored, and the figure counts {counted}"


def _older_faults(
    record: Progress, older: OlderPart | None, policy: Policy
) -> Iterator[tuple[FindingKind, str]]:
    """The differences between the sums of a record and its older sessions."""
    if record.older is None:
        return
    if older is None:
        yield "row", f"its {record.older.count} older sessions are missing"
    elif is_outdated(record, policy):
        yield "row", "its older sessions are summed under an earlier policy"
    else:
        summed, part = split(whole(record, older), policy)
        if summed != record or not _has_sums(older, part):
            yield "row", f"its sums are not those of its {len(older.sessions)} older sessions"


def _has_sums(older: OlderPart, wanted: OlderPart | None) -> bool:
    """Whether the sums that are stored with the older sessions are theirs.

    None are stored by an earlier release; under an earlier policy, they are replaced with the next heartbeat.
    """
    sums = None if wanted is None else wanted.sums
    if older.sums is None or (sums is not None and older.sums.policy != sums.policy):
        return True
    return older.sums == sums


def columns(summary: Summary) -> dict[str, Any]:
    """The columns of `user_progress` that derive from a summary, by their names in `rows.sql`."""
    return {
        "progress_type": summary.kind,
        "progress_percentage": summary.percentage,
        "completion_count": summary.completion_count,
        "total_sessions": summary.total_sessions,
        "started_ms": summary.started_at,
        "last_ms": summary.last_at,
        "completed_ms": summary.completed_at,
        "attempt_ms": summary.attempt_at,
        "metadata": msgspec.json.decode(metadata(summary)),
        "status": summary.status,
        "evidence": summary.evidence,
        "watched": multirange(summary.watched),
        "duration_ms": summary.duration_ms,
        "content_ms": summary.content_ms,
        "wall_ms": summary.wall_ms,
        "coverage": summary.coverage,
        "attained": summary.attained,
        "slices": slices(summary),
        "completions": [[each.at, each.evidence, each.by] for each in summary.completions],
    }


def _stored(session: Session, policy: Policy) -> list[Any]:
    watched = multirange(session.watched)
    return [session.started_at, session.last_at, watched, session.watch_ms, wall_ms(session, policy)]


def _month(session: Session) -> date | None:
    """The month in which it began; None if no calendar has the day."""
    return _month_at(session.started_at)


def _month_at(instant: int) -> date | None:
    try:
        return month_of(date.fromordinal(_EPOCH + instant // DAY_MS))
    except (ValueError, OverflowError):
        return None
