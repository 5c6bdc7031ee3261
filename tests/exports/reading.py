"""Reading reports back: every page of the screen, and every kind of file, each cell as JSON would have it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from query_api.exports.csv_file import guarded
from query_api.reports.table import Column, Kind, Table

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
    return None if cell == "" and column.nullable else _CSV.get(column.kind, str)(cell)


def _unguarded(text: str) -> str:
    assert not re.match(r"\s*[=+@\-\t\r]", text), f"a spreadsheet would take this for a formula: {text!r}"
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text


def _number(cell: str) -> float:
    assert re.fullmatch(r"-?\d+(\.\d{1,3})?", cell)
    return float(cell)


_CSV: Mapping[Kind, Callable[[str], Any]] = {
    "text": _unguarded,
    "integer": int,
    "percentage": int,
    "number": _number,
    "seconds": _number,
    "boolean": json.loads,
    "list": lambda cell: cell.split("; ") if cell else [],
}
