"""What the commands of retention share: a connection under which no other of them works, and their errors.

RetentionError
├── StoreAwayError          PostgreSQL does not answer, or nobody migrated
├── BusyError               another of these commands works on this database
├── LockBusyError           the table of sessions was in use all the time
├── ExportMissingError      pyarrow is not installed
├── ArchiveFileError        a file or directory is not there, or not what it should be
├── AgeError                an age that cannot be read, or too young to archive
├── PersonError             an id that is none
└── NotYetError             a person's heartbeats are still in the log
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from playhead.causes import cause_of
from playhead.postgres import connect, is_schema_missing

_ONE_AT_A_TIME = "SELECT pg_try_advisory_lock(hashtext('playhead retention'))"


class RetentionError(Exception):
    """The command cannot go on; the message names the way out."""


class StoreAwayError(RetentionError):
    """PostgreSQL cannot be asked."""


class BusyError(RetentionError):
    """An archive taken while somebody is erased could hold them."""

    def __init__(self) -> None:
        super().__init__(
            "another `playhead archive` or `playhead erase` works on this database: wait for it to end"
        )


class LockBusyError(RetentionError):
    """The lock was not had within a minute."""

    def __init__(self, month: str) -> None:
        super().__init__(
            f"the sessions of {month} are archived, but the table was in use all the time and they could not "
            "be dropped: run the command again"
        )


class ExportMissingError(RetentionError):
    """Parquet needs the extra."""

    def __init__(self) -> None:
        super().__init__("archives are Parquet files, which need pyarrow: pip install playhead[export]")


class ArchiveFileError(RetentionError):
    """A file stands in the way, is missing, or is not the one that was written."""


class AgeError(RetentionError):
    """`--older-than` says no age, or too little of one."""


class PersonError(RetentionError):
    """No person can have this id."""


class NotYetError(RetentionError):
    """Too early to let an erased person be known again."""


@contextmanager
def store_errors() -> Iterator[None]:
    """Say what psycopg raises as one of ours."""
    try:
        yield
    except psycopg.Error as error:
        if is_schema_missing(error):
            raise StoreAwayError(
                f"the schema is not up to date ({cause_of(error)}): run `playhead migrate`"
            ) from error
        raise StoreAwayError(f"PostgreSQL (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}") from error


@contextmanager
def alone(dsn: str, command: str) -> Iterator[psycopg.Connection]:
    """A connection in autocommit mode and in UTC, while no other command of retention works.

    Raises:
        StoreAwayError: PostgreSQL does not answer, now or later.
        BusyError: another one works.
    """
    with store_errors(), connect(dsn, f"playhead-{command}", settings={"TimeZone": "UTC"}) as connection:
        if connection.execute(_ONE_AT_A_TIME).fetchone() != (True,):
            raise BusyError
        yield connection
