"""Describes the answers of a report: its JSON by the columns of its table, and the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from query_api.openapi.responses import problem
from query_api.reports.table import Column, ColumnType, Table

_SCHEMAS: Mapping[ColumnType, Mapping[str, Any]] = {
    "id": {"type": "string", "format": "uuid"},
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "percentage": {"type": "integer", "minimum": 0, "maximum": 100},
    "number": {"type": "number"},
    "seconds": {"type": "number"},
    "time": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
}
_EXAMPLES: Mapping[ColumnType, Any] = {
    "id": "5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11",
    "text": "Ada Lovelace",
    "integer": 7,
    "percentage": 75,
    "number": 62.5,
    "seconds": 450.0,
    "time": "2026-11-22T10:00:00.000Z",
    "date": "2026-11-22",
    "boolean": True,
    "list": [],
}
_FILES = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.apache.parquet",
)
_ROWS = "Of files: how many rows follow."
_AS_OF = (
    "While a change of the directory that concerns many people is being applied: when it was made. Figures "
    "are from before it, or from between."
)
_BEHIND = "While reports come from a replica that is more than 5 s behind: up to when it has come."
_CURSOR = "Send it as `cursor` to get the next page; null on the last one."


def _as_of(table: Table) -> str:
    """What the header of this name says with the report; empty if it never comes."""
    changes = f"Of files: {_AS_OF}" if table.rests_on_requirements else ""
    behind = "" if table.is_current else _BEHIND
    return " ".join(filter(None, (changes, behind)))


def documented_report(table: Table, description: str, *problems: int) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses` for a route that answers with a report.

    Args:
        table: The report.
        description: Of the answer.
        problems: The statuses of the possible problems.
    """
    headers = {"Playhead-Rows": {"description": _ROWS, "schema": {"type": "integer"}}}
    if said := _as_of(table):
        schema = {"type": "string", "format": "date-time"}
        headers["Playhead-As-Of"] = {"description": f"{said} Absent otherwise.", "schema": schema}
    files = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _FILES}
    answers: dict[int | str, dict[str, Any]] = {
        200: {
            "description": description,
            "headers": headers,
            "content": {"application/json": _json(table), **files},
        }
    }
    return answers | {status: problem(status) for status in (*problems, 501)}


def documented_row(table: Table, description: str, *problems: int) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses` for a route that answers with one row of a report."""
    shown = {"schema": row_schema(table), "example": example_row(table)}
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": description, "content": {"application/json": shown}}
    }
    return answers | {status: problem(status) for status in problems}


def row_schema(table: Table) -> dict[str, Any]:
    """The JSON Schema of a row."""
    names = [column.name for column in table.columns]
    return {
        "type": "object",
        "properties": {column.name: _cell(column) for column in table.columns},
        "required": names,
        "additionalProperties": False,
    }


def _json(table: Table) -> dict[str, Any]:
    members: dict[str, Any] = {
        "items": {"type": "array", "items": row_schema(table)},
        "nextCursor": {"type": ["string", "null"], "description": _CURSOR},
    }
    example: dict[str, Any] = {
        "items": [example_row(table)],
        "nextCursor": "WyJ0ZWFtcyIsIm5hbWUiLFsiQSIsIjEiXV0",
    }
    if table.rests_on_requirements:
        described = f"{_AS_OF} Null otherwise."
        members["asOf"] = {"type": ["string", "null"], "format": "date-time", "description": described}
        example["asOf"] = _EXAMPLES["time"]
    return {
        "schema": {"type": "object", "properties": members, "required": list(members)},
        "example": example,
    }


def _cell(column: Column) -> dict[str, Any]:
    schema = {**_SCHEMAS[column.type], "description": column.description}
    return schema | {"type": [schema["type"], "null"]} if column.nullable else schema


def example_row(table: Table) -> dict[str, Any]:
    """An example of a row."""
    return {each.name: _example(each) for each in table.columns}


def _example(column: Column) -> Any:
    return _EXAMPLES[column.type] if column.example is None else column.example
