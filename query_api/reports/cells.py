"""Cells: from what Postgres gives to what is shown, by the kind of the column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from query_api.instants import rfc3339
from query_api.reports.table import Column, Kind, Table

Shown = str | int | float | bool | list[str] | None
"""As in JSON."""

_SHOW: Mapping[Kind, Callable[[Any], Shown]] = {
    "id": str,
    "text": str,
    "integer": int,
    "percentage": int,
    "number": lambda value: round(float(value), 2),
    "seconds": lambda milliseconds: int(milliseconds) / 1000,
    "time": lambda moment: rfc3339(moment.astimezone(UTC)),
    "date": lambda day: day.isoformat(),
    "boolean": bool,
    "list": list,
}


def shown(column: Column, value: Any) -> Shown:
    """One cell."""
    return None if value is None else _SHOW[column.kind](value)


def shown_row(table: Table, row: tuple[Any, ...]) -> dict[str, Shown]:
    """A row under the names of its columns; what lies beyond them is the query's own."""
    return {column.name: shown(column, value) for column, value in zip(table.columns, row, strict=False)}
