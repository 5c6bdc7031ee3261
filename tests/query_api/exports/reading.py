"""Reading reports back: every page of the screen, and every kind of file, each cell as JSON would have it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import httpx
import pyarrow.parquet

from query_api.exports.csv_file import _BEGINS, _SIGN, _SKIPPED, guarded
from query_api.reports.table import Column, ColumnType, Table
from query_api.views import rfc3339

Rows = list[dict[str, Any]]


async def screen(client: httpx.AsyncClient, path: str, sent: Mapping[str, str], **parameters: Any) -> Rows:
    """All pages of a report."""
    rows: Rows = []
    cursor: str | None = None
    while True:
        asked = parameters | {"limit": 7} | ({} if cursor is None else {"cursor": cursor})
        response = await client.get(path, headers=sent, params=asked)
        assert response.status_code == 200, response.text
        body = response.json()
        rows += body["items"]
        cursor = body["nextCursor"]
        if cursor is None:
            return rows


async def exported(
    client: httpx.AsyncClient, path: str, sent: Mapping[str, str], kind: str, **parameters: Any
) -> httpx.Response:
    """A report as a file."""
    response = await client.get(path, headers=sent, params=parameters | {"format": kind})
    assert response.status_code == 200, response.text
    return response


def csv_rows(table: Table, content: bytes) -> Rows:
    """The rows of a CSV file."""
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(content[3:].decode(), newline=""), strict=True)
    assert header == [column.name for column in table.columns]
    return [
        {column.name: _of_csv(column, cell) for column, cell in zip(table.columns, row, strict=True)}
        for row in rows
    ]


def _of_csv(column: Column, cell: str) -> Any:
    return None if cell == "" else _CSV.get(column.type, str)(cell)


def _unguarded(text: str) -> str:
    assert not re.match(r"\s*[=+@\-\t\r]", text), f"a spreadsheet would take this for a formula: {text!r}"
    inner = re.sub(rf"(?<={_BEGINS})'(?=(?:(?!{_BEGINS})[{_SKIPPED}])*{_SIGN})", "", text)
    plain = inner[1:] if inner.startswith("'") and guarded(inner[1:]) == text else inner
    assert guarded(plain) == text
    return plain


def _number(cell: str) -> float:
    assert re.fullmatch(r"-?\d+(\.\d{1,3})?", cell)
    return float(cell)


def xlsx_rows(table: Table, content: bytes) -> Rows:
    """The rows of a workbook, all sheets after one another."""
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        sheets = sorted(
            (name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")),
            key=lambda name: int("".join(filter(str.isdigit, name))),
        )
        parsed = [ET.fromstring(archive.read(name)) for name in sheets]  # noqa: S314 - our own
    return [row for sheet in parsed for row in _sheet_rows(table, sheet)]


def _sheet_rows(table: Table, sheet: ET.Element) -> Rows:
    header, *rows = [
        {each.attrib["r"].rstrip("0123456789"): _xlsx_cell(each) for each in row}
        for row in sheet.iter(f"{_MAIN}row")
    ]
    letters = list(header)
    assert list(header.values()) == [column.name for column in table.columns]
    return [
        {
            column.name: None if row.get(letter) is None else _of_xlsx(column, row[letter])
            for letter, column in zip(letters, table.columns, strict=True)
        }
        for row in rows
    ]


def _xlsx_cell(cell: ET.Element) -> Any:
    assert cell.find(f"{_MAIN}f") is None, "a formula"
    if cell.get("t") == "inlineStr":
        text = "".join(each.text or "" for each in cell.iter(f"{_MAIN}t"))
        return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
    value = cell.findtext(f"{_MAIN}v")
    if value is None:
        return None
    return value == "1" if cell.get("t") == "b" else float(value)


def _of_xlsx(column: Column, cell: Any) -> Any:
    match column.type:
        case "time" | "date" if isinstance(cell, float):
            # Excel counts a day too many after February 1900, as Lotus did.
            days = cell - 1 if cell < 60 else cell - 2
            moment = datetime(1900, 1, 1) + timedelta(milliseconds=round(days * 86_400_000))
            return rfc3339(moment) if column.type == "time" else moment.date().isoformat()
        case "list":
            return cell.split("; ") if cell else []
    return cell


def parquet_rows(table: Table, content: bytes) -> Rows:
    """The rows of a Parquet file."""
    found = pyarrow.parquet.read_table(pyarrow.BufferReader(content))
    assert {field.name: str(field.type) for field in found.schema} == {
        column.name: _PARQUET[column.type] for column in table.columns
    }
    return [{name: _of_parquet(cell) for name, cell in row.items()} for row in found.to_pylist()]


def _of_parquet(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return rfc3339(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def as_told_by(kind: str, rows: Rows) -> Rows:
    """Rows of the screen as a format can express them: in CSV, an empty text is null."""
    if kind != "csv":
        return rows
    return [{name: None if cell in ("", []) else cell for name, cell in row.items()} for row in rows]


READERS: Mapping[str, Callable[[Table, bytes], Rows]] = {
    "csv": csv_rows,
    "xlsx": xlsx_rows,
    "parquet": parquet_rows,
}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PARQUET: Mapping[ColumnType, str] = {
    "id": "string",
    "text": "string",
    "integer": "int64",
    "percentage": "int64",
    "number": "double",
    "seconds": "double",
    "time": "timestamp[ms, tz=UTC]",
    "date": "date32[day]",
    "boolean": "bool",
    "list": "list<element: string>",
}
_CSV: Mapping[ColumnType, Callable[[str], Any]] = {
    "text": _unguarded,
    "integer": int,
    "percentage": int,
    "number": _number,
    "seconds": _number,
    "boolean": json.loads,
    "list": lambda cell: _unguarded(cell).split("; "),
}
