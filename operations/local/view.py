"""The status view: a table that stays in place on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from operations.local.restart import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from operations.local.monitor import Row

_COLOURS = {
    Phase.READY: "green",
    Phase.UNREADY: "red",
    Phase.STARTING: "yellow",
    Phase.WAITING: "yellow",
    Phase.FAILING: "red",
    Phase.STOPPED: "dim",
}
_ABSENT = "-"


def table(rows: Sequence[Row], title: str) -> Group:
    """Show every process in a row, and below it what is amiss with those that keep dying or are not ready."""
    shown = Table(title=title, title_justify="left")
    shown.add_column("stage")
    shown.add_column("state")
    for heading in ("pid", "rate/s", "lag", "errors", "memory", "restarts"):
        shown.add_column(heading, justify="right")
    for row in rows:
        colour = _COLOURS[row.phase]
        shown.add_row(row.name, f"[{colour}]{row.phase}[/{colour}]", *_cells(row))
    return Group(shown, *(f"[red]{row.name}[/red] {escape(row.trouble)}" for row in rows if row.trouble))


def line(rows: Sequence[Row]) -> str:
    """Tell the same in one line, for a log."""
    return " | ".join(_phrase(row) for row in rows)


def _phrase(row: Row) -> str:
    told = [f"{row.name} {row.phase}"]
    if row.phase == Phase.UNREADY:
        told.append(f"({row.trouble.partition(chr(10))[0]})")
    if row.rate is not None:
        told.append(f"{_number(row.rate)}/s")
    if row.lag is not None:
        told.append(f"lag {_number(row.lag)}")
    if row.errors:
        told.append(f"errors {_number(row.errors)}")
    if row.memory_bytes is not None:
        told.append(_megabytes(row.memory_bytes))
    if row.restarts:
        told.append(f"restarts {row.restarts}")
    return " ".join(told)


def _cells(row: Row) -> list[str]:
    return [
        _ABSENT if row.pid is None else str(row.pid),
        _ABSENT if row.rate is None else _number(row.rate),
        _ABSENT if row.lag is None else _number(row.lag),
        _ABSENT if row.errors is None else _number(row.errors),
        _ABSENT if row.memory_bytes is None else _megabytes(row.memory_bytes),
        str(row.restarts),
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _megabytes(value: int) -> str:
    return f"{value / 1_000_000:,.0f} MB"
