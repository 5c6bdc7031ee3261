"""Write all that is held of an organisation into a directory: a file of each table and each archived month.

The tables are read in one transaction that sees one state of all of them. The receipt is written last: a
directory without one is not complete, and the next run writes it from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
from msgspec import Struct

from operations.archive.catalogue import ArchiveRecord, name_of, records
from operations.archive.files import flush_to_disk, make_directory, partial_of, put_in_place, sha256_of
from operations.archive.retention import ArchiveFileError
from operations.tenants.tables import count, rows_query, tenant_tables
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.progress.identifiers import TenantId

RECEIPT = "receipt.json"
_AT_ONCE = 5_000
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


class LeavingFile(Struct, frozen=True, rename="camel"):
    """A file of the export."""

    name: str
    rows: int
    sha256: str


class LeavingReceipt(Struct, kw_only=True, rename="camel"):
    """What `playhead export organisation` wrote; what it would write, if `dry_run`."""

    tenant_id: str
    dry_run: bool
    made_at: datetime
    tables: dict[str, int]
    """Rows of each table; a table without rows is listed too."""
    files: list[LeavingFile] = []
    """Tables that have rows, and months that are in the archives alone."""
    open: list[str] = []
    """What could not be read; run the command again when it can."""


@dataclass(frozen=True, slots=True)
class OrganisationExport:
    """Writes one organisation, over a connection of `stores.postgres`."""

    connection: psycopg.Connection
    tenant: TenantId
    archives: Sequence[Path] = ()
    """Where archived months may be, besides the recorded places."""

    def preview(self) -> LeavingReceipt:
        """Count what there is; write nothing."""
        tables = {name: count(self.connection, name, self.tenant) for name in tenant_tables(self.connection)}
        receipt = self._receipt(tables, dry_run=True)
        self._locate(receipt)
        return receipt

    def write(self, out: Path) -> LeavingReceipt:
        """Write the files and the receipt.

        Raises:
            ArchiveFileError: the directory cannot be written, or holds a complete export.
        """
        directory = make_directory(out)
        if (directory / RECEIPT).exists():
            raise ArchiveFileError(f"{directory} holds a complete export: name another directory with --out")
        directory.chmod(0o700)  # it holds the names of people
        receipt = self._receipt({}, dry_run=False)
        with _file_errors(directory):
            with self.connection.transaction():
                self.connection.execute(_SNAPSHOT)
                for table in tenant_tables(self.connection):
                    receipt.tables[table] = self._table(table, directory, receipt)
            for record, file in self._locate(receipt):
                self._month(record, file, directory, receipt)
            event = self._event(sum(each.rows for each in receipt.files))
            self.connection.execute(audit.INSERT, audit.row(event))
            audit.log(event)
            receipt.made_at = datetime.now(UTC)
            if not receipt.open:
                _complete(directory / RECEIPT, msgspec.json.format(msgspec.json.encode(receipt), indent=2))
        return receipt

    def _table(self, table: str, directory: Path, receipt: LeavingReceipt) -> int:
        path = directory / f"{table}.jsonl"
        partial, rows = partial_of(path), 0
        with (
            self.connection.cursor(name="leaving") as cursor,
            partial.open("w", encoding="utf-8", newline="\n") as file,
        ):
            cursor.itersize = _AT_ONCE
            cursor.execute(rows_query(table), [self.tenant])
            for (line,) in cursor:
                file.write(f"{line}\n")
                rows += 1
        self._keep(path, rows, receipt)
        return rows

    def _month(self, record: ArchiveRecord, file: Path, directory: Path, receipt: LeavingReceipt) -> None:
        from operations.archive.parquet import SCHEMA, dataset, writer

        path, rows = directory / name_of(record.month), 0
        mine = dataset.field("tenant_id") == self.tenant
        with writer(str(partial_of(path))) as target:
            for batch in dataset.dataset(str(file), SCHEMA, format="parquet").to_batches(filter=mine):
                target.write_batch(batch)
                rows += batch.num_rows
        self._keep(path, rows, receipt)

    def _keep(self, path: Path, rows: int, receipt: LeavingReceipt) -> None:
        partial = partial_of(path)
        if not rows:
            partial.unlink()
            path.unlink(missing_ok=True)  # of a run before this one
            return
        flush_to_disk(partial)
        put_in_place(partial, path)
        receipt.files.append(LeavingFile(path.name, rows, sha256_of(path)))

    def _locate(self, receipt: LeavingReceipt) -> list[tuple[ArchiveRecord, Path]]:
        """The files of months that are no longer in the database."""
        found: list[tuple[ArchiveRecord, Path]] = []
        for record in records(self.connection):
            if record.dropped_at is None:
                continue
            places = (record.file, *(directory / name_of(record.month) for directory in self.archives))
            path = next((place for place in places if place.is_file()), None)
            if path is None:
                receipt.open.append(
                    f"{record.path} is not there: name the directory that it is in with --archive"
                )
            else:
                found.append((record, path))
        return found

    def _receipt(self, tables: dict[str, int], *, dry_run: bool) -> LeavingReceipt:
        return LeavingReceipt(
            tenant_id=self.tenant, dry_run=dry_run, made_at=datetime.now(UTC), tables=tables
        )

    def _event(self, rows: int) -> AuditEvent:
        return AuditEvent(
            at=datetime.now(UTC),
            act="export",
            target="playhead export organisation",
            outcome="done",
            origin=audit.operator(),
            request_id=uuid4().hex,
            tenant=self.tenant,
            rows=rows,
        )


def _complete(path: Path, text: bytes) -> None:
    partial = partial_of(path)
    partial.write_bytes(text + b"\n")
    flush_to_disk(partial)
    put_in_place(partial, path)


@contextmanager
def _file_errors(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveFileError(f"cannot write to {directory}: {error.strerror}") from error
