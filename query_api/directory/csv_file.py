"""A directory as one CSV file: a `kind` column, and the fields of rows as columns. Pure.

Columns stand in any order, and their names are spelt `userId`, `user_id` or `User ID`. An empty cell is an
absent field. `playhead import directory` and the import page send such files as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import fields

from query_api.directory.answers import (
    DirectoryImport,
    DirectoryUpdate,
    KindUpdate,
    LineCode,
    LineRejection,
)
from query_api.directory.batch import RowBatch
from query_api.directory.csv_text import (
    csv_problem,
    decode_text,
    delimiter_of,
    lines_of,
    named_columns,
    number_of,
)
from query_api.directory.entities import ENTITY_KINDS, EntityName
from query_api.directory.rows import DirectoryRow

MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS = 100_000
"""Stored in one transaction, within the timeout for writes to the directory (20 s by default)."""

KIND = "kind"
WORDS: Mapping[str, EntityName] = {
    "content": "content",
    "part": "parts",
    "person": "people",
    "team": "teams",
    "member": "members",
    "assignment": "assignments",
}
"""The cells of the column `kind`."""
_NUMBERS = frozenset(
    {
        "durationSeconds",
        "completionThreshold",
        "dueAfterDays",
        "validForDays",
        "weight",
        "position",
        "pageCount",
    }
    | {"startSeconds", "endSeconds"}
)
_BOOLEANS = frozenset({"archived", "countHidden", "optional", "remove"})
_JSON_ONLY = frozenset({"members", "parts"})
"""Lists, which no cell holds: in a file, memberships and parts of courses are rows of their own."""
_BOOLEAN_CELLS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

_FIELDS: Mapping[EntityName, frozenset[str]] = {
    name: frozenset(each.encode_name for each in fields(kind.row)) - _JSON_ONLY
    for name, kind in ENTITY_KINDS.items()
}
_REQUIRED: Mapping[type[DirectoryRow], frozenset[str]] = {
    row: frozenset(each.encode_name for each in fields(row) if each.required)
    for kind in ENTITY_KINDS.values()
    for row in (kind.row, kind.removal)
}
_COLUMNS = list(
    dict.fromkeys(
        each.encode_name
        for kind in ENTITY_KINDS.values()
        for each in fields(kind.row)
        if each.encode_name not in _JSON_ONLY
    )
)


@dataclass(slots=True)
class CsvFile:
    """The rows of a file."""

    batches: dict[EntityName, RowBatch] = field(
        default_factory=lambda: {name: RowBatch(kind, "line") for name, kind in ENTITY_KINDS.items()}
    )
    """In the order in which kinds refer to one another. `index` is the line that a row begins in."""
    rejected: list[LineRejection] = field(default_factory=list)
    """What is wrong with lines that are in no batch."""

    def summary(self, updates: Sequence[DirectoryUpdate], *, dry_run: bool) -> DirectoryImport:
        """What became of the rows, from the updates of the batches."""
        rejected = list(self.rejected)
        for batch, update in zip(self.batches.values(), updates, strict=True):
            rejected += [
                LineRejection(
                    line=each.index,
                    kind=batch.kind.name,
                    column=each.field,
                    code=each.code,
                    reason=each.reason,
                    earlier_line=batch.earlier.get(each.index),
                )
                for each in update.rejected
            ]
        lines = Counter(kind for kind, _ in {(each.kind, each.line) for each in rejected})
        kinds = [
            KindUpdate(
                kind=name,
                upserted=update.upserted,
                unchanged=update.unchanged,
                removed=update.removed,
                rejected=lines[name],
            )
            for name, update in zip(self.batches, updates, strict=True)
            if update.upserted or update.unchanged or update.removed or lines[name]
        ]
        rejected.sort(key=lambda each: each.line)
        return DirectoryImport(kinds=kinds, rejected=rejected, dry_run=dry_run)


def read_csv(raw: bytes, kind: EntityName | None = None) -> CsvFile:
    """Check the rows of a file: UTF-8, with or without a byte order mark; commas, semicolons or tabs.

    Args:
        raw: The file.
        kind: What its rows are if it has no column `kind`.

    Raises:
        Problem: 422, the file as a whole cannot be read, lacks a column, or has too many rows.
    """
    text = decode_text(raw)
    delimiter = delimiter_of(text)
    lines = lines_of(text, delimiter)
    _, header = next(lines, (1, []))
    columns = _columns(header, kind)
    reader = _RowReader(columns, kind, decimal_comma=delimiter != ",")
    for number, (line, cells) in enumerate(lines, 1):
        if number > MAX_ROWS:
            raise csv_problem("rows", f"line {line}: a file holds {MAX_ROWS:,} rows at most; split it")
        reader.add(line, cells)
    return reader.file


def _columns(header: list[str], kind: EntityName | None) -> list[str]:
    """The header in the API's own spelling."""
    if not header:
        raise csv_problem("empty", f"line 1: the column {KIND} is missing; the file is empty")
    columns = named_columns(header, (KIND, *_COLUMNS))
    if kind is None and KIND not in columns:
        detail = f"line 1: the column {KIND} is missing; it holds {', '.join(WORDS)}"
        raise csv_problem("kind-missing", detail, [KIND])
    return columns


