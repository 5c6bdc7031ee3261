"""Archived files without a person who was erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from operations.archive import parquet
from operations.archive.files import secure
from operations.archive.retention import ArchiveFileError
from operations.archive.tally import Tally
from operations.archive.writing import verify

compute, dataset, pa, pq = parquet.compute, parquet.dataset, parquet.pa, parquet.pq


@dataclass(slots=True)
class Removed:
    """What was left out of a file."""

    sessions: int = 0
    by_day: Counter[date] = field(default_factory=Counter)
    """Sessions, by the day on which they began."""
    wall_ms: Counter[date] = field(default_factory=Counter)
    """Their time, likewise."""
    left: int = 0
    """Rows that are still in the file."""


def sessions_of(path: Path, tenant: str, user: str) -> int:
    """How many sessions of a person a file holds; reads only the row groups that may have some.

    Raises:
        ArchiveFileError: it cannot be read.
    """
    with _explained(path, "read"):
        mine = (dataset.field("tenant_id") == tenant) & (dataset.field("user_id") == user)
        return int(dataset.dataset(str(path), format="parquet").count_rows(filter=mine))


def without(path: Path, tenant: str, user: str, partial: Path) -> Removed:
    """Write what the file holds of everybody else to `partial`, and verify that by reading it back.

    Raises:
        ArchiveFileError: the file cannot be read, or the other one does not hold what it should.
    """
    removed, before, taken = Removed(), Tally(), Tally()
    with (
        _explained(path, "rewritten"),
        pq.ParquetFile(str(path)) as file,
        parquet.writer(str(partial)) as kept,
    ):
        for batch in file.iter_batches(batch_size=parquet.ROW_GROUP):
            table = pa.Table.from_batches([batch])
            mine = compute.and_(
                compute.equal(table.column("tenant_id"), tenant), compute.equal(table.column("user_id"), user)
            )
            theirs, out = table.filter(compute.invert(mine)), table.filter(mine)
            if theirs.num_rows:
                kept.write_table(theirs)
            before += parquet.tally_of_table(table)
            taken += parquet.tally_of_table(out)
            _count(removed, out)
    secure(partial)
    expected = before - taken
    verify(partial, expected)
    removed.left = expected.rows
    return removed


def _count(removed: Removed, table: Any) -> None:
    days = table.column("started_at").cast(pa.date32()).to_pylist()
    for day, wall_ms in zip(days, table.column("wall_ms").to_pylist(), strict=True):
        removed.sessions += 1
        removed.by_day[day] += 1
        removed.wall_ms[day] += wall_ms


@contextmanager
def _explained(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, KeyError) as error:
        raise ArchiveFileError(f"{path} cannot be {what}: {error}") from error
