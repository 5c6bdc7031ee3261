"""Converts cells from the values of PostgreSQL to what is shown, by the type of the column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from query_api.reports.table import Column, ColumnType, Table
from query_api.views import rfc3339

Shown = str | int | float | bool | list[str] | None
"""A cell in JSON."""
Typed = Shown | datetime | date
"""A cell in a file whose cells have types."""

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
    """Return a cell as a typed value."""
    return None if value is None else _TYPE[column.type](value)


def shown(column: Column, value: Any) -> Shown:
    """Return a cell as in JSON."""
    cell = typed(column, value)
    if isinstance(cell, datetime):
        return rfc3339(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def shown_row(table: Table, row: tuple[Any, ...]) -> dict[str, Shown]:
    """Return a row by the names of its columns; further values of the query are left out."""
    return {column.name: shown(column, value) for column, value in zip(table.columns, row, strict=False)}


def _to_the_millisecond(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def percent(part: int, whole: int) -> float | None:
    """Return `part / whole` in per cent, to two decimals; None if `whole` is 0."""
    return round(100 * part / whole, 2) if whole else None
