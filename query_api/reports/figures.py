"""What people have done and what is required of them, as common table expressions shared by all reports.

An item counts once for a person, whether the person opened it, it is required of them, or both. Required is
what the directory assigns to the person, to a team of which they are a member, or to everyone, except
archived items; if several assignments require an item, the earliest date counts.

`user_summary` already holds the counts of what a person opened, so only required items are looked up.
"""

from __future__ import annotations

from playhead.resources import read_text
from query_api.reports.table import Column

COUNTED = (
    Column(
        "progress",
        "number",
        "r.progress",
        "The mean percentage of all items that they opened or are to complete; null without any.",
        nullable=True,
    ),
    Column("items", "integer", "r.items", "How many items those are.", example=12),
    Column("completedItems", "integer", "r.completed_items", "How many of those are completed."),
    Column(
        "requiredCompleted",
        "integer",
        "r.required_completed",
        "Required items that are completed.",
        example=4,
    ),
    Column("required", "integer", "r.required", "Items that are required of them.", example=5),
    Column("overdue", "integer", "r.overdue", "Required items past their date and not completed.", example=1),
)
"""The columns of `figures`, in every report whose source `r` includes them."""

_REQUIREMENTS = read_text("query_api.reports", "requirements.sql")
_FIGURES = read_text("query_api.reports", "figures.sql")
SUPPORT = read_text("query_api.reports", "support.sql")
"""Common table expressions to follow `figures`: `judged` adds to each row whether the person needs support,
and the reasons. They take the parameters `inactiveDays` and `behindPoints`."""


def requirements(members: str) -> str:
    """Return common table expressions: `required`, the items of each `crew`, and `crews`, each person's crew.

    They take the parameter `tenant`, and the people from the column `user_id` of the query `members`.
    """
    return f"members AS MATERIALIZED ({members}), {_REQUIREMENTS}"


def figures(members: str) -> str:
    """Return common table expressions: `figures` has a row for each `user_id` of the query `members`.

    They take the parameters `tenant` and `now`. `progress` is the mean percentage of the person's items,
    where an unopened item counts as 0; it is null for a person without items.
    """
    return f"{requirements(members)}, {_FIGURES}"
