"""The matrix of one team as a page: members below one another, the items required of them side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from playhead.progress.identifiers import TenantId
from query_api.errors import InvalidRequestError
from query_api.models import Body, Cursor, Id, Percentage, Time
from query_api.reports.cells import Shown, shown_row
from query_api.reports.matrix import MATRIX
from query_api.reports.models import NonNegative, RoundedPercent
from query_api.reports.query import every_row
from query_api.reports.reader import Reports
from query_api.reports.table import ReportRequest
from query_api.reports.team_content import TEAM_CONTENT

MAX_COLUMNS = 200
"""Items side by side. Of a team with more, the request names which."""


class MatrixItem(Body, frozen=True):
    """A column: an item that is required of at least one member, in figures of all members."""

    content_id: Id
    title: str
    type: str
    assigned: NonNegative
    completed_of_assigned: NonNegative
    completion_rate_of_assigned: RoundedPercent | None
    not_started: NonNegative
    overdue: NonNegative
    started: NonNegative


class MatrixCell(Body, frozen=True):
    """How far the member has got with an item that is required of them."""

    content_id: Id
    status: str
    progress: Percentage
    required_since: Time
    due_at: Time | None
    overdue: bool
    completed_at: Time | None


class MatrixMember(Body, frozen=True):
    """A row: a member, and a cell for each item that is required of them."""

    user_id: Id
    name: str
    cells: list[MatrixCell]


class TeamMatrix(Body, frozen=True):
    """The items required in a team, and a page of its members."""

    columns: Annotated[list[MatrixItem], Meta(description="By title. The same on every page.")]
    items: Annotated[
        list[MatrixMember], Meta(description="All members; with filters, those with a cell that they select.")
    ]
    next_cursor: Cursor
    as_of: Annotated[
        Time | None,
        Meta(
            description="While a change of the directory that concerns many people is being applied: when it "
            "was made. Requirements are from before it, or from between; null otherwise."
        ),
    ] = None


async def team_matrix(
    reports: Reports, tenant: TenantId, members: ReportRequest, cursor: str | None, limit: int
) -> TeamMatrix:
    """Read a page of the matrix, whose rows are a page of `members`, by `matrix_members`.

    Raises:
        InvalidRequestError: the cursor is none of this list, or the team has too many items.
        UnavailableError: PostgreSQL does not respond.
    """
    values = members.values
    columns = await _columns(reports, tenant, values)
    as_of = await reports.as_of(tenant, MATRIX)
    page = await reports.page(tenant, members, cursor, limit)
    people = [str(row["userId"]) for row in page.rows]
    of_page = {**values, "q": None, "status": None, "overdue": None, "people": people}
    found = await reports.fetch(tenant, *every_row(MATRIX.request(of_page, "title")))
    cells: defaultdict[str, list[dict[str, Shown]]] = defaultdict(list)
    for cell in (shown_row(MATRIX, row) for row in found):
        cells[str(cell["userId"])].append(cell)
    rows = [{**row, "cells": cells[str(row["userId"])]} for row in page.rows]
    whole = {"columns": columns, "items": rows, "nextCursor": page.next_cursor, "asOf": as_of}
    return msgspec.convert(whole, TeamMatrix)


async def _columns(
    reports: Reports, tenant: TenantId, values: Mapping[str, Any]
) -> Sequence[Mapping[str, Shown]]:
    given = {**values, "q": None, "required": True}
    page = await reports.page(tenant, TEAM_CONTENT.request(given), None, MAX_COLUMNS)
    if page.next_cursor is not None:
        detail = f"more than {MAX_COLUMNS} items are required in this team: name at most so many of them"
        raise InvalidRequestError("contentId", detail)
    return page.rows


MATRIX_EXAMPLE = TeamMatrix(
    columns=[
        MatrixItem(
            content_id="5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11",
            title="Safety first",
            type="video",
            assigned=6,
            completed_of_assigned=1,
            completion_rate_of_assigned=16.67,
            not_started=4,
            overdue=1,
            started=2,
        )
    ],
    items=[
        MatrixMember(
            user_id="0b7c2a52-6f0e-4f6e-9a53-5f3f6f1f9d10",
            name="Ada Lovelace",
            cells=[
                MatrixCell(
                    content_id="5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11",
                    status="in_progress",
                    progress=40,
                    required_since="2026-11-01T00:00:00.000Z",
                    due_at="2026-11-22T10:00:00.000Z",
                    overdue=True,
                    completed_at=None,
                )
            ],
        )
    ],
    next_cursor=None,
)
