"""What is required of each member of a team, item by item: the matrix as rows, and those never opened."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from playhead.resources import read_text
from query_api.access.scopes import MANAGED
from query_api.reports.table import Column, ReportRequest, Table, search_key, searching

_CELLS = read_text("query_api.reports", "required_cells.sql")
_TEAM_CELLS = read_text("query_api.reports", "team_cells.sql").replace("{cells}", _CELLS)

USER = Column("userId", "id", "r.user_id", "The person.")
NAME = Column("name", "text", "r.display_name", "As in the directory.", key="r.name_key")
EMAIL = Column("email", "text", "r.email", "Likewise.", nullable=True, example="ada@example.org")
ITEM = Column("contentId", "id", "r.content_id", "The item.")
TITLE = Column("title", "text", "r.title", "As in the catalogue.", key="r.title_key", example="Safety first")
_SINCE = Column("requiredSince", "time", "r.required_since", "Since when it is required of them.")
_DUE = Column(
    "dueAt", "time", "r.due_at", "When it is due of them; null for no date.", nullable=True, empty_last=True
)
_OVERDUE = Column(
    "overdue",
    "boolean",
    "r.overdue",
    "Past its date, required (and the attempt begun) before it, and not completed.",
    example=False,
)

_FILTERS = {
    "q": searching("r.name_key", search_key("r.email")),
    "contentId": "r.content_id = %(contentId)s::uuid",
    "contentIds": "r.content_id = ANY(%(contentIds)s::uuid[])",
    "people": "r.user_id = ANY(%(people)s::uuid[])",
    "status": "r.status = %(status)s",
    "overdue": "r.overdue = %(overdue)s",
}

MATRIX = Table(
    name="team-matrix",
    rests_on_requirements=True,
    columns=(
        USER,
        NAME,
        ITEM,
        TITLE,
        Column("type", "text", "r.type", "`video`, `document` or `course`.", example="video"),
        Column(
            "status",
            "text",
            "r.status",
            "`not_started`, `in_progress` or `completed`.",
            example="in_progress",
        ),
        Column("progress", "percentage", "r.progress", "Floored; 100 when completed."),
        _SINCE,
        _DUE,
        _OVERDUE,
        Column("completedAt", "time", "r.completed_at", "When they completed it.", nullable=True),
    ),
    source=f"({_TEAM_CELLS}) AS r",
    key=("userId", "contentId"),
    order="name",
    filters=_FILTERS,
)
"""A row for each member and item that is required of them. Takes `tenant`, `now` and `team`."""

TEAM_NOT_STARTED = Table(
    name="team-not-started",
    rests_on_requirements=True,
    columns=(USER, NAME, EMAIL, ITEM, TITLE, _SINCE, _DUE, _OVERDUE),
    source=f"({_TEAM_CELLS} WHERE NOT cell.started) AS r",
    key=("userId", "contentId"),
    order="dueAt",
    filters=_FILTERS,
)
"""A row for each member and item that is required of them and was never opened. Takes the same."""

CONTENT_NOT_STARTED = Table(
    name="org-content-not-started",
    rests_on_requirements=True,
    columns=(
        USER,
        Column(
            "name",
            "text",
            "r.display_name",
            "Null where the directory does not have them.",
            nullable=True,
            key="r.name_key",
        ),
        EMAIL,
        _SINCE,
        _DUE,
        _OVERDUE,
    ),
    source=f"""(
        SELECT cell.*, e.display_name, e.name_key, e.email
        FROM (
            {_CELLS}
            WHERE q.tenant_id = %(tenant)s::uuid AND q.content_id = %(contentId)s::uuid
                AND coalesce(p.status = 'not_started', true)
        ) AS cell
        LEFT JOIN progress.people AS e
            ON e.tenant_id = %(tenant)s::uuid AND e.user_id = cell.user_id
    ) AS r""",
    key=("userId",),
    order="dueAt",
    filters={
        "q": _FILTERS["q"],
        "overdue": _FILTERS["overdue"],
        "manager": f"r.user_id IN ({MANAGED})",
    },
)
"""The people of whom one item is required and who never opened it. Takes `tenant`, `now` and `contentId`.

With `manager`, only the members of the teams that they manage."""


@cache
def _members() -> Table:
    return Table(
        name="team-matrix-members",
        columns=(USER, NAME),
        source="""(
            SELECT m.user_id, e.display_name, e.name_key, e.email
            FROM progress.team_members AS m
            JOIN progress.people AS e ON e.tenant_id = m.tenant_id AND e.user_id = m.user_id
            WHERE m.tenant_id = %(tenant)s::uuid AND m.team_id = %(team)s::uuid AND m.role = 'member'
        ) AS r""",
        key=("userId",),
        order="name",
        filters={
            "q": _FILTERS["q"],
            "tenant": f"""
                (%(contentIds)s::uuid[] IS NULL AND %(status)s::text IS NULL AND %(overdue)s::boolean IS NULL)
                OR EXISTS (
                    SELECT FROM (
                        {_CELLS} WHERE q.user_id = r.user_id AND (q.tenant_id = %(tenant)s::uuid) IS TRUE
                    ) AS cell
                    WHERE (%(contentIds)s::uuid[] IS NULL OR cell.content_id = ANY(%(contentIds)s::uuid[]))
                        AND (%(status)s::text IS NULL OR cell.status = %(status)s)
                        AND (%(overdue)s::boolean IS NULL OR cell.overdue = %(overdue)s)
                )""",
        },
    )


def matrix_members(values: Mapping[str, Any], sort: str | None) -> ReportRequest:
    """Request the rows of the matrix as a page: all members, or those with a cell that the filters select.

    `values` are those of `MATRIX`, with the filters `contentIds`, `status` and `overdue`, which may be None.

    Raises:
        InvalidRequestError: the matrix cannot be sorted so.
    """
    return _members().request(values, sort)
