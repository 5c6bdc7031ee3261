"""Cells: from what Postgres gives to what is shown, by the kind of the column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from query_api.reports.table import Column, ColumnType, Table
from query_api.views import rfc3339

Shown = str | int | float | bool | list[str] | None
"""As in JSON."""
Typed = Shown | datetime | date
"""As in files whose cells have types."""

_TYPE: Mapping[ColumnType, Callable[[Any], Typed]] = {
    "id": str,
    "text": str,
    "integer": int,
    "percentage": int,
    "number": lambda value: round(float(value), 2),
    "seconds": lambda milliseconds: int(milliseconds) / 1000,
    "time": lambda moment: _to_the_millisecond(moment.astimezone(UTC)),
    "date": lambda day: day,
    "boolean": bool,
    "list": list,
}


def typed(column: Column, value: Any) -> Typed:
    """One cell, where times are times."""
    return None if value is None else _TYPE[column.type](value)


def shown(column: Column, value: Any) -> Shown:
    """One cell."""
    cell = typed(column, value)
    if isinstance(cell, datetime):
        return rfc3339(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def shown_row(table: Table, row: tuple[Any, ...]) -> dict[str, Shown]:
    """A row under the names of its columns; what lies beyond them is the query's own."""
    return {column.name: shown(column, value) for column, value in zip(table.columns, row, strict=False)}


def _to_the_millisecond(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
