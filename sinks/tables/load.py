"""Entries into the tables, by way of temporary ones. Within somebody else's transaction."""

from __future__ import annotations

import time

import psycopg

from playhead.causes import cause_of
from playhead.postgres import is_refusal
from sinks.errors import StoreOutageError
from sinks.metrics import STEPS
from sinks.states.decode import Entry
from sinks.tables import statements
from sinks.tables.copy import session_lines
from sinks.tables.prepare import Lines
from sinks.tables.progress_statement import FIND_STALE, STORE_PROGRESS
from sinks.tables.sessions_statement import STORE_SESSIONS

LATE_SECONDS = 60.0
"""States that lay in the log for longer may come when the item was derived anew for the last time."""


def load(connection: psycopg.Connection, lines: Lines, shard: int, erased: list[Entry]) -> str | None:
    """Store entries, and count what they change under `shard`; or say what PostgreSQL refuses of one of them.

    Of people who were erased nothing is stored; their entries are added to `erased`.
    Nobody else may count under the shard until the transaction ends, or they would wait for one another.

    Raises:
        StoreOutageError: try again later.
        psycopg.Error: anything else than a refusal.
    """
    try:
        with connection.transaction():
            erased.extend(_load(connection, lines, shard))
    except psycopg.Error as error:
        if isinstance(error, psycopg.errors.UniqueViolation) and len(lines.entries) == 1:
            # Not the entry's fault: somebody stored the same just now, and will be seen next time.
            raise StoreOutageError(f"PostgreSQL: {cause_of(error)}") from error
        if not is_refusal(error):
            raise
        return str(error).strip()
    return None


def _load(connection: psycopg.Connection, lines: Lines, shard: int) -> list[Entry]:
    with STEPS.labels("copy").time():
        connection.execute(statements.EMPTY_INCOMING)
        _copy(connection, statements.COPY_PROGRESS, lines.progress)
        erased = [place for (place,) in connection.execute(statements.DROP_ERASED)]
        if lines.written_ms is not None and lines.written_ms < (time.time() - LATE_SECONDS) * 1000:
            connection.execute(statements.ASK_AGAIN, {"written": lines.written_ms / 1000})
    with STEPS.labels("progress").time():
        every, none = _store_progress(connection, len(lines.entries) - len(erased), shard)
    with STEPS.labels("sessions_copy").time():
        _copy(connection, statements.COPY_SESSIONS, _sessions(lines, every, none + erased))
    with STEPS.labels("sessions").time():
        connection.execute(STORE_SESSIONS, {"shard": shard})
    return [lines.entries[place] for place in erased]


def _store_progress(connection: psycopg.Connection, entries: int, shard: int) -> tuple[list[int], list[int]]:
    """The places of the entries of which every session is to be written, and of those of which none is."""
    stored, every = connection.execute(STORE_PROGRESS, {"shard": shard}).fetchone() or (0, [])
    if stored == entries:
        return every, []
    return every, [place for (place,) in connection.execute(FIND_STALE)]


def _sessions(lines: Lines, every: list[int], none: list[int]) -> bytes:
    chosen = lines.sessions.copy() if every or none else lines.sessions
    for place in every:
        chosen[place] = session_lines(lines.entries[place], lines.policy, every=True)
    for place in none:
        chosen[place] = ""
    return "".join(chosen).encode()


def _copy(connection: psycopg.Connection, statement: str, lines: bytes) -> None:
    with connection.cursor().copy(statement.encode()) as copy:
        copy.write(lines)
