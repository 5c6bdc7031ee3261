"""A directory as one CSV file: a `kind` column, and the API's fields as columns by name. Pure.

Columns may stand in any order, and their names be written `userId`, `user_id` or `User ID`. An empty cell is
an absent field.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import fields

from query_api.directory.kinds import KINDS, Kind, Name

KIND = "kind"
WORDS: Mapping[str, Name] = {
    "content": "content",
    "person": "people",
    "team": "teams",
    "member": "members",
    "assignment": "assignments",
}
_DELIMITERS = ",;\t"
_NUMBERS = frozenset({"durationSeconds", "completionThreshold"})
_TRUTHS = frozenset({"archived", "remove"})
_IN_CALLS_ALONE = frozenset({"members"})
"""A list, which no cell holds: memberships are rows of their own."""
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class DirectoryFileError(Exception):
    """Nothing can be made of the file as it is; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one line."""

    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.column is None else f"line {self.line}, column {self.column}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row as the API takes it, and the line that it begins in."""

    line: int
    kind: Kind
    sent: dict[str, Any]

    @property
    def removes(self) -> bool:
        """Whether it takes its entity away."""
        return self.sent.get("remove") is True

    @property
    def key(self) -> tuple[str, ...]:
        """Tells it from others of its kind."""
        return tuple(spelt(self.sent.get(name, "")) for name in self.kind.key)


@dataclass(slots=True)
class DirectoryFile:
    """What a file holds."""

    rows: dict[Name, list[FileRow]] = field(default_factory=lambda: {name: [] for name in KINDS})
    """By kind, in the order in which kinds refer to one another."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many rows can be sent."""
        return sum(map(len, self.rows.values()))


def spelt(identifier: str) -> str:
    """The same for all spellings of a UUID."""
    return identifier.replace("-", "").lower()


def read_file(raw: bytes) -> DirectoryFile:
    """Read it: UTF-8 with or without a byte order mark; commas, semicolons or tabs.

    Raises:
        DirectoryFileError: it is no such file, or lacks a column that its rows need.
    """
    text = _text(raw)
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    lines = _lines(text, delimiter)
    _, header = next(lines, (1, []))
    columns = _columns(header)
    found = DirectoryFile()
    first: dict[tuple[Name, tuple[str, ...]], int] = {}
    for line, cells in lines:
        row, faults = _row(line, columns, cells, decimal_comma=delimiter != ",")
        found.faults += faults
        if row is None or faults:
            continue
        earlier = first.setdefault((row.kind.name, row.key), line)
        if earlier == line:
            found.rows[row.kind.name].append(row)
        else:
            reason = f"is the {row.kind.one} of line {earlier}, which counts"
            found.faults.append(Fault(line, row.kind.key[0], reason))
    for rows in found.rows.values():
        _require_columns(rows, columns)
    return found


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Cells, and the number of the line that they begin in; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begun, cells
            begun = reader.line_num + 1
    except csv.Error as error:
        raise DirectoryFileError(f"line {begun}: {error}") from error


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DirectoryFileError(f"line {line}: this is not UTF-8; save the file as CSV UTF-8") from error


def _columns(header: list[str]) -> list[str]:
    """The header in the API's own spelling."""
    known = {_plain(name): name for name in (KIND, *_fields_of_all())}
    unknown = [cell for cell in header if _plain(cell) not in known]
    if unknown:
        raise DirectoryFileError(
            f"line 1: no such column: {', '.join(map(repr, unknown))}; there are {', '.join(known.values())}"
        )
    columns = [known[_plain(cell)] for cell in header]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise DirectoryFileError(f"line 1: more than one column {', '.join(twice)}")
    if KIND not in columns:
        raise DirectoryFileError(f"line 1: the column {KIND} is missing; it holds {', '.join(WORDS)}")
    return columns


def _plain(cell: str) -> str:
    return "".join(character for character in cell.lower() if character not in " _-\t\r")


def _fields_of_all() -> list[str]:
    return list(dict.fromkeys(name for kind in KINDS.values() for name in _fields(kind)))


def _fields(kind: Kind) -> list[str]:
    return [each.encode_name for each in fields(kind.row) if each.encode_name not in _IN_CALLS_ALONE]


def _row(
    line: int, columns: list[str], cells: list[str], *, decimal_comma: bool
) -> tuple[FileRow | None, list[Fault]]:
    told = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
    word = told.pop(KIND, "").lower()
    if word not in WORDS:
        return None, [Fault(line, KIND, f"is one of {', '.join(WORDS)}")]
    kind = KINDS[WORDS[word]]
    faults = [
        Fault(line, name, f"is no column of a row of kind {word}")
        for name in told
        if name not in _fields(kind)
    ]
    if len(cells) > len(columns):
        faults.append(Fault(line, None, f"has {len(cells)} cells, where the file has {len(columns)} columns"))
    sent: dict[str, Any] = {}
    for name, cell in told.items():
        try:
            sent[name] = _value(name, cell, decimal_comma=decimal_comma)
        except ValueError as error:
            faults.append(Fault(line, name, str(error)))
    return FileRow(line, kind, sent), faults


def _value(name: str, cell: str, *, decimal_comma: bool) -> str | float | bool:
    if name in _NUMBERS:
        return _number(cell.replace(",", ".") if decimal_comma else cell)
    if name in _TRUTHS:
        if cell.lower() not in _TRUTH:
            raise ValueError("is true or false")
        return _TRUTH[cell.lower()]
    return cell


def _number(cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("is not a number")
    return number


def _require_columns(rows: list[FileRow], columns: list[str]) -> None:
    """Where a column is missing, each row of the kind would be wrong in the same way."""
    for row in rows:
        kind = row.kind.named_by if row.removes else row.kind.row
        missing = [
            each.encode_name for each in fields(kind) if each.required and each.encode_name not in columns
        ]
        if missing:
            raise DirectoryFileError(
                f"line {row.line}: a row of this kind needs the column {', '.join(missing)}, which is missing"
            )
