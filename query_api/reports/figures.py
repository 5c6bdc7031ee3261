"""What people have done of what is required of them, as common table expressions shared by all reports.

A person's curriculum is what is required of them now. Where nothing is, it is what they opened and is not
archived. `progress.requirements` has the items, and `user_summary` the counts: they are kept by the sink and
by directory writes, so that no report works them out again (see `playhead.curriculum`).
"""

from __future__ import annotations

from playhead.resources import read_text
from query_api.reports.table import Column

CURRICULUM = (
    Column(
        "progress",
        "number",
        "r.progress",
        "The mean percentage of the items that are required of them, or where none is, of those that they "
        "opened; archived items apart; null without any.",
        nullable=True,
    ),
    Column("items", "integer", "r.items", "How many items those are.", example=12),
    Column("completedItems", "integer", "r.completed_items", "How many of those are completed."),
    Column("inProgressItems", "integer", "r.in_progress_items", "How many are begun.", example=3),
    Column(
        "notStartedItems",
        "integer",
        "r.items - r.completed_items - r.in_progress_items",
        "How many were never opened.",
        example=2,
    ),
    Column("optionalItems", "integer", "r.optional_items", "Opened without being required.", example=3),
    Column("optionalCompletedItems", "integer", "r.optional_completed", "How many of those are completed."),
    Column("optionalInProgressItems", "integer", "r.optional_in_progress", "How many are begun.", example=2),
)
"""The columns of a person's curriculum, in every report of people."""

COUNTED = (
    *CURRICULUM,
    Column(
        "requiredCompleted",
        "integer",
        "r.required_completed",
        "Required items that are completed.",
        example=4,
    ),
    Column("required", "integer", "r.required", "Items that are required of them.", example=5),
    Column(
        "overdue",
        "integer",
        "r.overdue",
        "Required items past their date and not completed, that were required before that date.",
        example=1,
    ),
)
"""The columns of `figures`, in every report whose source `r` includes them."""

_REQUIRED = read_text("query_api.reports", "required.sql")
_FIGURES = read_text("query_api.reports", "figures.sql")
SUPPORT = read_text("query_api.reports", "support.sql")
"""Common table expressions to follow `figures`: `judged` adds to each row whether the person needs support,
and the reasons. They take the parameters `inactiveDays`, `behindPoints`, `behindMinimumTeam` and
`newcomerDays`."""
ONE = "SELECT %(user)s::uuid AS user_id, NULL::timestamptz AS joined_at"
"""The members of `requirements` and `figures`, for one person."""


def requirements(members: str) -> str:
    """Return common table expressions: `required`, the items that are required of each person.

    They take the parameters `tenant` and `now`, and the people from the columns `user_id` and `joined_at` of
    the query `members`.
    """
    return f"members AS MATERIALIZED ({members}), {_REQUIRED}"


def figures(members: str) -> str:
    """Return common table expressions: `figures` has a row for each person of the query `members`.

    They take the parameters `tenant` and `now`. `progress` is null for a person without a curriculum.
    """
    return f"{requirements(members)}, {_FIGURES}"
