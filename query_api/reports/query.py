"""Composes the SQL of a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from query_api.reports.table import Column, ColumnType, ReportRequest

_TYPES: Mapping[ColumnType, str] = {
    "id": "uuid",
    "text": "text",
    "integer": "bigint",
    "percentage": "bigint",
    "number": "float8",
    "seconds": "bigint",
    "time": "timestamptz",
    "date": "date",
    "boolean": "boolean",
}
_LOWEST: Mapping[str, str] = {
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "text": "''",
    "bigint": "-1",
    "float8": "-1",
    "timestamptz": "'0002-01-01T00:00:00Z'",  # not -infinity, which Python's datetime cannot hold
    "date": "'0002-01-01'",
    "boolean": "false",
}
"""The value that null sorts as: below all others, so that a place in the order is never null."""
_HIGHEST: Mapping[str, str] = {"timestamptz": "'9999-12-31T00:00:00Z'", "date": "'9999-12-31'"}


def ordering(request: ReportRequest) -> list[Column]:
    """Return the columns that make up a row's place in the order."""
    keys = [request.table.column(name) for name in request.table.key]
    return [request.order, *(key for key in keys if key is not request.order)]


def page_query(request: ReportRequest, after: Sequence[Any] | None, limit: int) -> tuple[str, dict[str, Any]]:
    """Select the rows after a place: one more than `limit`, which shows whether there is a next page.

    After the columns of the report, each row has its place, in the order of `ordering`.
    """
    order = ordering(request)
    places = [place_sql(column) for column in order]
    values: dict[str, Any] = {**request.values, "limit_": limit + 1}
    conditions = _conditions(request)
    if after is not None:
        names = [f"after_{n}" for n in range(len(places))]
        values |= dict(zip(names, after, strict=True))
        bounds = ", ".join(f"%({name})s::{_TYPES[of.type]}" for name, of in zip(names, order, strict=True))
        conditions.append(f"({', '.join(places)}) {'<' if request.descending else '>'} ({bounds})")
    columns = [*(column.sql for column in request.table.columns), *places]
    return _select(request, columns, conditions, " LIMIT %(limit_)s"), values


def every_row(request: ReportRequest) -> tuple[str, dict[str, Any]]:
    """Select all rows, in the order of the pages."""
    columns = [column.sql for column in request.table.columns]
    return _select(request, columns, _conditions(request)), dict(request.values)


def count_query(request: ReportRequest) -> tuple[str, dict[str, Any]]:
    """Count the rows."""
    return f"SELECT count(*) FROM {request.table.source}{_where(_conditions(request))}", dict(request.values)


def place_sql(column: Column) -> str:
    """Return the expression of the column's part of a row's place, which is never null."""
    type_ = _TYPES[column.type]
    if column.key:
        return f"coalesce({column.key}, '')"  # as in the indexes
    if not column.nullable:
        return f"({column.sql})::{type_}"
    empty = (_HIGHEST if column.empty_last else _LOWEST)[type_]
    return f"coalesce(({column.sql})::{type_}, {empty}::{type_})"


def _conditions(request: ReportRequest) -> list[str]:
    return [text for name, text in request.table.filters.items() if request.values.get(name) is not None]


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(f'({each})' for each in conditions)}" if conditions else ""


def _select(request: ReportRequest, columns: list[str], conditions: list[str], limit: str = "") -> str:
    table, direction = request.table, "DESC" if request.descending else "ASC"
    order = ", ".join(f"{place_sql(column)} {direction}" for column in ordering(request))
    rows, ordered = f"{table.source}{_where(conditions)}", f" ORDER BY {order}{limit}"
    if table.detail:
        # The page is cut before the join: PostgreSQL would otherwise compute the detail of every row.
        rows, ordered = f"(SELECT * FROM {rows}{ordered}) AS r {table.detail}", f" ORDER BY {order}"
    return f"SELECT {', '.join(columns)} FROM {rows}{ordered}"
