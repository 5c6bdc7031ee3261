"""The declaration of a report: its columns, filters and orders over a source of rows. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from query_api.errors import InvalidRequestError

ColumnType = Literal[
    "id", "text", "integer", "percentage", "number", "seconds", "time", "date", "boolean", "list"
]
"""The type of a cell. `seconds` are milliseconds in PostgreSQL; a `list` holds texts; a `number` is shown to
two decimals."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, with the same name on the screen, in JSON and in every file."""

    name: str
    """In camelCase."""
    type: ColumnType
    sql: str
    """An expression over the source's columns and the report's parameters (`%(name)s`)."""
    description: str
    nullable: bool = False
    empty_last: bool = False
    """Whether null sorts above all other values, not below. For times and dates."""
    sortable: bool = True
    """False for costly expressions, which are evaluated for the rows of a page only. Lists never are."""
    key: str = ""
    """Of a name or title: its search key, by which it is sorted and found, without case and accents."""
    example: Any = None
    """For the OpenAPI document; None stands for an example that fits the type."""


@dataclass(frozen=True, slots=True)
class Table:
    """A report. Its SQL is written in this project; values from a client are always parameters.

    Raises:
        ValueError: the key or the default order names no column.
    """

    name: str
    """Used in file names and cursors."""
    columns: tuple[Column, ...]
    source: str
    """The FROM item: each of its rows is a row of the report."""
    key: tuple[str, ...]
    """The columns that identify a row, and order rows that are equal otherwise."""
    order: str
    """The default order: a column, with a leading minus for descending."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Conditions by the name of their parameter; a condition is left out where its parameter is None."""
    rests_on_requirements: bool = False
    """Whether its figures follow from what is required of people, which is computed again in the background
    after a change that concerns many of them."""
    is_current: bool = False
    """Whether it shows what may have been written a moment ago: the directory, the audit trail, and what a
    person reads about themselves. It is then never read from a replica."""
    detail: str = ""
    """Joined to the rows that are shown, a page's or all: `CROSS JOIN LATERAL (…) AS d`. The source must then
    be a single item named `r`, and a column computed here cannot be sorted by."""

    def __post_init__(self) -> None:
        names = {column.name for column in self.columns}
        if not {*self.key, self.order.removeprefix("-")} <= names:
            raise ValueError(f"{self.name}: the key and the default order must name columns of the report")

    def column(self, name: str) -> Column:
        """Return the column of this name, which must exist."""
        return next(column for column in self.columns if column.name == name)

    def request(self, values: Mapping[str, Any], sort: str | None = None) -> ReportRequest:
        """Request this report in the order that a client names: `name`, or `-name` for descending.

        Raises:
            InvalidRequestError: The report cannot be sorted so.
        """
        sort = self.order if sort is None else sort
        name = sort.removeprefix("-")
        orders = [column.name for column in self.columns if column.sortable and column.type != "list"]
        if name not in orders:
            detail = f"not an order of this report, which has {', '.join(orders)}; a minus means descending"
            raise InvalidRequestError("sort", detail)
        return ReportRequest(self, values, self.column(name), descending=sort.startswith("-"))


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A report with its scope, filters and order."""

    table: Table
    values: Mapping[str, Any]
    """Values of the source's parameters and of the filters; None for a filter that does not apply."""
    order: Column
    descending: bool

    @property
    def sort(self) -> str:
        """The order as a client writes it."""
        return f"-{self.order.name}" if self.descending else self.order.name


def searching(*keys: str) -> str:
    """Return the condition that one of these search keys contains that of `%(q)s`, without wildcards."""
    return " OR ".join(f"strpos({key}, progress.search_key(%(q)s)) > 0" for key in keys)


def search_key(text: str) -> str:
    """Return the expression of the search key of a text that has no column of its own for it."""
    return f"progress.search_key({text})"
