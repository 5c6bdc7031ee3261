"""Writes a report as an Excel workbook, with xlsxwriter in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from query_api.exports.snapshot import ReportRow
from query_api.reports.cells import typed
from query_api.reports.table import ColumnType, Table
from query_api.views import rfc3339

SHEET_ROWS = 1_048_575
"""Excel's limit of a sheet, without the header."""
TEXT_LENGTH = 32_767
"""Excel's limit of a cell, in UTF-16 code units; longer texts are cut and end in an ellipsis."""
FIRST_YEAR = 1900
"""Excel's calendar begins here; earlier times are written as text."""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,  # all times are UTC
}
_PATTERNS: Mapping[ColumnType, str] = {"time": "yyyy-mm-dd hh:mm:ss", "date": "yyyy-mm-dd", "number": "0.00"}
_WIDTHS: Mapping[ColumnType, int] = {"id": 37, "text": 30, "time": 19, "date": 11, "list": 30}
_WIDTH = 12


def write(path: Path, table: Table, batches: Iterator[list[ReportRow]]) -> None:
    """Write the workbook; rows that do not fit on a sheet continue on the next."""
    workbook = Workbook(str(path), {**_OPTIONS, "tmpdir": str(path.parent)})
    try:
        _fill(workbook, table, batches)
    except BaseException:
        # Closing the workbook would finish the file with the rows so far; only its open files are closed.
        for sheet in workbook.worksheets():
            sheet.row_data_fh.close()
        raise
    workbook.close()


def _fill(workbook: Workbook, table: Table, batches: Iterator[list[ReportRow]]) -> None:
    bold = workbook.add_format({"bold": True})
    patterns = [_PATTERNS.get(column.type) for column in table.columns]
    formats = [pattern and workbook.add_format({"num_format": pattern}) for pattern in patterns]
    sheet, at = _sheet(workbook, table, bold), 0
    for batch in batches:
        for row in batch:
            if at == SHEET_ROWS:
                sheet, at = _sheet(workbook, table, bold), 0
            at += 1
            for n, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                if value is not None:
                    _WRITE[column.type](sheet, at, n, typed(column, value), formats[n])


def _sheet(workbook: Workbook, table: Table, bold: Format) -> Worksheet:
    number = len(workbook.worksheets()) + 1
    sheet = workbook.add_worksheet(f"{table.name[:25]} {number}" if number > 1 else table.name[:31])
    sheet.freeze_panes(1, 0)
    for n, column in enumerate(table.columns):
        sheet.set_column(n, n, max(_WIDTHS.get(column.type, _WIDTH), len(column.name) + 2))
        sheet.write_string(0, n, column.name, bold)
    return sheet


def _text(sheet: Worksheet, row: int, column: int, value: str, format_: Format | None) -> None:
    sheet.write_string(row, column, value if len(value) * 2 <= TEXT_LENGTH else _cut(value), format_)


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * TEXT_LENGTH:
        return text
    return units[: 2 * (TEXT_LENGTH - 1)].decode("utf-16-le", "ignore") + "…"


def _texts(sheet: Worksheet, row: int, column: int, value: list[str], format_: Format | None) -> None:
    _text(sheet, row, column, "; ".join(value), format_)


def _moment(sheet: Worksheet, row: int, column: int, value: date | datetime, format_: Format | None) -> None:
    if value.year < FIRST_YEAR:
        text = rfc3339(value) if isinstance(value, datetime) else value.isoformat()
        sheet.write_string(row, column, text)
    else:
        sheet.write_datetime(row, column, value, format_)


_WRITE: Mapping[ColumnType, Callable[[Worksheet, int, int, Any, Format | None], Any]] = {
    "id": _text,
    "text": _text,
    "integer": Worksheet.write_number,
    "percentage": Worksheet.write_number,
    "number": Worksheet.write_number,
    "seconds": Worksheet.write_number,
    "time": _moment,
    "date": _moment,
    "boolean": Worksheet.write_boolean,
    "list": _texts,
}
