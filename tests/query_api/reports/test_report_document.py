"""What the OpenAPI document says of a report is what a report answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import jsonschema  # type: ignore[import-untyped]
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from query_api.openapi.reports import documented_report
from query_api.reports.cells import shown_row
from query_api.reports.table import Column, ColumnType, Table

VALUES: dict[ColumnType, Any] = {
    "id": uuid4(),
    "text": "",
    "integer": -3,
    "percentage": 100,
    "number": 1 / 3,
    "seconds": 1_234,
    "time": datetime(2026, 11, 22, tzinfo=UTC),
    "date": date(2026, 11, 22),
    "boolean": False,
    "list": ["overdue"],
}


def table(*, nullable: bool) -> Table:
    columns = [Column(kind, kind, kind, f"a {kind}", nullable=nullable) for kind in VALUES]
    return Table("all", tuple(columns), "somewhere", ("id",), "id")


def answered(of: Table) -> Any:
    """As it comes through FastAPI."""
    app = FastAPI()

    @app.get("/all", responses=documented_report(of, "All of them."), response_class=Response)
    def read() -> Response:
        return Response()

    return app.openapi()["paths"]["/all"]["get"]["responses"]["200"]["content"]["application/json"]


@pytest.mark.parametrize("nullable", [False, True])
def test_rows_of_every_kind_are_as_documented(*, nullable: bool) -> None:
    schema = answered(table(nullable=nullable))["schema"]
    row = shown_row(table(nullable=nullable), tuple(VALUES.values()))

    jsonschema.validate({"items": [row], "nextCursor": None}, schema)


def test_null_is_for_nullable_columns_alone() -> None:
    nothing = {"items": [dict.fromkeys(VALUES)], "nextCursor": None}

    jsonschema.validate(nothing, answered(table(nullable=True))["schema"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(nothing, answered(table(nullable=False))["schema"])


@pytest.mark.parametrize("nullable", [False, True])
def test_the_example_fits_and_is_whole(*, nullable: bool) -> None:
    content = answered(table(nullable=nullable))

    jsonschema.validate(content["example"], content["schema"])
    assert content["example"]["items"][0].keys() == VALUES.keys()


def test_columns_are_told_in_words() -> None:
    row = answered(table(nullable=False))["schema"]["properties"]["items"]["items"]

    assert row["properties"]["seconds"]["description"] == "a seconds"
