"""SQL of a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from query_api.reports.table import Ask, Column, Kind

_TYPES: Mapping[Kind, str] = {
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
    "timestamptz": "'0002-01-01T00:00:00Z'",  # not -infinity, which Python has no datetime for
    "date": "'0002-01-01'",
    "boolean": "false",
}
"""What an empty cell is ordered as: below all others, so that a place in the order is never null."""
_HIGHEST: Mapping[str, str] = {"timestamptz": "'9999-12-31T00:00:00Z'", "date": "'9999-12-31'"}


def ordering(ask: Ask) -> list[Column]:
    """The columns that a row's place in the order is made of."""
    keys = [ask.table.column(name) for name in ask.table.key]
    return [ask.order, *(key for key in keys if key is not ask.order)]


def page_query(ask: Ask, after: Sequence[Any] | None, limit: int) -> tuple[str, dict[str, Any]]:
    """The rows after a place, one more than `limit`: it tells whether there are others.

    Behind the columns of the report each row has its place, as `ordering` lists it.
    """
    places = [place_sql(column) for column in ordering(ask)]
    columns = [*(column.sql for column in ask.table.columns), *places]
    values: dict[str, Any] = dict(ask.values) | {"limit_": limit + 1}
    conditions = _conditions(ask)
    if after is not None:
        names = [f"after_{n}" for n in range(len(places))]
        values |= dict(zip(names, after, strict=True))
        types = [_TYPES[column.kind] for column in ordering(ask)]
        bounds = ", ".join(f"%({name})s::{kind}" for name, kind in zip(names, types, strict=True))
        conditions.append(f"({', '.join(places)}) {'<' if ask.descending else '>'} ({bounds})")
    return _select(ask, columns, conditions, " LIMIT %(limit_)s"), values


def every_row(ask: Ask) -> tuple[str, dict[str, Any]]:
    """All rows, in the same order as the pages."""
    return _select(ask, [column.sql for column in ask.table.columns], _conditions(ask)), dict(ask.values)


def count_query(ask: Ask) -> tuple[str, dict[str, Any]]:
    """How many rows there are."""
    return f"SELECT count(*) FROM {ask.table.source}{_where(_conditions(ask))}", dict(ask.values)


def place_sql(column: Column) -> str:
    """The column's part of a row's place, which is never null."""
    kind = _TYPES[column.kind]
    if not column.nullable:
        return f"({column.sql})::{kind}"
    empty = _HIGHEST[kind] if column.empty_last else _LOWEST[kind]
    return f"coalesce(({column.sql})::{kind}, {empty}::{kind})"


def _conditions(ask: Ask) -> list[str]:
    return [text for name, text in ask.table.filters.items() if ask.values.get(name) is not None]


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(f'({each})' for each in conditions)}" if conditions else ""


def _select(ask: Ask, columns: list[str], conditions: list[str], limit: str = "") -> str:
    direction = "DESC" if ask.descending else "ASC"
    order = ", ".join(f"{place_sql(column)} {direction}" for column in ordering(ask))
    rows, ordered = f"{ask.table.source}{_where(conditions)}", f" ORDER BY {order}{limit}"
    if ask.table.detail:
        # Cut before it is joined: Postgres would else work out every row's.
        rows, ordered = f"(SELECT * FROM {rows}{ordered}) AS r {ask.table.detail}", f" ORDER BY {order}"
    return f"SELECT {', '.join(columns)} FROM {rows}{ordered}"
