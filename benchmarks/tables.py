"""Plain data as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_UNITS = {"us": "µs", "ms": "ms"}


def tables(title: str, data: Mapping[str, Any]) -> Iterable[str]:
    """Everything in the data: what is single in one table, and each mapping in one of its own."""
    single = {name: value for name, value in data.items() if not isinstance(value, Mapping)}
    if single:
        yield table((title, ""), [(label(name), number(value)) for name, value in single.items()])
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _of_mapping(label(name), value)


def _of_mapping(title: str, data: Mapping[str, Any]) -> Iterable[str]:
    if not all(isinstance(each, Mapping) for each in data.values()) or _is_nested(data):
        yield from tables(title, data)
        return
    columns = list(dict.fromkeys(column for row in data.values() for column in row))
    rows = [(label(name), *(number(row.get(column)) for column in columns)) for name, row in data.items()]
    yield table((title, *map(label, columns)), rows)


def _is_nested(data: Mapping[str, Mapping[str, Any]]) -> bool:
    return any(isinstance(value, Mapping) for row in data.values() for value in row.values())


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """One table; all columns but the first are numbers."""
    rule = ("---", *("---:" for _ in head[1:]))
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *rows))


def label(name: str) -> str:
    """A key in words."""
    return " ".join(_UNITS.get(word, word) for word in name.replace("_", " ").split(" "))


def number(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)
