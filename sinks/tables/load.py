"""Loads entries into the tables by way of temporary ones, within the caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import psycopg

from playhead.causes import cause_of
from playhead.postgres import is_refusal
from playhead.progress.policy import Policy
from playhead.wire.progress import PRESENT_VERSION
from sinks.errors import StoreOutageError
from sinks.metrics import STEPS
from sinks.states.decode import StateEntry
from sinks.tables import statements
from sinks.tables.copy import progress_line, session_lines
from sinks.tables.courses import CourseKey, derive_courses
from sinks.tables.forms import forms_of
from sinks.tables.milestones import act_values, completion_values, owner_values
from sinks.tables.prepare import CopyLines

LATE_SECONDS = 60.0
"""States that were in the log for longer may arrive after the last rederivation of their item."""


def load(
    connection: psycopg.Connection,
    lines: CopyLines,
    shard: int,
    erased: list[StateEntry],
    *,
    is_first: bool = False,
) -> str | None:
    """Store entries and add what they change to the counters, or return what PostgreSQL refuses of one.

    Args:
        connection: Within a transaction of `connection.transaction`.
        lines: The entries.
        shard: Of the counters. No other transaction may use it until this one ends, or they would wait for
            each other.
        erased: Receives the entries of erased people and organisations, of which nothing is stored.
        is_first: Whether the transaction has loaded nothing yet, so that the temporary tables are empty.

    Raises:
        StoreOutageError: try again later.
        psycopg.Error: any error other than a refusal.
    """
    try:
        with connection.transaction():
            if not is_first:
                connection.execute(forms_of(connection).empty_incoming)
            erased.extend(_load(connection, lines, shard))
    except psycopg.Error as error:
        if isinstance(error, psycopg.errors.UniqueViolation) and len(lines.entries) == 1:
            # No fault of the entry: another transaction has just stored the same, and is seen next time.
            raise StoreOutageError(f"PostgreSQL: {cause_of(error)}") from error
        if not is_refusal(error):
            raise
        return str(error).strip()
    return None


def _load(connection: psycopg.Connection, lines: CopyLines, shard: int) -> list[StateEntry]:
    with STEPS.labels("copy").time():
        _copy(connection, statements.COPY_PROGRESS, lines.progress)
        erased = _drop(connection, statements.DROP_ERASED)
        if lines.older:
            _copy(connection, statements.COPY_OLDER, lines.older)
            erased += _drop(connection, statements.DROP_ERASED_OLDER)
        if lines.is_outdated:
            connection.execute(statements.REQUEST_OUTDATED, {"version": f"{PRESENT_VERSION}%"})
        if lines.written_ms is not None:
            written = {"written": lines.written_ms / 1000}
            connection.execute(statements.REQUEST_ORGANISATION, written)
            if lines.written_ms < (time.time() - LATE_SECONDS) * 1000:
                connection.execute(statements.REQUEST_REDERIVATION, written)
    with STEPS.labels("progress").time():
        items = sum(not each.is_older for each in lines.entries)
        items -= sum(not lines.entries[place].is_older for place in erased)
        stored = _store_progress(connection, lines.entries, shard)
        every, none = stored.every, [] if stored.entries == items else _stale(connection)
        if lines.older:
            new, stale = connection.execute(statements.FIND_OLDER).fetchone() or ([], [])
            connection.execute(statements.STORE_OLDER)
            every, none = every + new, none + stale
    with STEPS.labels("sessions_copy").time():
        _copy(connection, statements.COPY_SESSIONS, _sessions(lines, every, none + erased))
    with STEPS.labels("sessions").time():
        for each in forms_of(connection).store_sessions:
            connection.execute(each, {"shard": shard})
    with STEPS.labels("courses").time():
        found = connection.execute(statements.FIND_COURSES).fetchall()
        store_courses(connection, [CourseKey(*each) for each in found], shard, lines.policy)
    return [lines.entries[place] for place in erased]


def store_courses(
    connection: psycopg.Connection, keys: Sequence[CourseKey], shard: int, policy: Policy
) -> None:
    """Derive the rows of these courses from their parts, and store them as a batch's: all counters follow.

    Args:
        connection: Within a transaction that excludes others that derive them.
        keys: The courses, each of one person.
        shard: Of the counters.
        policy: The installation's.
    """
    if not keys:
        return
    derived = list(derive_courses(connection, keys, policy))
    lines = "".join([progress_line(place, each.entry, each.digest) for place, each in enumerate(derived)])
    connection.execute(forms_of(connection).empty_incoming)
    _copy(connection, statements.COPY_PROGRESS, lines.encode())
    _store_progress(connection, [each.entry for each in derived], shard)


class _StoredPlaces(NamedTuple):
    """What became of the incoming states."""

    entries: int
    every: list[int]
    """The places of the entries of which every session is written."""


def _drop(connection: psycopg.Connection, statements_of_erased: Iterable[bytes]) -> list[int]:
    """Drop the incoming states of the erased; their places."""
    return [place for each in statements_of_erased for (place,) in connection.execute(each)]


def _store_progress(
    connection: psycopg.Connection, entries: Sequence[StateEntry], shard: int
) -> _StoredPlaces:
    """Store the incoming states, of these entries, with what depends on few of them."""
    for each in forms_of(connection).store_progress:
        answer = connection.execute(each, {"shard": shard})
    found = answer.fetchone()
    count, every, milestones, moved_back = found or (0, [], [], [])
    if moved_back:
        connection.execute(
            statements.FIND_LAST_VIEWED, owner_values([entries[place] for place in moved_back])
        )
    _store_milestones(connection, [entries[place] for place in milestones])
    return _StoredPlaces(count, every)


def _stale(connection: psycopg.Connection) -> list[int]:
    """The places of the entries of which no session is written, since their row is newer."""
    return [place for (place,) in connection.execute(statements.FIND_STALE)]


def _store_milestones(connection: psycopg.Connection, entries: Sequence[StateEntry]) -> None:
    """Write the completions and the acts of these entries, in place of those that are stored."""
    if not entries:
        return
    connection.execute(statements.DELETE_MILESTONES, owner_values(entries))
    completions, acts = completion_values(entries), act_values(entries)
    if completions["users"]:
        connection.execute(statements.STORE_COMPLETIONS, completions)
    if acts["users"]:
        connection.execute(statements.STORE_ACTS, acts)


def _sessions(lines: CopyLines, every: list[int], none: list[int]) -> bytes:
    chosen = lines.sessions.copy() if every or none else lines.sessions
    for place in every:
        chosen[place] = session_lines(lines.entries[place], lines.policy, every=True)
    for place in none:
        chosen[place] = ""
    return "".join(chosen).encode()


def _copy(connection: psycopg.Connection, statement: bytes, lines: bytes) -> None:
    with connection.cursor().copy(statement) as copy:
        copy.write(lines)