class _RowReader:
    """Sorts the lines of a file into batches by kind."""

    def __init__(self, columns: list[str], kind: EntityName | None, *, decimal_comma: bool) -> None:
        self.file = CsvFile()
        self._columns = columns
        self._kind = kind
        self._decimal_comma = decimal_comma

    def add(self, line: int, cells: list[str]) -> None:
        given = {name: cell.strip() for name, cell in zip(self._columns, cells, strict=False) if cell.strip()}
        word = given.pop(KIND, "").lower()
        name = WORDS.get(word) if KIND in self._columns else self._kind
        if name is None:
            self._reject(line, None, KIND, "kind", f"is one of {', '.join(WORDS)}")
            return
        before = len(self.file.rejected)
        values: dict[str, Any] = {}
        for column, cell in given.items():
            if column not in _FIELDS[name]:
                word = next(each for each in WORDS if WORDS[each] == name)
                self._reject(line, name, column, "column", f"is no column of a row of kind {word}")
            else:
                values[column] = self._value(line, name, column, cell)
        if len(cells) > len(self._columns):
            reason = f"has {len(cells)} cells, where the file has {len(self._columns)} columns"
            self._reject(line, name, None, "cells", reason)
        if len(self.file.rejected) > before:
            return
        kind = ENTITY_KINDS[name]
        row = kind.removal if values.get("remove") else kind.row
        self._require_columns(line, row)
        self.file.batches[name].add(line, lambda: msgspec.convert(values, type=row))

    def _value(self, line: int, name: EntityName, column: str, cell: str) -> str | float | bool | None:
        if column in _NUMBERS:
            number = number_of(cell, decimal_comma=self._decimal_comma)
            if number is not None:
                return number
            self._reject(line, name, column, "number", "is not a number")
        elif column in _BOOLEANS:
            if cell.lower() in _BOOLEAN_CELLS:
                return _BOOLEAN_CELLS[cell.lower()]
            self._reject(line, name, column, "boolean", "is true or false")
        else:
            return cell
        return None

    def _require_columns(self, line: int, row: type[DirectoryRow]) -> None:
        """Without a column that they need, all rows of the kind would be wrong in the same way."""
        missing = sorted(_REQUIRED[row].difference(self._columns), key=_COLUMNS.index)
        if missing:
            names = ", ".join(missing)
            detail = f"line {line}: a row of this kind needs the column {names}, which is missing"
            raise csv_problem("missing-column", detail, missing)

    def _reject(
        self, line: int, kind: EntityName | None, column: str | None, code: LineCode, reason: str
    ) -> None:
        self.file.rejected.append(
            LineRejection(line=line, kind=kind, column=column, code=code, reason=reason, earlier_line=None)
        )
