"""What a report is: columns, filters and orders over some source of rows. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from playhead.http.problems import Problem

Kind = Literal["id", "text", "integer", "percentage", "number", "seconds", "time", "date", "boolean", "list"]
"""What a cell holds. `seconds` are milliseconds in Postgres; a `list` is of texts; `number` is shown to two
decimals."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, under one name on the screen, in JSON and in every export."""

    name: str
    """In camelCase."""
    kind: Kind
    sql: str
    """An expression over the source's columns and the report's parameters (`%(name)s`)."""
    description: str
    nullable: bool = False
    empty_last: bool = False
    """Whether an empty cell is ordered above all others, not below. For times and dates."""
    sortable: bool = True
    """Costly expressions are not: they are evaluated for the rows of a page alone. Lists never are."""
    example: Any = None
    """For the OpenAPI document; None for one that suits the kind."""


@dataclass(frozen=True, slots=True)
class Table:
    """A report. Its texts are SQL written in this project; whatever a client sends goes as a parameter.

    Raises:
        ValueError: the key or the default order names no column.
    """

    name: str
    """As in file names and cursors."""
    columns: tuple[Column, ...]
    source: str
    """What follows FROM: one row of it is one row of the report."""
    key: tuple[str, ...]
    """Columns that tell rows apart, and order those that are equal otherwise."""
    order: str
    """The default order: a column, with a leading minus for descending."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Conditions by the name of the parameter that they are of; left out where it is None."""
    detail: str = ""
    """Joined to the rows that are shown, a page's or all: `CROSS JOIN LATERAL (…) AS d`. The source then is
    one item that goes by the name of `r`. The columns that come of it cannot be ordered by."""

    def __post_init__(self) -> None:
        known = {column.name for column in self.columns}
        if not {*self.key, self.order.removeprefix("-")} <= known:
            raise ValueError(f"{self.name}: the key and the order are of its columns")

    def column(self, name: str) -> Column:
        """The column of this name, which there is."""
        return next(column for column in self.columns if column.name == name)


def searching(*texts: str) -> str:
    """The condition that one of these holds `%(q)s`, in any case; no character of it is a wildcard."""
    return " OR ".join(f"strpos(lower({text}), lower(%(q)s)) > 0" for text in texts)


@dataclass(frozen=True, slots=True)
class Ask:
    """A report as somebody asks for it: within which scope, filtered and ordered how."""

    table: Table
    values: Mapping[str, Any]
    """Of the source's parameters and the filters; None for a filter that is not wanted."""
    order: Column
    descending: bool

    @property
    def sort(self) -> str:
        """The order as a client writes it."""
        return f"-{self.order.name}" if self.descending else self.order.name


def asked(table: Table, values: Mapping[str, Any], sort: str | None = None) -> Ask:
    """A table within a scope, in the order that a client asks for: `name`, or `-name` for descending.

    Raises:
        Problem: 422 naming `sort`: there is no such order.
    """
    wanted = table.order if sort is None else sort
    name = wanted.removeprefix("-")
    orders = [column.name for column in table.columns if column.sortable and column.kind != "list"]
    if name not in orders:
        raise Problem(
            422,
            "Invalid request",
            f"not an order of this report, which has {', '.join(orders)}; a leading minus is for descending",
            field="sort",
        )
    return Ask(table, values, table.column(name), descending=wanted.startswith("-"))
