"""Erase from the archived months that can be reached; only rewriting a file needs pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from operations.archive.catalogue import ArchivedFile, name_of, records
from operations.archive.files import partial_of
from operations.archive.retention import RetentionError
from operations.erase.receipt import Receipt, ReceiptFile, ReceiptNote
from operations.erase.subject import Erasable


def count_in_archives(
    connection: psycopg.Connection, subject: Erasable, directories: Sequence[Path], receipt: Receipt
) -> None:
    """Add the files and their sessions to erase to the receipt."""

    def count(file: ArchivedFile) -> int:
        from operations.erase.rewriting import sessions_of

        return sessions_of(file.path, subject)

    _each(_locate(connection, directories, receipt), count, receipt)


def erase_from_archives(
    connection: psycopg.Connection, subject: Erasable, directories: Sequence[Path], receipt: Receipt
) -> None:
    """Remove the sessions from the files, and add how many those were to the receipt."""

    def erase(file: ArchivedFile) -> int:
        from operations.erase.rewriting import erase_from

        return erase_from(connection, file, subject)

    files = _locate(connection, directories, receipt)
    _each(files, erase, receipt)
    _delete_partial_files({*directories, *(each.path.parent for each in files)})


def _locate(
    connection: psycopg.Connection, directories: Sequence[Path], receipt: Receipt
) -> list[ArchivedFile]:
    """Each recorded file, at its recorded place or in a directory, and every copy in the directories."""
    found: dict[Path, ArchivedFile] = {}
    for record in records(connection):
        places = (record.file, *(directory / name_of(record.month) for directory in directories))
        path = next((place.resolve() for place in places if place.is_file()), None)
        if path is None:
            why = f"{record.path} is not there: name the directory that it was moved to with --archive"
            receipt.open.append(ReceiptNote(f"archived month {record.month:%Y-%m}", why))
        else:
            found[path] = ArchivedFile(path, record)
    for directory in directories:
        for file in sorted(directory.glob("sessions-*.parquet")):
            found.setdefault(file.resolve(), ArchivedFile(file.resolve(), None))
    return list(found.values())


def _each(files: Sequence[ArchivedFile], act: Callable[[ArchivedFile], int], receipt: Receipt) -> None:
    for file in files:
        try:
            sessions = act(file)
        except RetentionError as error:
            receipt.open.append(ReceiptNote(str(file.path), str(error)))
        else:
            if sessions:
                receipt.archives.append(ReceiptFile(str(file.path), sessions))


def _delete_partial_files(directories: set[Path]) -> None:
    """Delete what killed commands left incomplete, which may hold what is erased."""
    for directory in directories:
        for partial in directory.glob(partial_of(Path("sessions-*.parquet")).name):
            partial.unlink()
