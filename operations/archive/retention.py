"""Errors of the commands `archive`, `erase` and `history`, and a connection that excludes the other commands.

RetentionError
├── ArchiveFileError   a file or directory is missing, is in the way, or differs from its record
└── DatabaseBusyError          another command, or a lock on the sessions, is in the way
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from operations.stores import postgres

# Of a transaction that stays open on a connection of its own, since a session may belong to others: see
# `playhead.postgres.connection`. It holds nothing back: between statements it has no snapshot.
_STAY = "SET LOCAL idle_in_transaction_session_timeout = 0"
_ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtext('playhead retention'))"


class RetentionError(Exception):
    """The command cannot go on; the message names the way out."""


class ArchiveFileError(RetentionError):
    """A file or directory is missing, is in the way, or differs from its record."""


class DatabaseBusyError(RetentionError):
    """Another command or a lock is in the way."""


@contextmanager
def exclusive(dsn: str, command: str) -> Iterator[psycopg.Connection]:
    """A connection in autocommit mode, while no other command archives or erases.

    An archive that is written during an erasure could hold the erased person.

    Raises:
        StoreUnavailableError: PostgreSQL does not answer, now or while the connection is used.
        DatabaseBusyError: another command archives or erases.
    """
    with postgres(dsn, f"{command}-lock") as lock, lock.transaction(), postgres(dsn, command) as connection:
        lock.execute(_STAY)
        if lock.execute(_ONE_AT_A_TIME).fetchone() != (True,):
            raise DatabaseBusyError(
                "another `playhead archive`, `erase`, `merge` or `repartition` works on this database: "
                "wait for it to end"
            )
        yield connection
        lock.execute("SELECT")  # fails where the lock was lost meanwhile
