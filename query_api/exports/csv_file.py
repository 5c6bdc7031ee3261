"""CSV as RFC 4180 has it, that a spreadsheet opens without harm."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from query_api.exports.snapshot import Row
from query_api.reports.cells import shown
from query_api.reports.table import Column, Kind, Table

_SKIPPED = r"'\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
_SIGN = r"[=+\-@\uff0b\uff0d\uff1d\uff20]"
_FORMULA = re.compile(rf"[{_SKIPPED}]*(?:[\t\r\n]|{_SIGN})")
"""What a spreadsheet may take for a formula, the full-width signs included. Some skip spaces and what cannot
be seen; apostrophes are skipped only so that the one put in front can be told from a text's own."""
_BEGINS = r'[;\t\r\n"]'
_INNER = re.compile(rf"(?<={_BEGINS})(?=(?:(?!{_BEGINS})[{_SKIPPED}])*{_SIGN})")
"""A formula behind what may begin a cell: a semicolon is Excel's list separator in most of Europe, where even
quoted cells of a file with commas are split at it; a tab or a line break is one where the text is pasted."""


def guarded(text: str) -> str:
    """The text, with an apostrophe wherever a spreadsheet might take what follows for a formula."""
    inner = _INNER.sub("'", text)
    return f"'{inner}" if _FORMULA.match(inner) else inner


def chunks(table: Table, batches: Iterator[list[Row]]) -> Generator[bytes]:
    """The bytes of the file, a chunk to a batch.

    It begins with a byte order mark, without which Excel takes UTF-8 for the machine's own code page.
    """
    yield BOM_UTF8 + _encoded([[column.name for column in table.columns]])
    for batch in batches:
        yield _encoded(_cells(table.columns, row) for row in batch)


def _encoded(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _cells(columns: tuple[Column, ...], row: Row) -> list[str]:
    return [_cell(column, value) for column, value in zip(columns, row, strict=True)]


def _cell(column: Column, value: Any) -> str:
    return "" if value is None else _WRITE.get(column.kind, str)(shown(column, value))


def _decimal(number: float, places: int) -> str:
    return f"{number + 0.0:.{places}f}".rstrip("0").rstrip(".")  # + 0.0: there is no minus zero


_WRITE: Mapping[Kind, Callable[[Any], str]] = {
    "text": guarded,
    "list": lambda texts: guarded("; ".join(texts)),
    "number": lambda number: _decimal(number, 2),
    "seconds": lambda seconds: _decimal(seconds, 3),
    "boolean": lambda truth: "true" if truth else "false",
}
