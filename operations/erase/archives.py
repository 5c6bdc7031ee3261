"""The archived months' part of an erasure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from operations.archive.catalogue import records
from operations.archive.retention import RetentionError
from operations.erase.database import Subject
from operations.erase.locating import Found, Located, locate, sweep
from operations.erase.receipt import File, Note, Receipt


def count_in_archives(
    connection: psycopg.Connection, subject: Subject, directories: Sequence[Path], receipt: Receipt
) -> None:
    """Note how many sessions of the person each reachable file holds."""

    def count(found: Found) -> int:
        from operations.erase.archive_erasing import sessions_in  # noqa: PLC0415 - not everybody has pyarrow

        return sessions_in(found, subject)

    _each(_located(connection, directories, receipt).found, count, receipt)


def erase_from_archives(
    connection: psycopg.Connection, subject: Subject, directories: Sequence[Path], receipt: Receipt
) -> None:
    """Take the person out of each reachable file, and note how many sessions that were."""

    def erase(found: Found) -> int:
        from operations.erase.archive_erasing import erase_from  # noqa: PLC0415 - not everybody has pyarrow

        return erase_from(connection, found, subject)

    located = _located(connection, directories, receipt)
    _each(located.found, erase, receipt)
    sweep(located, directories)


def _located(connection: psycopg.Connection, directories: Sequence[Path], receipt: Receipt) -> Located:
    located = locate(records(connection), directories)
    for record in located.missing:
        why = "is not there: name the directory that it was moved to with --archive"
        receipt.open.append(Note(f"archived month {record.month:%Y-%m}", f"{record.path} {why}"))
    return located


def _each(files: Sequence[Found], act: Callable[[Found], int], receipt: Receipt) -> None:
    for found in files:
        try:
            sessions = act(found)
        except RetentionError as error:
            receipt.open.append(Note(str(found.path), str(error)))
        else:
            if sessions:
                receipt.archives.append(File(str(found.path), sessions))
