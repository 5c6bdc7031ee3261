"""Writes a report as CSV (RFC 4180) that a spreadsheet opens without running formulas."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from query_api.exports.snapshot import ReportRow
from query_api.reports.cells import shown
from query_api.reports.table import Column, ColumnType, Table

_SKIPPED = r"'\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
_SIGN = r"[=+\-@\uff0b\uff0d\uff1d\uff20]"
_FORMULA = re.compile(rf"[{_SKIPPED}]*(?:[\t\r\n]|{_SIGN})")
"""What a spreadsheet may read as a formula, full-width signs included. Some skip spaces and invisible
characters. Apostrophes are skipped so that the one added here can be distinguished from a text's own."""
_BEGINS = r'[;\t\r\n"]'
_INNER = re.compile(rf"(?<={_BEGINS})(?=(?:(?!{_BEGINS})[{_SKIPPED}])*{_SIGN})")
"""A formula after a character that may begin a cell: in most of Europe Excel's list separator is a semicolon,
and it splits even quoted cells there; pasted text is split at tabs and line breaks."""


def guarded(text: str) -> str:
    """Return the text with an apostrophe before everything that a spreadsheet may read as a formula."""
    inner = _INNER.sub("'", text)
    return f"'{inner}" if _FORMULA.match(inner) else inner


def chunks(table: Table, batches: Iterator[list[ReportRow]]) -> Generator[bytes]:
    """Yield the bytes of the file, one chunk a batch.

    The file begins with a byte order mark, without which Excel assumes the machine's own code page.
    """
    yield BOM_UTF8 + _encoded([[column.name for column in table.columns]])
    for batch in batches:
        yield _encoded(_cells(table.columns, row) for row in batch)


def _encoded(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _cells(columns: tuple[Column, ...], row: ReportRow) -> list[str]:
    return [
        "" if value is None else _WRITE.get(column.type, str)(shown(column, value))
        for column, value in zip(columns, row, strict=True)
    ]


def _decimal(number: float, places: int) -> str:
    return f"{number + 0.0:.{places}f}".rstrip("0").rstrip(".")  # + 0.0 turns -0.0 into 0.0


_WRITE: Mapping[ColumnType, Callable[[Any], str]] = {
    "text": guarded,
    "list": lambda texts: guarded("; ".join(texts)),
    "number": lambda number: _decimal(number, 2),
    "seconds": lambda seconds: _decimal(seconds, 3),
    "boolean": lambda truth: "true" if truth else "false",
}
