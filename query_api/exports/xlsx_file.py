"""Workbooks, by xlsxwriter in constant memory: rows go to the disk as they come."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from query_api.exports.pieces import pieces
from query_api.exports.snapshot import Row
from query_api.reports.cells import typed
from query_api.reports.table import Kind, Table
from query_api.views import rfc3339

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_048_575
"""Of a sheet, below its header."""
TEXT_LENGTH = 32_767
"""Of a cell, in units of UTF-16; longer ones end in an ellipsis."""
FIRST_YEAR = 1900
"""Excel's calendar begins there; what is earlier is written as text."""

_PATTERNS: Mapping[Kind, str] = {
    "time": "yyyy-mm-dd hh:mm:ss",
    "date": "yyyy-mm-dd",
    "number": "0.00",
}
_WIDTHS: Mapping[Kind, int] = {"id": 37, "text": 30, "time": 19, "date": 11, "list": 30}
_WIDTH = 12


def chunks(table: Table, batches: Iterator[list[Row]]) -> Generator[bytes]:
    """The bytes of the workbook, made whole in a temporary directory first: a ZIP's directory comes last."""
    with TemporaryDirectory(prefix="playhead-export-") as directory:
        path = Path(directory) / "export.xlsx"
        _write(path, table, batches)
        yield from pieces(path)


def _write(path: Path, table: Table, batches: Iterator[list[Row]]) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 - of the extra `export`

    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,  # all times are UTC
    }
    workbook = Workbook(str(path), options)
    try:
        _fill(workbook, table, batches)
    except BaseException:
        # Not closed, which would finish the file of what there is.
        for sheet in workbook.worksheets():
            sheet.row_data_fh.close()
        raise
    workbook.close()


def _fill(workbook: Workbook, table: Table, batches: Iterator[list[Row]]) -> None:
    bold = workbook.add_format({"bold": True})
    formats = [_format(workbook, column.kind) for column in table.columns]
    sheet, at = _sheet(workbook, table, bold), 0
    for batch in batches:
        for row in batch:
            if at == SHEET_ROWS:
                sheet, at = _sheet(workbook, table, bold), 0
            at += 1
            for n, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                if value is not None:
                    _WRITE[column.kind](sheet, at, n, typed(column, value), formats[n])


def _sheet(workbook: Workbook, table: Table, bold: Format) -> Worksheet:
    number = len(workbook.worksheets()) + 1
    sheet = workbook.add_worksheet(f"{table.name[:25]} {number}" if number > 1 else table.name[:31])
    sheet.freeze_panes(1, 0)
    for n, column in enumerate(table.columns):
        sheet.set_column(n, n, max(_WIDTHS.get(column.kind, _WIDTH), len(column.name) + 2))
        sheet.write_string(0, n, column.name, bold)
    return sheet


def _format(workbook: Workbook, kind: Kind) -> Format | None:
    pattern = _PATTERNS.get(kind)
    return None if pattern is None else workbook.add_format({"num_format": pattern})


def _text(sheet: Worksheet, row: int, column: int, value: str, format_: Format | None) -> None:
    sheet.write_string(row, column, value if len(value) * 2 <= TEXT_LENGTH else _cut(value), format_)


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * TEXT_LENGTH:
        return text
    return units[: 2 * (TEXT_LENGTH - 1)].decode("utf-16-le", "ignore") + "…"


def _texts(sheet: Worksheet, row: int, column: int, value: list[str], format_: Format | None) -> None:
    _text(sheet, row, column, "; ".join(value), format_)


def _number(sheet: Worksheet, row: int, column: int, value: float, format_: Format | None) -> None:
    sheet.write_number(row, column, value, format_)


def _moment(sheet: Worksheet, row: int, column: int, value: date | datetime, format_: Format | None) -> None:
    if value.year < FIRST_YEAR:
        text = rfc3339(value) if isinstance(value, datetime) else value.isoformat()
        sheet.write_string(row, column, text)
    else:
        sheet.write_datetime(row, column, value, format_)


def _truth(sheet: Worksheet, row: int, column: int, value: bool, format_: Format | None) -> None:  # noqa: FBT001 - a cell
    sheet.write_boolean(row, column, value, format_)


_WRITE: Mapping[Kind, Callable[[Worksheet, int, int, Any, Format | None], None]] = {
    "id": _text,
    "text": _text,
    "integer": _number,
    "percentage": _number,
    "number": _number,
    "seconds": _number,
    "time": _moment,
    "date": _moment,
    "boolean": _truth,
    "list": _texts,
}
